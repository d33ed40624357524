"""A name with a year or date of birth beside it, with a slip or without."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients.finding.birth import name_and_birth
from patients.finding.search import find_patients
from patients.finding.slips import slips
from tests.factories.patients import PatientFactory

TODAY = date(2026, 11, 22)
YEARS = st.integers(1900, 2026).map(str)


@pytest.fixture
def okoro(db):
    for year in range(1960, 2000, 3):
        PatientFactory(
            family_name="Okoro",
            given_names="Bea",
            date_of_birth=date(year, 5, 6),
            preferred_name="",
        )
        PatientFactory(
            family_name="Whitcombe",
            given_names="Ada",
            date_of_birth=date(year, 5, 6),
            preferred_name="",
        )
    return PatientFactory(
        family_name="Okoro",
        given_names="Ada Béatrix",
        preferred_name="",
        date_of_birth=date(1980, 11, 22),
    )


def found_by(reception, text):
    return find_patients(reception, text, today=TODAY, limit=5)


@pytest.mark.parametrize(
    "text",
    [
        *("ada okoro 1980", "Okoro, Ada 1980", "1980 okoro", "okoro (1980)", "okoro 80"),
        *("okoro 22/11/1980", "okoro 22 nov 80", "22.11.1980, Ada Okoro", "OKORO 22111980"),
    ],
)
def test_a_name_and_a_birth_find_who_has_both(reception, okoro, text):
    found = found_by(reception, text)
    assert found.patients == [okoro]
    assert found.question.kinds == ("name and birth",)


@pytest.mark.parametrize(
    "text",
    [
        *("ada okro 1980", "adda okoro 1980", "aad okoro 1980", "Ada Xkoro 1980", "okro 1980"),
        *("ada okoro 1908", "ada okoro 1981", "ada okoro 198", "ada okoro 19980", "ada okoro 2980"),
        *("ada okoro 11/11/1980", "ada okroo 22/11/1980"),
    ],
)
def test_one_slip_still_finds_them_among_the_first_five(reception, okoro, text):
    assert okoro in found_by(reception, text).everybody[:5]


def test_two_people_who_share_nothing_but_a_year_are_not_alike(reception, okoro):
    assert okoro not in found_by(reception, "whitcombe xyz 1980").everybody


@pytest.mark.parametrize("text", ["okoro", "1980", "22/11/1980", "07700 900123", "o7 x"])
def test_other_texts_are_no_name_with_a_birth(text):
    assert name_and_birth(text, today=TODAY) is None


@given(YEARS, st.integers(0, 4), st.sampled_from("0123456789"))
def test_every_single_slip_is_one(year, place, digit):
    left_out = year[:place] + year[place + 1 :]
    doubled = year[:place] + digit + year[place:]
    wrong = year[:place] + digit + year[place + 1 :]
    swapped = year[:place] + year[place : place + 2][::-1] + year[place + 2 :]
    for typed in {left_out, doubled, wrong, swapped} - {year}:
        assert slips(year) & slips(typed)


@given(YEARS)
def test_two_slips_are_not_one(year):
    assert not slips(year) & slips(f"{year}00")
    assert not slips("1980") & slips("2079")
