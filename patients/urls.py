"""Addresses of the app."""

from django.urls import URLPattern, path

from patients.consent.urls import consent_urls, text_urls
from patients.contraindications.urls import rule_urls
from patients.exchange_urls import exchange_urls
from patients.history_urls import history_urls
from patients.views import cases, directory, merging, pathway, registration

app_name = "patients"

directory_urls = [
    path("patients/", directory.patient_list, name="list"),
    path("patients/search/", directory.search_as_you_type, name="search"),
]

registration_urls = [
    path("patients/new/", registration.new_patient, name="new"),
    path("patients/<uuid:patient_id>/edit/", registration.edit_patient, name="edit"),
    path("patients/<uuid:patient_id>/sites/", registration.add_site, name="add_site"),
]

merging_urls = [
    path("patients/double-records/", merging.double_records, name="double_records"),
    path("patients/double-records/look/", merging.look_again, name="look_for_pairs"),
    path("patients/<uuid:patient_id>/merge/", merging.merges, name="merges"),
    path(
        "patients/<uuid:patient_id>/merge/<uuid:other_id>/",
        merging.compare_records,
        name="compare_records",
    ),
    path(
        "patients/<uuid:patient_id>/merge/<uuid:other_id>/two-people/",
        merging.two_people,
        name="two_people",
    ),
    path(
        "patients/<uuid:patient_id>/merges/<uuid:merge_id>/undo/",
        merging.undo,
        name="undo_merge",
    ),
]

case_urls = [
    path("patients/<uuid:patient_id>/case/", cases.case_page, name="case"),
    path("patients/<uuid:patient_id>/case/open/", cases.open_case, name="open_case"),
    path("patients/<uuid:patient_id>/case/close/", cases.close_case, name="close_case"),
    path("patients/<uuid:patient_id>/case/reopen/", cases.reopen_case, name="reopen_case"),
    path("patients/<uuid:patient_id>/case/clinician/", cases.set_clinician, name="set_clinician"),
]

pathway_urls = [
    path("patients/<uuid:patient_id>/pathway/", pathway.pathway_page, name="pathway"),
    path(
        "patients/<uuid:patient_id>/pathway/<uuid:stop_id>/review/",
        pathway.review,
        name="review_stop",
    ),
]

urlpatterns: list[URLPattern] = [
    *directory_urls,
    *registration_urls,
    *merging_urls,
    *exchange_urls,
    *history_urls,
    *case_urls,
    *pathway_urls,
    *consent_urls,
    *text_urls,
    *rule_urls,
]
