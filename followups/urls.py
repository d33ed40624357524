"""Addresses of the app."""

from django.urls import URLPattern, path

from followups.views import board, examination, plan

app_name = "followups"

patient_urls = [
    path("patients/<uuid:patient_id>/baseline/", examination.baseline, name="baseline"),
    path("patients/<uuid:patient_id>/reviews/", plan.review_list, name="list"),
    path("patients/<uuid:patient_id>/reviews/<uuid:review_id>/", examination.review, name="review"),
]

board_urls = [
    path("followups/overdue/", board.overdue, name="overdue"),
    path("followups/<uuid:review_id>/contact/", board.contact, name="contact"),
]

urlpatterns: list[URLPattern] = [*patient_urls, *board_urls]
