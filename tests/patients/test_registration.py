from datetime import UTC, date, datetime
from threading import Barrier, Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from clinic.audit.kinds import Kind
from clinic.audit.models import Event
from patients.actions.registration import (
    NHS_NUMBER_TAKEN,
    PossibleDuplicatesError,
    add_site,
    register,
)
from patients.details import PatientDetails
from patients.models import Patient, SiteRegistration
from patients.numbers import next_number, take_numbers
from tests.factories.patients import PatientFactory
from tests.factories.practice import SiteFactory
from tests.factories.staff import ReceptionFactory

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
ADA = PatientDetails(
    family_name="Okoro",
    given_names="Ada",
    date_of_birth=date(1980, 11, 22),
    phone="+447700900123",
    email="ada@example.test",
    nhs_number="9449305552",
)


def details(**changed) -> PatientDetails:
    return PatientDetails(**{**vars(ADA), **changed})


@pytest.fixture
def site(db):
    return SiteFactory()


def registered(site, **changed) -> Patient:
    told = {**vars(ADA), "nhs_number": None, **changed}
    status = "said" if told["nhs_number"] else ""
    return PatientFactory(site=site, **told | {"nhs_number_status": status})


def test_a_patient_gets_a_number_a_site_an_open_case_and_an_audit_event(reception, site):
    patient = register(by=reception, site=site, details=ADA, now=NOW)

    assert patient.number.startswith("AN-")
    assert len(patient.number) == 9
    assert patient.registrations.get().site == site
    assert patient.cases.get().opened_at == NOW
    kinds = Event.objects.about_patient(patient.pk).values_list("kind", flat=True)
    assert set(kinds) == {Kind.PATIENT_REGISTERED, Kind.CASE_OPENED}


def test_numbers_follow_each_other_and_are_never_used_twice(db):
    numbers = [next_number(), *take_numbers(3), next_number()]
    counted = [int(number.removeprefix("AN-")) for number in numbers]
    assert counted == list(range(counted[0], counted[0] + 5))


@pytest.mark.parametrize(
    ("stored", "reason"),
    [
        ({"phone": "", "email": ""}, "same date of birth and a similar name"),
        (
            {"phone": "", "email": "", "family_name": "Ókorow", "given_names": "Ada Maria"},
            "same date of birth and a similar name",
        ),
        (
            {"phone": "", "email": "", "family_name": "Ada", "given_names": "Okoro"},
            "same date of birth and a similar name",
        ),
        (
            {
                "family_name": "Quite",
                "given_names": "Other",
                "email": "",
                "date_of_birth": date(1950, 1, 1),
            },
            "same phone number",
        ),
        (
            {
                "family_name": "Quite",
                "given_names": "Other",
                "phone": "",
                "date_of_birth": date(1950, 1, 1),
            },
            "same e-mail address",
        ),
    ],
)
def test_a_similar_patient_is_shown_with_the_reason_and_nothing_is_saved(
    reception, site, stored, reason
):
    similar = registered(site, **stored)

    with pytest.raises(PossibleDuplicatesError) as warned:
        register(by=reception, site=site, details=ADA, now=NOW)

    assert [match.patient for match in warned.value.matches] == [similar]
    assert warned.value.matches[0].reasons == (reason,)
    assert not warned.value.matches[0].certain
    assert Patient.objects.get() == similar


def test_a_person_with_another_name_and_birthday_is_no_match(reception, site):
    registered(site, phone="", email="", family_name="Quite", given_names="Other")
    registered(site, phone="", email="", date_of_birth=date(1981, 11, 22))
    register(by=reception, site=site, details=ADA, now=NOW)
    assert Patient.objects.count() == 3


def test_empty_phone_and_email_are_nobodys_match(reception, site):
    registered(site, phone="", email="", family_name="Quite", given_names="Other")
    bare = details(phone="", email="", nhs_number=None)
    assert register(by=reception, site=site, details=bare, now=NOW)


def test_a_warning_never_stops_somebody_who_looked_at_the_matches(reception, site):
    similar = registered(site)
    known = frozenset({similar.pk})
    register(by=reception, site=site, details=ADA, now=NOW, known_matches=known)
    assert Patient.objects.count() == 2


def test_a_match_that_was_not_looked_at_warns_again(reception, site):
    seen, unseen = registered(site), registered(site)
    with pytest.raises(PossibleDuplicatesError) as warned:
        register(by=reception, site=site, details=ADA, now=NOW, known_matches=frozenset({seen.pk}))
    assert {match.patient for match in warned.value.matches} == {seen, unseen}


