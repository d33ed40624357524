"""Addresses of the app."""

from django.urls import URLPattern, path

from clinic.messaging import views

app_name = "messaging"
urlpatterns: list[URLPattern] = [
    path("messages/", views.outbox, name="outbox"),
    path("demo/mail/", views.demo_mail, name="demo_mail"),
]
