"""Addresses around sign-in that allauth does not have."""

from django.urls import path

from clinic.staff import views

urlpatterns = [
    path("alive/", views.alive, name="alive"),
    path("site/", views.switch_site, name="switch_site"),
]
