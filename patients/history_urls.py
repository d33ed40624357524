"""Addresses of the history page and its parts."""

from django.urls import URLPattern, path

from patients.views import history
from patients.views import history_facts as facts

history_urls: list[URLPattern] = [
    path("patients/<uuid:patient_id>/history/", history.history_page, name="history"),
    path(
        "patients/<uuid:patient_id>/history/<slug:topic>/",
        history.record_history,
        name="record_history",
    ),
    path("patients/<uuid:patient_id>/medicines/", history.add_medicine, name="add_medicine"),
    path(
        "patients/<uuid:patient_id>/medicines/<uuid:medicine_id>/stop/",
        history.stop_medicine,
        name="stop_medicine",
    ),
    path(
        "patients/<uuid:patient_id>/medicines/<uuid:medicine_id>/withdraw/",
        history.withdraw_medicine,
        name="withdraw_medicine",
    ),
    path(
        "patients/<uuid:patient_id>/medicines/reviewed/",
        facts.review_medicines,
        name="review_medicines",
    ),
    path("patients/<uuid:patient_id>/medicines/none/", facts.no_medicines, name="no_medicines"),
    path("patients/<uuid:patient_id>/allergies/", history.add_allergy, name="add_allergy"),
    path(
        "patients/<uuid:patient_id>/allergies/none/",
        history.state_no_allergies,
        name="no_allergies",
    ),
    path(
        "patients/<uuid:patient_id>/allergies/<uuid:allergy_id>/withdraw/",
        history.withdraw_allergy,
        name="withdraw_allergy",
    ),
    path("patients/<uuid:patient_id>/diagnosis/", history.diagnose, name="diagnose"),
    path(
        "patients/<uuid:patient_id>/diagnosis/<uuid:diagnosis_id>/withdraw/",
        history.withdraw_diagnosis,
        name="withdraw_diagnosis",
    ),
    path("patients/<uuid:patient_id>/conditions/", facts.conditions, name="conditions"),
    path("patients/<uuid:patient_id>/relatives/", facts.relatives, name="relatives"),
    path("patients/<uuid:patient_id>/hair/", facts.hair, name="hair"),
    path("patients/<uuid:patient_id>/pregnancy/", facts.pregnancy, name="pregnancy"),
    path("patients/<uuid:patient_id>/bloods/", facts.add_bloods, name="add_bloods"),
    path(
        "patients/<uuid:patient_id>/bloods/<uuid:result_id>/withdraw/",
        facts.withdraw_blood,
        name="withdraw_blood",
    ),
    path("patients/<uuid:patient_id>/elsewhere/", facts.add_elsewhere, name="add_elsewhere"),
    path("patients/<uuid:patient_id>/elsewhere/none/", facts.not_treated, name="not_treated"),
    path(
        "patients/<uuid:patient_id>/elsewhere/<uuid:treatment_id>/withdraw/",
        facts.withdraw_elsewhere,
        name="withdraw_elsewhere",
    ),
]
