"""Addresses of the app."""

from django.urls import URLPattern, path

from clinic.portal import views

app_name = "portal"
urlpatterns: list[URLPattern] = [
    path("my/<str:token>/", views.enter, name="enter"),
    path("my/<str:token>/documents/<uuid:document_id>/", views.document, name="document"),
    path("my/<str:token>/leave/", views.leave, name="leave"),
]
