"""Addresses of the app."""

from django.urls import URLPattern, path

from clinic.portal import questions, views

app_name = "portal"
urlpatterns: list[URLPattern] = [
    path("my/<str:token>/", views.enter, name="enter"),
    path("my/<str:token>/documents/<uuid:document_id>/", views.document, name="document"),
    path("my/<str:token>/leave/", views.leave, name="leave"),
    path("my/<str:token>/questions/", questions.questions, name="questions"),
    path("my/<str:token>/questions/check/", questions.check_answers, name="check_answers"),
    path("my/<str:token>/questions/<slug:part>/", questions.part, name="question_part"),
]
