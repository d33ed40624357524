"""Addresses of the app."""

from django.urls import URLPattern, path

from clinic.caseload.views import board, chart, home, summary, trail

app_name = "caseload"
urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("caseload/", board.board, name="board"),
    path("audit/", trail.trail, name="audit"),
    path("patients/<uuid:patient_id>/", chart.chart, name="chart"),
    path("patients/<uuid:patient_id>/summary/", summary.summary, name="summary"),
    path("patients/<uuid:patient_id>/send-link/", summary.send_link, name="send_link"),
]
