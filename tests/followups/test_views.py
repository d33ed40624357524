"""One patient's reviews: who sees what of the plan and its findings, and what the page costs.

Which role opens which address stands in `tests/test_permissions.py`.
"""

import uuid

import pytest
from django.urls import reverse

from clinic.audit.models import Event
from tests.factories.followups import ExaminationFactory, MeasurementFactory, ReviewFactory
from tests.factories.patients import CaseFactory, PatientFactory
from tests.factories.practice import SiteFactory
from tests.factories.staff import ClinicianFactory
from tests.factories.treatments import signed_session
from tests.followups.pages import (
    OVERDUE,
    baseline_of,
    form,
    list_of,
    new_area,
    review_page,
    text_of,
    waiting,
)

pytestmark = pytest.mark.django_db


def test_the_plan_shows_each_review_with_its_window_and_status(client_of, clinician):
    review = waiting(SiteFactory())
    text = text_of(client_of(clinician), list_of(review.patient))
    assert "23 weeks" in text
    assert "Overdue" in text
    assert reverse("followups:review", args=[review.patient_id, review.pk]) in text


def test_reception_sees_the_plan_but_nothing_that_was_measured(client_of, reception, clinician):
    review = waiting(SiteFactory())
    examination = ExaminationFactory(case=review.case)
    MeasurementFactory(examination=examination)
    assert "Change against the baseline" in text_of(client_of(clinician), list_of(review.patient))
    text = text_of(client_of(reception), list_of(review.patient))
    assert "23 weeks" in text
    assert "Change against the baseline" not in text
    assert "Baseline" not in text
    assert reverse("followups:review", args=[review.patient_id, review.pk]) not in text


def test_sessions_without_a_plan_are_pointed_out(client_of, clinician):
    session = signed_session()
    assert "Micrograft has no follow-up plan" in text_of(
        client_of(clinician), list_of(session.patient)
    )


def test_looking_at_the_plan_is_recorded(client_of, clinician):
    case = CaseFactory()
    client_of(clinician).get(list_of(case.patient))
    assert Event.objects.get(kind="patients.viewed").sentence == "opened the reviews"


def test_the_plan_costs_the_same_for_one_review_and_for_three(
    client_of, clinician, django_assert_max_num_queries
):
    review = waiting(SiteFactory())
    client = client_of(clinician)
    with django_assert_max_num_queries(14) as one:
        client.get(list_of(review.patient))
    for _ in range(2):
        ReviewFactory(after_session=review.after_session)
    with django_assert_max_num_queries(len(one)):
        client.get(list_of(review.patient))


def test_an_admin_reads_but_does_not_write(client_of, admin):
    review = waiting(SiteFactory())
    client = client_of(admin)
    assert "Nothing is written down yet" in text_of(client, review_page(review))
    assert client.post(review_page(review), form(new_area())).status_code == 403
    assert client.post(baseline_of(review.patient), form(new_area())).status_code == 403
    assert client.get(OVERDUE).status_code == 200
    contact = reverse("followups:contact", args=[review.pk])
    assert client.post(contact, {"outcome": "no_answer"}).status_code == 403


def test_another_sites_patient_does_not_exist(client_of):
    review = waiting(SiteFactory())
    client = client_of(ClinicianFactory(sites=[SiteFactory()]))
    contact = reverse("followups:contact", args=[review.pk])
    for address in (
        list_of(review.patient),
        review_page(review),
        baseline_of(review.patient),
        contact,
    ):
        assert client.get(address).status_code == 404
    assert client.post(contact, {"outcome": "no_answer"}).status_code == 404
    assert client.post(review_page(review), form(new_area())).status_code == 404


def test_a_review_under_another_patients_address_does_not_exist(client_of, clinician):
    review, other = waiting(SiteFactory()), PatientFactory()
    client = client_of(clinician)
    for pk in (review.pk, uuid.uuid4()):
        address = reverse("followups:review", args=[other.pk, pk])
        assert client.get(address).status_code == 404
