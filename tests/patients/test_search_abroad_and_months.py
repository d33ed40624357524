"""Numbers of other countries as they are dialled there, and births of which a month is known."""

from datetime import date

import phonenumbers
import pytest
from django.db import connection

from patients.finding.question import understand
from patients.finding.search import find_patients
from patients.models import Patient
from tests.factories.patients import PatientFactory

TODAY = date(2026, 11, 22)


def found_by(reception, text):
    return find_patients(reception, text, today=TODAY).patients


@pytest.mark.parametrize(
    ("kept", "text"),
    [
        ("+33123456789", "01 23 45 67 89"),
        ("+33123456789", "01 23 45"),
        ("+33123456789", "0123456789"),
        ("+33123456789", "123456789"),
        ("+390612345678", "06 1234 5678"),
        ("+4532123456", "32 12 34 56"),
        ("+12125550123", "(212) 555-0123"),
        ("+353209123456", "020 912 3456"),
        ("+33123456789", "+33 1 23 45 67 89"),
        ("+33123456789", "0033 1 23 45 67 89"),
    ],
)
@pytest.mark.parametrize("field", ["phone", "second_phone"])
def test_a_number_of_another_country_is_found_as_it_is_dialled_there(
    reception, django_assert_max_num_queries, field, kept, text
):
    patient = PatientFactory(**{"phone": "+441214960000", field: kept})
    PatientFactory(phone="+447700900123", second_phone="+33987654321")
    assert not reception.site_ids
    with django_assert_max_num_queries(2):
        assert found_by(reception, text) == [patient]


def test_a_british_number_comes_before_one_that_is_dialled_alike_elsewhere(reception):
    abroad = PatientFactory(family_name="Aaron", phone="+33123456789")
    british = PatientFactory(family_name="Zabel", phone="+44123456789")
    assert found_by(reception, "0123 456789") == [british, abroad]


def test_nobody_abroad_is_looked_for_where_a_whole_british_number_is_found(
    reception, django_assert_num_queries
):
    patient = PatientFactory(phone="+447700900123")
    PatientFactory(phone="+1770090012")
    assert not reception.site_ids
    with django_assert_num_queries(1):
        assert found_by(reception, "07700 900123") == [patient]


def test_nobody_abroad_is_looked_for_where_many_british_numbers_begin_so(
    reception, django_assert_num_queries
):
    british = PatientFactory.create_batch(3, phone="+441234567890")
    PatientFactory(phone="+33123456789")
    assert not reception.site_ids
    with django_assert_num_queries(1):
        assert set(found_by(reception, "01234 567")) == set(british)


def test_a_number_with_another_country_code_is_not_found(reception):
    PatientFactory(phone="+33123456789")
    assert not found_by(reception, "+49 1 23 45 67 89")
    assert not found_by(reception, "0044 1 23 45 67 89")


@pytest.mark.django_db
def test_the_database_knows_every_country_code():
    with connection.cursor() as cursor:
        for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
            cursor.execute("SELECT patients_dialled_at_home(%s)", [f"+{code}712345"])
            assert cursor.fetchone() == ("712345",), code


def test_numbers_abroad_are_found_by_an_index(reception):
    abroad = understand("01 23 45 67 89", today=TODAY).abroad
    PatientFactory.create_batch(3, phone="+33123456789")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plans = [Patient.objects.filter(each).explain() for each in abroad]
    assert sum("patients_phone_abroad" in plan for plan in plans) == 1
    assert sum("patients_second_phone_abroad" in plan for plan in plans) == 1


@pytest.mark.parametrize(
    "text",
    [
        *("August 1977", "Aug 1977", "aug. 1977", "AUGUST, 1977", "Aug 77", "aug1977"),
        *("8/1977", "08/1977", "08 1977", "8-1977", "8.1977", "1977-08", "1977/8"),
    ],
)
def test_a_month_of_birth_finds_all_who_were_born_in_it(reception, text):
    first = PatientFactory(family_name="Abel", date_of_birth=date(1977, 8, 1))
    last = PatientFactory(family_name="Bram", date_of_birth=date(1977, 8, 31))
    for other in (date(1977, 7, 31), date(1977, 9, 1), date(1978, 8, 1)):
        PatientFactory(family_name="Okoro", date_of_birth=other)
    assert found_by(reception, text) == [first, last]
    assert "month of birth" in understand(text, today=TODAY).kinds


@pytest.mark.parametrize("text", ["8/1977", "08/1977", "1977-08"])
def test_a_month_in_digits_is_one_query_however_few_it_finds(
    reception, django_assert_num_queries, text
):
    PatientFactory(date_of_birth=date(1977, 8, 1))
    assert not reception.site_ids
    with django_assert_num_queries(1):
        assert len(found_by(reception, text)) == 1


def test_who_is_called_by_the_name_of_a_month_comes_first(reception):
    PatientFactory(family_name="Abel", given_names="Noah", date_of_birth=date(1977, 4, 3))
    named = PatientFactory(
        family_name="Okoro", given_names="April", date_of_birth=date(1977, 12, 9)
    )
    found = found_by(reception, "April 1977")
    assert [str(patient) for patient in found] == ["OKORO, April", "ABEL, Noah"]
    assert found[0] == named


@pytest.mark.parametrize("text", ["13/1977", "0/1977", "8/1877", "12/2026", "8/0000", "Xyz 1977"])
def test_a_month_that_is_none_or_still_to_come_is_no_month(text):
    assert understand(text, today=TODAY).month is None


def test_this_month_is_one_although_it_is_not_over(reception):
    born_today = PatientFactory(date_of_birth=TODAY)
    assert found_by(reception, "11/2026") == [born_today]


def test_a_name_beside_a_month_of_birth_finds_who_has_both(reception):
    okoro = PatientFactory(family_name="Okoro", date_of_birth=date(1977, 8, 12))
    PatientFactory(family_name="Okoro", date_of_birth=date(1977, 9, 12))
    assert found_by(reception, "okoro 8/1977") == [okoro]
