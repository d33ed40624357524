import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients.dates import dates_meant, parse_birth_date

TODAY = date(2026, 11, 22)
BIRTHDAYS = st.dates(min_value=date(1900, 1, 1), max_value=TODAY)
FORMS = [
    "{d:%d/%m/%Y}",
    "{d.day}/{d.month}/{d.year}",
    "{d:%d-%m-%Y}",
    "{d:%d.%m.%Y}",
    "{d:%d %m %Y}",
    "{d:%d%m%Y}",
    "{d:%Y-%m-%d}",
    "{d:%Y%m%d}",
    "{d:%d %b %Y}",
    "{d:%d-%b-%Y}",
    "{d:%d%b%Y}",
    "{d.day}th {d:%B} {d.year}",
    "{d:%B} {d.day}, {d.year}",
    "  {d:%d/%m/%Y}. ",
]


@pytest.mark.parametrize("form", FORMS)
@given(born=BIRTHDAYS)
def test_every_common_form_means_the_same_day(form, born):
    assert parse_birth_date(form.format(d=born), today=TODAY) == born


def test_the_day_comes_first():
    assert parse_birth_date("03/04/1980", today=TODAY) == date(1980, 4, 3)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("11/22/1980", "There is no month 22. The day comes first: 22 11 1980."),
        ("31/02/1980", "There is no 31 February 1980."),
        ("29 Feb 1981", "There is no 29 February 1981."),
        ("22/11/80", "Write the year with four digits"),
        ("22 Nov 80", "Write the year with four digits"),
        ("23/11/2026", "lies in the future"),
        ("22/11/1080", "lies before 1900"),
        ("yesterday", "Write the day, the month and the year"),
        ("22 Foo 1980", "Write the day, the month and the year"),
        ("22/11/980", "Write the day, the month and the year"),
        ("", "Write the day, the month and the year"),
        ("١٢/٠١/١٩٨٠x", "Write the day, the month and the year"),
    ],
)
def test_what_is_not_a_possible_date_of_birth_is_refused_with_what_to_write(text, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        parse_birth_date(text, today=TODAY)


def test_the_twenty_ninth_of_february_exists_in_a_leap_year():
    assert parse_birth_date("29/2/2000", today=TODAY) == date(2000, 2, 29)


@given(st.text(max_size=60))
def test_no_text_makes_reading_a_date_fail_otherwise(text):
    try:
        assert parse_birth_date(text, today=TODAY) <= TODAY
    except ValueError as refused:
        assert str(refused).endswith((".", "last."))
    assert all(meant <= TODAY for meant in dates_meant(text, today=TODAY))


def test_a_search_may_leave_the_century_open():
    assert dates_meant("22/11/80", today=TODAY) == [date(1980, 11, 22)]
    assert dates_meant("01/02/03", today=TODAY) == [date(1903, 2, 1), date(2003, 2, 1)]
