from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinic.audit import actions as audit
from patients.finding.question import understand
from patients.finding.search import (
    MOST_COUNTED,
    find_patients,
    recently_opened,
    ways_to_fit,
)
from patients.finding.slips import slips
from patients.models import OtherNumber, Patient
from tests.factories.patients import PatientFactory
from tests.factories.practice import SiteFactory
from tests.factories.staff import ReceptionFactory

TODAY = date(2026, 11, 22)
SAME_DATABASE = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None
)
NAMES = st.lists(
    st.text(
        st.characters(whitelist_categories=["Lu", "Ll"], max_codepoint=0x17F),
        min_size=1,
        max_size=10,
    ),
    min_size=1,
    max_size=3,
)


def names(found) -> list[str]:
    return [str(patient) for patient in found.everybody]


def search(user, text, **more):
    return find_patients(user, text, today=TODAY, **more)


@pytest.mark.parametrize(
    "text",
    [
        "okoro",
        "OKORO",
        "oko",
        "ok",
        "koro",
        "ada okoro",
        "okoro, ada",
        "Beatríx",
        "bea oko",
        "okro",
        "ada okorro",
        "ocoro",
        "22/11/1980",
        "22 Nov 1980",
        "1980-11-22",
        "22/11/80",
        "22111980",
        "07700 900123",
        "+44 7700 900123",
        "7700900123",
        "07700 9001",
        "+44 (0)7700 900 123",
        "AN-000123",
        "an 123",
        "123",
        "944 930 5552",
        "9449305552",
        "ada.okoro@example.test",
        " Ada.Okoro@Example.TEST ",
        "dizzy",
    ],
)
def test_a_patient_is_found_by_what_people_have_at_hand(reception, text):
    PatientFactory(
        number="AN-000123",
        family_name="Okoro",
        given_names="Ada Béatrix",
        preferred_name="Dizzy",
        date_of_birth=date(1980, 11, 22),
        phone="+447700900123",
        email="ada.okoro@example.test",
        nhs_number="9449305552",
    )
    PatientFactory(
        number="AN-000999",
        family_name="Whitcombe",
        given_names="Noah",
        date_of_birth=date(1950, 1, 2),
        phone="+441214960000",
    )
    assert names(search(reception, text)) == ["OKORO, Ada Béatrix"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("O'Brien", "obrien"),
        ("O’Brien", "o'brien"),
        ("Smith-Jones", "jones smith"),
        ("Müller", "mueller"),
        ("Gal·la", "gal·la"),
        ("Renée", "Rene\u0301e"),
    ],
)
def test_signs_and_accents_in_names_do_not_hide_them(reception, name, text):
    PatientFactory(family_name=name)
    assert len(search(reception, text).everybody) == 1


def test_exact_names_come_before_beginnings_and_these_before_the_middle(reception):
    for family_name, given_names in [
        ("Kettleeson", "Zed"),
        ("Leeson", "Ann"),
        ("Abbott", "Lee"),
        ("Lee", "Zoe"),
    ]:
        PatientFactory(family_name=family_name, given_names=given_names)
    assert names(search(reception, "lee")) == [
        "LEE, Zoe",
        "LEESON, Ann",
        "ABBOTT, Lee",
        "KETTLEESON, Zed",
    ]


def test_similar_names_are_told_apart_from_those_that_fit(reception):
    PatientFactory(family_name="Johnson", given_names="Ann")
    PatientFactory(family_name="Jonson", given_names="Bea")
    found = search(reception, "jonson")
    assert [str(patient) for patient in found.patients] == ["JONSON, Bea"]
    assert [str(patient) for patient in found.similar] == ["JOHNSON, Ann"]


def test_percent_signs_and_underscores_are_no_wildcards(reception):
    PatientFactory(family_name="Okoro")
    assert not search(reception, "%").everybody
    assert not search(reception, "_").everybody
    assert not search(reception, "k_r%").patients


@pytest.mark.parametrize("text", ["", "   ", "%", "…", "\x00", "---", "()"])
def test_a_text_without_letter_or_digit_asks_for_nothing(
    reception, text, django_assert_num_queries
):
    PatientFactory()
    with django_assert_num_queries(0):
        found = search(reception, text)
    assert found.question.is_empty
    assert not found.everybody


@given(text=st.text(max_size=120))
@SAME_DATABASE
def test_no_text_makes_a_search_fail(db, text):
    user = ReceptionFactory.build(roles=["reception"])
    user.__dict__["_limited_to"] = []
    find_patients(user, text, today=TODAY)


@given(family=NAMES, given_names=NAMES)
@SAME_DATABASE
def test_every_word_of_a_name_finds_its_patient(db, family, given_names):
    user = ReceptionFactory.build(roles=["reception"])
    user.__dict__["_limited_to"] = []
    patient = PatientFactory(family_name=" ".join(family), given_names=" ".join(given_names))
    try:
        for word in {*family, *given_names}:
            found = find_patients(user, word, today=TODAY, limit=200)
            assert patient in found.everybody, word
    finally:
        Patient.objects.filter(pk=patient.pk).delete()


def test_patients_of_other_sites_are_not_found_by_anything(db):
    here, elsewhere = SiteFactory(), SiteFactory()
    PatientFactory(site=elsewhere, family_name="Okoro", number="AN-000123", nhs_number="9449305552")
    PatientFactory(site=here, family_name="Okoro", given_names="Mine")
    limited = ReceptionFactory(sites=[here])
    assert names(search(limited, "okoro")) == ["OKORO, Mine"]
    assert names(search(limited, "okro")) == ["OKORO, Mine"]
    for text in ("AN-000123", "9449305552"):
        assert not search(limited, text).everybody


