"""Who only enquired is registered by name and contact; what needs a date of birth waits."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from clinic.documents import actions as documents
from clinic.documents.models import Document
from patients.actions.registration import (
    BIRTH_DATE_STAYS,
    PossibleDuplicatesError,
    change_details,
    register,
)
from patients.completeness import to_complete
from patients.consent.rules import obstacle_to_signing
from patients.details import PatientDetails
from patients.models import Patient
from patients.models.patient import RECOGNISED_BY
from tests.factories.booking import AppointmentFactory
from tests.factories.documents import PrivateLinkFactory
from tests.factories.patients import (
    CaseFactory,
    ConsentFactory,
    PatientFactory,
    SignedConsentFactory,
)
from tests.factories.practice import SiteFactory
from tests.factories.staff import ReceptionFactory

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
CALLER = PatientDetails(family_name="Okoro", given_names="Ada", phone="+447700900123")
NEW = reverse("patients:new")


@pytest.fixture
def site(db):
    return SiteFactory()


@pytest.fixture
def desk(client_of, reception, site):
    return client_of(reception)


@pytest.fixture
def caller(site):
    return PatientFactory(site=site, family_name="Okoro", given_names="Ada", date_of_birth=None)


def test_name_phone_and_reason_are_enough_while_somebody_calls(desk, site):
    typed = {"family_name": "Okoro", "given_names": "Ada", "phone": "07700 900123"}
    answer = desk.post(NEW, {**typed, "reason": "Thinning", "site": str(site.pk)})
    assert answer.status_code == 302
    patient = Patient.objects.get()
    assert (patient.date_of_birth, patient.sex) == (None, "not_known")
    page = desk.get(answer.url).content.decode()
    assert "Details to complete" in page
    for missing in ("date_of_birth", "address", "emergency_name"):
        assert f'href="{reverse("patients:edit", args=[patient.pk])}#id_{missing}"' in page


def test_without_a_date_of_birth_a_phone_number_or_an_email_address_is_needed(desk, site):
    typed = {"family_name": "Okoro", "given_names": "Ada", "site": str(site.pk)}
    answer = desk.post(NEW, typed)
    assert answer.status_code == 422
    assert RECOGNISED_BY in answer.content.decode()
    assert not Patient.objects.exists()
    assert desk.post(NEW, {**typed, "email": "ada@example.test"}).status_code == 302


def test_the_database_wants_a_date_of_birth_or_a_contact(db):
    with pytest.raises(IntegrityError, match="patients_recognisable"), transaction.atomic():
        PatientFactory(date_of_birth=None, phone="", email="")


def test_an_age_that_nobody_knows_is_none(caller):
    assert caller.age_on(date(2026, 1, 1)) is None


@pytest.mark.parametrize("name", ["caseload:chart", "patients:edit", "patients:case"])
def test_pages_say_that_the_date_of_birth_is_not_known(desk, caller, name):
    CaseFactory(patient=caller)
    page = desk.get(reverse(name, args=[caller.pk])).content.decode()
    assert "<span>Born</span> Not known</span>" in page


@pytest.mark.parametrize("name", ["patients:list", "patients:search", "booking:new"])
def test_lists_say_that_the_date_of_birth_is_not_known(desk, caller, name):
    page = desk.get(reverse(name), {"q": "okoro"}).content.decode()
    assert "OKORO, Ada" in page
    assert "ot known" in page
    assert "None" not in page


def test_patients_without_a_date_of_birth_come_last_of_their_name_in_a_steady_order(site):
    same = {"family_name": "Okoro", "given_names": "Ada"}
    unknown = [PatientFactory(date_of_birth=None, **same) for _ in range(3)]
    known = PatientFactory(**same)
    assert list(Patient.objects.all()) == [known, *sorted(unknown, key=lambda row: row.pk)]


# -- who is registered already? ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stored", "reason"),
    [
        ({"phone": CALLER.phone, "family_name": "Quite", "given_names": "Other"}, "same phone"),
        (
            {
                "phone": "",
                "second_phone": CALLER.phone,
                "family_name": "Quite",
                "given_names": "Other",
            },
            "same phone",
        ),
        ({"family_name": "Okoro", "given_names": "Ada Maria"}, "a similar name, and a date"),
        ({"family_name": "Okoro", "given_names": "Ada", "date_of_birth": None}, "a similar name"),
    ],
)
def test_a_caller_is_held_against_those_who_are_registered(reception, site, stored, reason):
    similar = PatientFactory(site=site, **stored)
    with pytest.raises(PossibleDuplicatesError) as warned:
        register(by=reception, site=site, details=CALLER, now=NOW)
    assert [match.patient for match in warned.value.matches] == [similar]
    assert warned.value.matches[0].reasons[0].startswith(reason)


def test_who_comes_with_a_date_of_birth_is_held_against_the_callers(reception, site, caller):
    born = PatientDetails(
        family_name="Okoro", given_names="Ada", date_of_birth=date(1980, 11, 22), phone=""
    )
    with pytest.raises(PossibleDuplicatesError) as warned:
        register(by=reception, site=site, details=born, now=NOW)
    assert [match.patient for match in warned.value.matches] == [caller]


def test_callers_of_other_names_do_not_warn_of_one_another(reception, site, caller):
    other = PatientDetails(family_name="Quite", given_names="Other", phone="+447700900999")
    assert register(by=reception, site=site, details=other, now=NOW)


def test_nobody_learns_by_a_name_and_a_phone_number_alone_who_goes_to_another_site(site):
    PatientFactory(site=SiteFactory(), family_name="Okoro", given_names="Ada", phone=CALLER.phone)
    limited = ReceptionFactory(sites=[site])
    assert register(by=limited, site=site, details=CALLER, now=NOW)


# -- what waits for the date of birth ------------------------------------------------------------


def test_nobody_signs_whose_date_of_birth_is_not_known(caller):
    consent = ConsentFactory(case=CaseFactory(patient=caller))
    said = obstacle_to_signing(consent, today=timezone.localdate())
    assert said.startswith("The date of birth is not known")


def test_the_database_refuses_a_signature_without_a_date_of_birth(caller):
    with (
        pytest.raises(IntegrityError, match="whose date of birth is known"),
        transaction.atomic(),
    ):
        SignedConsentFactory(case=CaseFactory(patient=caller))


def test_a_document_and_a_private_link_wait_for_the_date_of_birth(clinician, caller):
    asked = {"by": clinician, "patient": caller, "now": NOW}
    with pytest.raises(ValidationError, match="date of birth is not known"):
        documents.create_link(way="email", **asked)
    with pytest.raises(ValidationError, match="date of birth is not known"):
        documents.request_document(
            kind=Document.Kind.TREATMENT_SUMMARY, title="Summary", subject_id=caller.pk, **asked
        )
    assert not Document.objects.exists()


def test_no_answer_opens_the_link_of_a_patient_whose_date_of_birth_was_taken_away(caller):
    link = PrivateLinkFactory(patient=caller)
    for answer in (None, date(1980, 11, 22)):
        assert not documents.open_link(link=link, date_of_birth=answer, now=timezone.now())


def test_the_date_of_birth_of_who_signed_can_be_put_right_but_not_taken_away(reception, site):
    patient = SignedConsentFactory(case=CaseFactory(patient=PatientFactory(site=site))).patient
    details = vars(PatientDetails.of(patient))
    with pytest.raises(ValidationError) as refused:
        change_details(
            by=reception,
            patient=patient,
            details=PatientDetails(**details | {"date_of_birth": None}),
            revision=0,
        )
    assert refused.value.message_dict == {"date_of_birth": [BIRTH_DATE_STAYS]}
    right = PatientDetails(**details | {"date_of_birth": date(1981, 1, 1)})
    change_details(by=reception, patient=patient, details=right, revision=0)
    with (
        pytest.raises(IntegrityError, match="stays known"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE patients_patient SET date_of_birth = NULL")


def test_a_wrong_date_of_birth_of_who_signed_nothing_can_be_taken_away(reception, site):
    patient = PatientFactory(site=site)
    none = PatientDetails(**vars(PatientDetails.of(patient)) | {"date_of_birth": None})
    change_details(by=reception, patient=patient, details=none, revision=0)
    patient.refresh_from_db()
    assert patient.date_of_birth is None


# -- what is still to be asked -------------------------------------------------------------------


def test_what_is_still_to_be_asked_is_named_until_it_is_known(caller):
    words = [missing.words for missing in to_complete(caller)]
    assert words == ["date of birth", "address", "emergency contact"]
    caller.date_of_birth, caller.town = date(1980, 11, 22), "Nowhereton"
    caller.emergency_name = "Robin Invented"
    assert to_complete(caller) == []


def test_the_arrivals_board_says_what_to_ask_for_at_check_in(client_of, reception, caller, site):
    AppointmentFactory(patient=caller, room__site=site, starts_at=timezone.now())
    page = client_of(reception).get(reverse("booking:arrivals"), {"site": site.slug})
    assert "Ask for date of birth, address, emergency contact" in " ".join(
        page.content.decode().split()
    )


def test_the_parts_that_are_to_be_completed_are_open(desk, caller):
    page = desk.get(reverse("patients:edit", args=[caller.pk])).content.decode()
    assert page.count('<details class="fold" open>') == 2
