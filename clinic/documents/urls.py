"""Addresses of the app."""

from django.urls import URLPattern, path

from clinic.documents import views

app_name = "documents"
urlpatterns: list[URLPattern] = [
    path("patients/<uuid:patient_id>/documents/", views.document_list, name="list"),
    path("documents/<uuid:document_id>/", views.download, name="download"),
    path("documents/<uuid:document_id>/progress/", views.progress, name="progress"),
    path("documents/<uuid:document_id>/retry/", views.retry, name="retry"),
    path("links/<uuid:link_id>/revoke/", views.revoke, name="revoke"),
]
