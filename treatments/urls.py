"""Addresses of the app."""

from django.urls import URLPattern, path

from treatments.views import plan, session, signing, starting

app_name = "treatments"

plan_urls = [
    path("patients/<uuid:patient_id>/plan/", plan.plan_page, name="plan"),
    path("patients/<uuid:patient_id>/plan/new/", plan.new_plan, name="new_plan"),
    path("patients/<uuid:patient_id>/plan/<uuid:plan_id>/", plan.change_plan, name="change_plan"),
    path(
        "patients/<uuid:patient_id>/plan/<uuid:plan_id>/cancel/",
        plan.cancel_plan,
        name="cancel_plan",
    ),
]

_SESSION = "patients/<uuid:patient_id>/sessions/<uuid:session_id>/"
session_urls = [
    path("patients/<uuid:patient_id>/sessions/new/", starting.start, name="start"),
    path(_SESSION, session.session_page, name="session"),
    path(f"{_SESSION}autosave/", session.autosave, name="autosave"),
    path(f"{_SESSION}discard/", session.discard, name="discard"),
    path(f"{_SESSION}sign/", signing.sign, name="sign"),
    path(f"{_SESSION}addendum/", signing.addendum, name="addendum"),
]

urlpatterns: list[URLPattern] = [*plan_urls, *session_urls]