def test_the_same_nhs_number_stops_even_somebody_who_looked(reception, site):
    same = registered(site, nhs_number=ADA.nhs_number, date_of_birth=date(1950, 1, 1))
    with pytest.raises(PossibleDuplicatesError) as stopped:
        register(by=reception, site=site, details=ADA, now=NOW, known_matches=frozenset({same.pk}))
    assert stopped.value.matches[0].certain


def test_somebody_very_like_this_at_another_site_is_a_warning_without_details(site):
    registered(SiteFactory())
    limited = ReceptionFactory(sites=[site])
    with pytest.raises(PossibleDuplicatesError) as warned:
        register(by=limited, site=site, details=ADA, now=NOW)
    assert warned.value.matches == []
    assert warned.value.elsewhere
    assert register(by=limited, site=site, details=ADA, now=NOW, asked_elsewhere=True)


@pytest.mark.parametrize(
    "stored",
    [
        {"phone": "", "email": ""},
        {"family_name": "Quite", "given_names": "Other"},
        {"date_of_birth": date(1980, 11, 23)},
    ],
)
def test_nobody_learns_who_goes_to_another_site_from_less_than_name_birthday_and_contact(
    site, stored
):
    registered(SiteFactory(), **stored)
    limited = ReceptionFactory(sites=[site])
    assert register(by=limited, site=site, details=ADA, now=NOW)


def test_having_looked_at_the_patients_here_is_not_having_asked_elsewhere(site):
    here = registered(site)
    registered(SiteFactory())
    limited = ReceptionFactory(sites=[site])
    known = frozenset({here.pk})
    with pytest.raises(PossibleDuplicatesError) as warned:
        register(by=limited, site=site, details=ADA, now=NOW, known_matches=known)
    assert [match.patient for match in warned.value.matches] == [here]
    assert warned.value.elsewhere


def test_who_comes_to_both_sites_is_shown_and_not_somebody_elsewhere(site):
    both = registered(site)
    SiteRegistration.check_and_create(patient=both, site=SiteFactory())
    limited = ReceptionFactory(sites=[site])
    with pytest.raises(PossibleDuplicatesError) as warned:
        register(by=limited, site=site, details=ADA, now=NOW)
    assert not warned.value.elsewhere


def test_an_nhs_number_taken_at_another_site_is_refused_without_a_name(site):
    registered(SiteFactory(), nhs_number=ADA.nhs_number)
    limited = ReceptionFactory(sites=[site])
    with pytest.raises(ValidationError) as refused:
        register(by=limited, site=site, details=ADA, now=NOW)
    assert refused.value.message_dict == {"nhs_number": [NHS_NUMBER_TAKEN]}


def test_nobody_registers_at_a_site_where_they_do_not_work(site):
    limited = ReceptionFactory(sites=[site])
    with pytest.raises(ValidationError, match="Choose a site where you work"):
        register(by=limited, site=SiteFactory(), details=ADA, now=NOW)


def test_impossible_details_change_nothing(reception, site):
    with pytest.raises(ValidationError):
        register(by=reception, site=site, details=details(phone="0770"), now=NOW)
    assert not Patient.objects.exists()
    assert not Event.objects.exists()


def test_the_looking_takes_one_query(site, django_assert_num_queries):
    from patients.finding.duplicates import find_matches

    limited = ReceptionFactory(sites=[site])
    for _ in range(3):
        registered(site)
    assert limited.site_ids
    with django_assert_num_queries(1):
        assert len(find_matches(limited, ADA)) == 3


def test_a_second_site_is_added_once(reception, site):
    patient, other = registered(site), SiteFactory()
    add_site(by=reception, patient=patient, site=other)
    add_site(by=reception, patient=patient, site=other)
    assert SiteRegistration.objects.filter(patient=patient).count() == 2
    assert Event.objects.filter(kind=Kind.SITE_ADDED).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_people_who_register_one_patient_at_once_do_not_both_succeed():
    site, people = SiteFactory(), [ReceptionFactory(), ReceptionFactory()]
    together, outcomes = Barrier(2), []

    def try_to_register(person) -> None:
        try:
            together.wait(timeout=10)
            register(by=person, site=site, details=details(nhs_number=None), now=NOW)
            outcomes.append("registered")
        except PossibleDuplicatesError:
            outcomes.append("warned")
        finally:
            connection.close()

    threads = [Thread(target=try_to_register, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)

    assert sorted(outcomes) == ["registered", "warned"]
    assert Patient.objects.count() == 1
