"""Addresses of the app."""

from django.urls import URLPattern, path

from clinic.questionnaires import views

app_name = "questionnaires"

_OF_PATIENT = "patients/<uuid:patient_id>/questionnaires/"
_ONE = f"{_OF_PATIENT}<uuid:questionnaire_id>/"
_ANSWER = f"{_ONE}answers/<uuid:answer_id>/"

urlpatterns: list[URLPattern] = [
    path(_OF_PATIENT, views.of_patient, name="of_patient"),
    path(f"{_OF_PATIENT}send/", views.send, name="send"),
    path(f"{_OF_PATIENT}hand-over/", views.hand_over_tablet, name="hand_over"),
    path(_ONE, views.read, name="read"),
    path(f"{_ONE}revoke/", views.revoke, name="revoke"),
    path(f"{_ONE}accept/", views.accept_all, name="accept_all"),
    path(f"{_ANSWER}accept/", views.accept, name="accept"),
    path(f"{_ANSWER}correct/", views.correct, name="correct"),
    path(f"{_ANSWER}leave-out/", views.leave_out, name="leave_out"),
]
