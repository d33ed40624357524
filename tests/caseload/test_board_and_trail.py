"""The admin's board and the audit trail."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.photos.models import Derivation, Photo
from tests.factories.booking import AppointmentFactory
from tests.factories.followups import ReviewFactory
from tests.factories.patients import CaseFactory, PatientFactory, SiteRegistrationFactory
from tests.factories.photos import PhotoFactory, PhotoSetFactory
from tests.factories.practice import SiteFactory
from tests.factories.staff import AdminFactory

pytestmark = pytest.mark.django_db


def text_of(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


def test_the_board_shows_stage_clinician_and_contacts(site, admin, client_of):
    case = CaseFactory()
    AppointmentFactory(patient=case.patient)
    page = text_of(client_of(admin).get(reverse("caseload:board")))
    assert str(case.patient) in page
    assert "Consultation booked" in page
    assert str(case.clinician) in page
    assert f"{timezone.now() + timedelta(days=1):%d-%b-%Y}" in page


def test_who_came_before_the_hour_was_seen_and_is_not_expected_any_more(site, admin, client_of):
    case = CaseFactory()
    soon = timezone.now() + timedelta(minutes=20)
    visit = AppointmentFactory(
        patient=case.patient, starts_at=soon, ends_at=soon + timedelta(minutes=30)
    )
    board = reverse("caseload:board")
    [(row, _)] = client_of(admin).get(board).context["cases"]
    assert (row.last_contact_at, row.next_contact_at) == (None, visit.starts_at)
    visit.arrived_at = timezone.now()
    visit.save()
    [(row, _)] = client_of(admin).get(board).context["cases"]
    assert (row.last_contact_at, row.next_contact_at) == (visit.starts_at, None)


def test_a_number_leads_to_the_people_behind_it(site, admin, client_of):
    late, punctual = ReviewFactory(), CaseFactory()
    late.due_date -= timedelta(weeks=60)
    late.window_starts_date -= timedelta(weeks=60)
    late.window_ends_date -= timedelta(weeks=60)
    late.save()
    client = client_of(admin)
    numbers = client.get(reverse("caseload:board")).context["numbers"]
    assert (numbers.reviews_overdue, numbers.by_stage["enquiry"]) == (1, 1)
    page = text_of(client.get(reverse("caseload:board"), {"only": "overdue"}))
    assert str(late.patient) in page
    assert str(punctual.patient) not in page
    page = text_of(client.get(reverse("caseload:board"), {"stage": "enquiry"}))
    assert str(punctual.patient) in page
    assert str(late.patient) not in page


def test_photographs_that_were_given_up_are_counted_and_lead_to_their_case(client_of, admin):
    lost, fine = CaseFactory(), CaseFactory()
    here = SiteFactory()
    SiteRegistrationFactory(patient=fine.patient, site=here)
    for case in (lost, fine):
        PhotoFactory(photo_set=PhotoSetFactory(case=case))
    photo = Photo.objects.get(photo_set__case=lost)
    now = timezone.now()
    Derivation.objects.create(photo=photo, tries=5, not_before=now, given_up_at=now)
    client = client_of(admin)
    assert client.get(reverse("caseload:board")).context["numbers"].photographs_given_up == 1
    page = text_of(client.get(reverse("caseload:board"), {"only": "photographs"}))
    assert str(lost.patient) in page
    assert str(fine.patient) not in page
    elsewhere = client_of(AdminFactory(sites=[here])).get(reverse("caseload:board"))
    assert elsewhere.context["numbers"].photographs_given_up == 0


def test_an_admin_of_one_site_sees_that_site_only(client_of):
    here, elsewhere = SiteFactory(), SiteFactory()
    mine, other = CaseFactory(), CaseFactory()
    SiteRegistrationFactory(patient=mine.patient, site=here)
    SiteRegistrationFactory(patient=other.patient, site=elsewhere)
    client = client_of(AdminFactory(sites=[here]))
    page = text_of(client.get(reverse("caseload:board")))
    assert str(mine.patient) in page
    assert str(other.patient) not in page


@pytest.mark.parametrize("page", ["x", "0", "-1", "99999", "²"])
def test_a_strange_page_number_is_a_page(site, admin, client_of, page):
    assert client_of(admin).get(reverse("caseload:board"), {"page": page}).status_code == 200


def test_the_board_costs_the_same_for_one_case_and_for_three(site, admin, client_of):
    client, url = client_of(admin), reverse("caseload:board")
    CaseFactory()
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    CaseFactory.create_batch(2)
    with CaptureQueriesContext(connection) as three:
        client.get(url)
    assert len(one) == len(three) <= 12


def test_the_trail_tells_who_did_what_in_words(site, admin, client_of):
    patient = PatientFactory(site=site)
    audit.record(Kind.PATIENT_REGISTERED, by=admin, patient_id=patient.pk, number=patient.number)
    page = text_of(client_of(admin).get(reverse("caseload:audit")))
    assert f"registered patient {patient.number}" in page
    assert str(admin) in page
    assert str(patient) in page


def test_the_trail_can_be_narrowed_and_read_further_back(site, admin, client_of):
    patient, other = PatientFactory(site=site), PatientFactory(site=site)
    audit.record(Kind.CASE_OPENED, by=None, patient_id=other.pk)
    for _ in range(51):
        audit.record(Kind.PATIENT_EDITED, by=admin, patient_id=patient.pk, fields="phone")
    client, url = client_of(admin), reverse("caseload:audit")
    page = client.get(url, {"patient": patient.number, "kind": Kind.PATIENT_EDITED})
    assert page.content.decode().count("changed phone") == 50
    older = client.get(url, {"patient": patient.number, "before": page.context["older"]})
    assert older.content.decode().count("changed phone") == 1
    assert "opened the case" in text_of(client.get(url, {"kind": Kind.CASE_OPENED}))
    nothing = client.get(url, {"patient": patient.number, "kind": Kind.CASE_CLOSED})
    assert "Nothing on record" in text_of(nothing)


def test_the_trail_says_so_where_nobody_has_a_number(site, admin, client_of):
    page = text_of(client_of(admin).get(reverse("caseload:audit"), {"patient": "AN-999999"}))
    assert "No patient has the number “AN-999999”" in page
    assert "Nothing on record" not in page


@pytest.mark.parametrize("typed", ["AN-000123", "an-000123", "an 123", "123"])
def test_the_trail_takes_a_number_as_people_write_it(site, admin, client_of, typed):
    patient = PatientFactory(site=site, number="AN-000123")
    audit.record(Kind.PATIENT_EDITED, by=admin, patient_id=patient.pk, fields="phone")
    page = text_of(client_of(admin).get(reverse("caseload:audit"), {"patient": typed}))
    assert "changed phone" in page


def test_the_trail_tells_one_sites_admin_nothing_of_a_number_elsewhere(client_of):
    here, elsewhere = SiteFactory(), SiteFactory()
    other = PatientFactory(site=elsewhere)
    client = client_of(AdminFactory(sites=[here]))
    for number in (other.number, "AN-999999"):
        page = text_of(client.get(reverse("caseload:audit"), {"patient": number}))
        assert f"No patient at your sites has the number “{number}”" in page


@pytest.mark.parametrize("field", ["patient", "person", "kind", "day", "before"])
def test_nonsense_in_the_trails_filter_is_no_error(site, admin, client_of, field):
    assert client_of(admin).get(reverse("caseload:audit"), {field: "'; --"}).status_code == 200


def test_the_trail_of_one_sites_admin_leaves_other_sites_out(client_of):
    here, elsewhere = SiteFactory(), SiteFactory()
    other = PatientFactory(site=elsewhere)
    audit.record(Kind.PATIENT_REGISTERED, by=None, patient_id=other.pk, number=other.number)
    page = text_of(client_of(AdminFactory(sites=[here])).get(reverse("caseload:audit")))
    assert other.number not in page