def test_one_query_finds_and_counts_however_many_there_are(reception, django_assert_num_queries):
    for number in range(30):
        PatientFactory(family_name="Okoro", given_names=f"Ada{number:02d}")
    assert not reception.site_ids
    with django_assert_num_queries(1):
        found = search(reception, "okoro", limit=25)
    assert (len(found.patients), found.total) == (25, 30)
    assert len(search(reception, "okoro", offset=25).patients) == 5


def test_the_beginning_of_a_name_is_read_in_order_from_its_index(reception):
    from django.db import connection

    PatientFactory(family_name="Okoro")
    question = understand("okoro", today=TODAY)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
    begins = ways_to_fit(Patient.objects.all(), question)[0]
    plan = begins.values_list("pk")[:5].explain()
    assert "patients_name_begins" in plan
    assert "Sort" not in plan


def test_what_is_inside_a_name_is_found_by_its_trigrams(reception):
    from django.db import connection

    PatientFactory(family_name="Okoro")
    question = understand("okoro", today=TODAY)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    for way in ways_to_fit(Patient.objects.all(), question)[1:]:
        assert "patients_search_name" in way.explain()


def test_no_more_are_counted_than_anybody_reads(reception):
    for number in range(MOST_COUNTED + 1):
        PatientFactory(family_name="Okoro", given_names=f"Ada{number:03d}")
    found = search(reception, "okoro")
    assert (found.total, found.is_more, found.counted) == (200, True, "more than 200")
    assert len(search(reception, "okoro", offset=175).patients) == 25
    assert not search(reception, "okoro", offset=200).patients


def test_a_slip_is_put_right_by_the_words_of_names(reception):
    PatientFactory(family_name="Okoro", given_names="Ada")
    found = search(reception, "ada okroo")
    assert names(found) == ["OKORO, Ada"]
    assert found.suggestions == ["ada okoro"]


def test_both_words_may_have_a_slip(reception):
    PatientFactory(family_name="Okoro", given_names="Béatrix")
    assert names(search(reception, "baetrix okroo")) == ["OKORO, Béatrix"]


def test_who_needs_no_slip_put_right_comes_first(reception):
    for family_name, given_names in [("Smith", "Ann"), ("Smyth", "Anna"), ("Smythe", "Anna")]:
        PatientFactory(family_name=family_name, given_names=given_names, preferred_name="")
    found = search(reception, "anna smyth")
    assert [str(patient) for patient in found.patients] == ["SMYTH, Anna", "SMYTHE, Anna"]
    assert [str(patient) for patient in found.similar] == ["SMITH, Ann"]


def test_nobody_is_asked_for_again_where_no_other_name_is_like_the_one_typed(
    reception, django_assert_num_queries
):
    ada = PatientFactory(given_names="Ada", family_name="Okoro")
    assert not reception.site_ids
    for text in ("Okoro", "òkoro ada"):
        with django_assert_num_queries(2):
            assert search(reception, text).everybody == [ada]
    okora = PatientFactory(given_names="Bo", family_name="Okora")
    with django_assert_num_queries(3):
        assert search(reception, "Okoro").similar == [okora]


def test_a_name_that_was_changed_is_found_by_its_new_words(reception):
    patient = PatientFactory(family_name="Okoro")
    patient.family_name = "Whitcombe"
    patient.save()
    assert names(search(reception, "whitcmobe")) == [str(patient)]
    assert not search(reception, "okroo").everybody


def test_a_name_at_another_site_is_not_suggested(db):
    here, elsewhere = SiteFactory(), SiteFactory()
    PatientFactory(site=elsewhere, family_name="Okoro")
    found = search(ReceptionFactory(sites=[here]), "okroo")
    assert not found.everybody
    assert not found.suggestions


@given(word=st.text(max_size=12))
@SAME_DATABASE
def test_the_database_knows_the_same_slips(db, word):
    from django.db import connection

    word = word.replace("\0", "")
    with connection.cursor() as cursor:
        cursor.execute("SELECT anagen_slips(%s)", [word])
        assert set(cursor.fetchone()[0]) == slips(word)


def test_the_patients_opened_last_come_first_and_once(reception):
    first, second, unseen = PatientFactory(), PatientFactory(), PatientFactory()
    for patient in (first, second, first):
        audit.record_reading(by=reception, patient_id=patient.pk, page="the chart")
    audit.record_reading(by=ReceptionFactory(), patient_id=unseen.pk, page="the chart")
    assert recently_opened(reception, limit=8) == [first, second]


def test_of_one_name_who_told_no_birth_is_listed_after_who_did(reception):
    for born in (None, date(1980, 11, 22), None):
        PatientFactory(
            family_name="Okoro", given_names="Ada", preferred_name="", date_of_birth=born
        )
    found = search(reception, "okoro ada").patients
    assert [patient.date_of_birth for patient in found] == [date(1980, 11, 22), None, None]


@pytest.mark.parametrize(
    "text",
    [
        "AN-000123",
        "123",
        "07700 900123",
        "944 930 5552",
        "22/11/1980",
        "HC-0042",
        "ada.okoro@example.test",
    ],
)
def test_each_exact_way_is_answered_by_an_index_of_its_own(reception, text):
    from django.db import connection

    patient = PatientFactory(number="AN-000123")
    elsewhere = [f"{number:04}" for number in range(500)]
    OtherNumber.objects.bulk_create(
        OtherNumber(patient=patient, source="Elsewhere", number=number) for number in elsewhere
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE patients_othernumber, patients_patient")
        cursor.execute("SET LOCAL enable_seqscan = off")
    exact = understand(text, today=TODAY).exact
    assert exact
    for condition in exact:
        plan = Patient.objects.filter(condition).order_by().explain()
        assert "Index Cond" in plan
        assert "SubPlan" not in plan, "it would be asked of every patient"
