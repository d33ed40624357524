import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients import nhs, phone

NHS_WEIGHTS = range(10, 1, -1)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("07700 900123", "+447700900123"),
        ("(0121) 496-0000", "+441214960000"),
        ("+44 (0)7700 900123", "+447700900123"),
        ("0044 7700 900123", "+447700900123"),
        ("01632 960001", "+441632960001"),
        ("+353 20 912 3456", "+353209123456"),
        ("+1 202 555 0123", "+12025550123"),
    ],
)
def test_a_number_is_kept_with_its_country_code(typed, stored):
    assert phone.to_e164(typed) == stored


@pytest.mark.parametrize(
    "typed", ["12", "call me", "07700 9001", "999", "07700 900123 ext 4", "+", "+999 12", "0" * 30]
)
def test_what_cannot_be_called_is_refused_with_an_example(typed):
    with pytest.raises(ValueError, match="0121 496 0000"):
        phone.to_e164(typed)


@given(st.integers(min_value=0, max_value=999))
def test_a_stored_number_reads_back_as_the_same_number(last):
    stored = phone.to_e164(f"07700 900{last:03d}")
    assert phone.readable(stored) == f"07700 900{last:03d}"
    assert phone.to_e164(phone.readable(stored)) == stored


@given(st.text(max_size=40))
def test_no_text_makes_reading_a_phone_number_fail_otherwise(text):
    try:
        assert phone.to_e164(text).startswith("+")
    except ValueError as refused:
        assert str(refused) == phone.HELP
    phone.readable(text)


@pytest.mark.parametrize("typed", ["9449305552", "944 930 5552", "944-930-5552"])
def test_an_nhs_number_is_kept_as_ten_digits(typed):
    assert nhs.to_digits(typed) == "9449305552"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("4123456879", "last digit does not fit"),
        ("9912003814", "last digit does not fit"),
        ("944 930 555", "this has 9"),
        ("94493055521", "this has 11"),
        ("944930555A", "10 digits and nothing else"),
        ("٩٤٤٩٣٠٥٥٥٢", "10 digits and nothing else"),
    ],
)
def test_a_wrong_nhs_number_is_refused_with_the_reason(typed, said):
    with pytest.raises(ValueError, match=said):
        nhs.to_digits(typed)


@given(st.lists(st.integers(0, 9), min_size=9, max_size=9), st.integers(0, 9))
def test_only_the_right_last_digit_is_accepted(first, last):
    remainder = sum(w * d for w, d in zip(NHS_WEIGHTS, first, strict=True)) % 11
    text = "".join(map(str, [*first, last]))
    assert nhs.is_valid(text) == (last == (11 - remainder) % 11)


@given(st.text(max_size=30))
def test_no_text_makes_reading_an_nhs_number_fail_otherwise(text):
    try:
        assert nhs.is_valid(nhs.to_digits(text))
    except ValueError as refused:
        assert str(refused)


@given(st.integers(0, 999_999_999))
def test_the_check_digit_that_fits_nine_others_is_found_where_there_is_one(beginning):
    nine = f"{beginning:09d}"
    fitting = [f"{nine}{digit}" for digit in range(10) if nhs.is_valid(f"{nine}{digit}")]
    assert [nhs.with_check_digit(nine)] == (fitting or [None])
