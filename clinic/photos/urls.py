"""Addresses of the app."""

from django.urls import URLPattern, path

from clinic.photos import views

app_name = "photos"

patient_urls = [
    path("patients/<uuid:patient_id>/photos/", views.photo_sets, name="sets"),
    path("patients/<uuid:patient_id>/photos/new/", views.add_photos, name="add"),
    path("patients/<uuid:patient_id>/photos/compare/", views.compare, name="compare"),
]

photo_urls = [
    path("photos/<uuid:photo_id>/", views.photo_page, name="photo"),
    path("photos/<uuid:photo_id>/withdraw/", views.withdraw, name="withdraw"),
    path("photos/<uuid:photo_id>/tile/", views.tile, name="tile"),
    path("photos/<uuid:photo_id>/<slug:size>/", views.image, name="image"),
]

urlpatterns: list[URLPattern] = [*patient_urls, *photo_urls]
