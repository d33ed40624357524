"""Addresses of the app."""

from django.urls import URLPattern, path

from clinic.consenting import views

app_name = "consenting"

_ONE = "patients/<uuid:patient_id>/consents/<uuid:consent_id>/link/"

urlpatterns: list[URLPattern] = [
    path(_ONE, views.link, name="link"),
    path("patients/<uuid:patient_id>/code/", views.tell_code, name="tell_code"),
    path(f"{_ONE}revoke/", views.revoke, name="revoke"),
]
