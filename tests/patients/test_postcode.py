import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients import countries, postcode

# One of each form that exists.
OUTWARD = ("M1", "B91", "CR2", "DN55", "W1A", "EC1A", "GIR")


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("b913ab", "B91 3AB"),
        (" B91   3AB ", "B91 3AB"),
        ("ec1a1bb", "EC1A 1BB"),
        ("w1a 0ax", "W1A 0AX"),
        ("gir0aa", "GIR 0AA"),
        ("", ""),
    ],
)
def test_a_british_postcode_is_written_in_its_usual_form(typed, stored):
    assert postcode.tidy(typed, "GB") == stored


@pytest.mark.parametrize("typed", ["B91", "B91 3A", "QB1 1AA", "B91 3CI", "12345", "B91 3AB 4"])
def test_what_is_no_british_postcode_is_refused_with_what_to_do(typed):
    with pytest.raises(ValueError, match="choose the country"):
        postcode.tidy(typed, "GB")


@pytest.mark.parametrize(("country", "typed"), [("IE", "d02 x285"), ("DE", "10115"), ("", "B91")])
def test_postcodes_of_other_countries_are_only_put_in_capitals(country, typed):
    assert postcode.tidy(typed, country) == typed.upper()


@given(
    st.sampled_from(OUTWARD[:-1]),
    st.integers(0, 9),
    st.text(alphabet="ABDEFGHJLNPQRSTUWXYZ", min_size=2, max_size=2),
    st.sampled_from(["", " ", "  "]),
)
def test_every_postcode_reads_back_as_itself(outward, digit, letters, between):
    stored = postcode.tidy(f"{outward}{between}{digit}{letters}".lower(), "GB")
    assert stored == f"{outward} {digit}{letters}"
    assert postcode.tidy(stored, "GB") == stored


@given(st.text(max_size=20))
def test_no_text_makes_reading_a_postcode_fail_otherwise(text):
    try:
        postcode.tidy(text, "GB")
    except ValueError as refused:
        assert str(refused) == postcode.HELP


def test_countries_are_named_as_people_write_them_the_home_country_first():
    names = countries.names()
    assert next(iter(names.items())) == ("GB", "United Kingdom")
    assert names["IE"] == "Ireland"
    assert len(names) > 240
    assert all(len(code) == 2 and code.isupper() for code in names)
    assert countries.name_of("") == ""
