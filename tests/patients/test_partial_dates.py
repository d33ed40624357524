"""Dates as exact as they are known, and no more."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from patients.models import Medicine
from patients.partial_dates import PartialDate, Precision, parse_partial_date
from tests.factories.patients import PatientFactory
from tests.factories.staff import ClinicianFactory

TODAY = date(2026, 11, 23)
DAYS = st.dates(min_value=date(1900, 1, 1), max_value=TODAY)


@pytest.mark.parametrize(
    ("text", "first", "precision"),
    [
        ("2019", date(2019, 1, 1), "year"),
        ("March 2021", date(2021, 3, 1), "month"),
        ("mar 2021", date(2021, 3, 1), "month"),
        ("Sept 2021", date(2021, 9, 1), "month"),
        ("03/2021", date(2021, 3, 1), "month"),
        ("2021-03", date(2021, 3, 1), "month"),
        ("22 Nov 2025", date(2025, 11, 22), "day"),
        ("22/11/2025", date(2025, 11, 22), "day"),
        ("2025-11-22", date(2025, 11, 22), "day"),
    ],
)
def test_a_date_is_read_as_exact_as_it_is_written(text, first, precision):
    assert parse_partial_date(text, today=TODAY) == PartialDate(first, precision)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2027", "future"),
        ("December 2026", "future"),
        ("24 Nov 2026", "future"),
        ("13/2021", "no month 13"),
        ("31 Feb 2021", "no 31 February"),
        ("1899", "before 1900"),
        ("0000", "before 1900"),
        ("a while ago", "Write a year"),
        ("ma 2021", "Write a year"),
        ("22/11/80", "four digits"),
    ],
)
def test_what_is_no_past_date_is_refused_in_words(text, said):
    with pytest.raises(ValueError, match=said) as told:
        parse_partial_date(text, today=TODAY)
    assert "birth" not in str(told.value)


@given(day=DAYS, precision=st.sampled_from(Precision.values))
def test_what_is_shown_is_read_back_as_the_same_date(day, precision):
    first = day.replace(day=1) if precision != Precision.DAY else day
    known = PartialDate(first.replace(month=1) if precision == Precision.YEAR else first, precision)
    assert parse_partial_date(str(known), today=TODAY) == known
    assert known.first <= day <= known.last


@given(st.text(max_size=30))
def test_no_text_breaks_the_reading_of_a_date(text):
    try:
        known = parse_partial_date(text, today=TODAY)
    except ValueError as error:
        assert str(error).endswith((".", "1980."))
    else:
        assert known.first <= TODAY


def medicine(**values) -> Medicine:
    return Medicine.objects.create(
        patient=PatientFactory(),
        group="other",
        name="M",
        recorded_at=timezone.now(),
        recorded_by=ClinicianFactory(),
        **values,
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "values",
    [
        {"started_date": date(2021, 3, 2), "started_precision": "month"},
        {"started_date": date(2021, 3, 1), "started_precision": "year"},
        {"started_precision": "year"},
        {"started_date": date(2021, 3, 2), "stopped_date": date(2021, 3, 1)},
        {
            "started_date": date(2021, 3, 2),
            "stopped_date": date(2021, 2, 1),
            "stopped_precision": "month",
        },
        {"stop_reason": "None"},
        {"withdrawn_reason": "None"},
    ],
)
def test_the_database_refuses_a_date_that_says_more_than_is_known_or_runs_backwards(values):
    with pytest.raises(IntegrityError), transaction.atomic():
        medicine(**values)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("stopped_date", "precision"),
    [(date(2021, 3, 2), "day"), (date(2021, 3, 1), "month"), (date(2021, 1, 1), "year")],
)
def test_a_medicine_may_stop_in_the_month_or_year_in_which_it_started(stopped_date, precision):
    row = medicine(
        started_date=date(2021, 3, 2), stopped_date=stopped_date, stopped_precision=precision
    )
    row.full_clean()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "on", "taken"),
    [
        ({}, date(2021, 6, 1), True),
        ({"started_date": date(2021, 6, 2)}, date(2021, 6, 1), False),
        (
            {"started_date": date(2021, 1, 1), "started_precision": "year"},
            date(2021, 1, 5),
            True,
        ),
        ({"stopped_date": date(2021, 6, 1)}, date(2021, 6, 1), True),
        ({"stopped_date": date(2021, 5, 31)}, date(2021, 6, 1), False),
        (
            {"stopped_date": date(2021, 6, 1), "stopped_precision": "month"},
            date(2021, 6, 30),
            True,
        ),
        (
            {"stopped_date": date(2021, 1, 1), "stopped_precision": "year"},
            date(2021, 12, 31),
            True,
        ),
        (
            {"stopped_date": date(2020, 1, 1), "stopped_precision": "year"},
            date(2021, 1, 1),
            False,
        ),
    ],
)
def test_who_decides_by_a_medicine_learns_of_each_day_on_which_it_may_have_been_taken(
    values, on, taken
):
    row = medicine(**values)
    assert list(Medicine.objects.maybe_taken(on, on)) == ([row] if taken else [])
