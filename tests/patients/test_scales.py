"""Every scale: its grades, their drawings, and SALT added up."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from patients import scales
from patients.drawings import drawing_of, drawing_of_basp_part
from patients.models import Diagnosis
from patients.scales import BaspType, Scale, salt_group, salt_percent
from tests.factories.patients import CaseFactory, DiagnosisFactory

AREAS = ("vertex", "back", "left", "right")
LISTED = [(scale, grade) for scale, grades in scales.LISTED.items() for grade in grades]
share = st.integers(0, 100)


# Worked by hand: 40 % of the vertex's share, 24 % of the back's, 18 % of each side's.
@pytest.mark.parametrize(
    ("lost", "score", "group"),
    [
        ((0, 0, 0, 0), "0", "S0"),
        ((100, 100, 100, 100), "100", "S5"),
        ((50, 0, 0, 0), "20", "S1"),
        ((0, 50, 0, 0), "12", "S1"),
        ((0, 0, 50, 0), "9", "S1"),
        ((95, 50, 30, 20), "59", "S3"),
        ((1, 1, 1, 1), "1", "S1"),
        ((0, 0, 0, 3), "0.54", "S1"),
        ((25, 25, 25, 25), "25", "S2"),
        ((99, 100, 100, 100), "99.6", "S4"),
    ],
)
def test_salt_is_the_weighted_sum_of_the_four_areas(lost, score, group):
    found = salt_percent(dict(zip(AREAS, lost, strict=True)))
    assert found == Decimal(score)
    assert salt_group(found) == group


@given(vertex=share, back=share, left=share, right=share)
def test_salt_lies_between_the_least_and_the_greatest_share(**lost):
    assert min(lost.values()) <= salt_percent(lost) <= max(lost.values())


@given(vertex=share, back=share, left=share, right=share)
def test_salt_does_not_tell_the_sides_apart(vertex, back, left, right):
    one = salt_percent({"vertex": vertex, "back": back, "left": left, "right": right})
    assert one == salt_percent({"vertex": vertex, "back": back, "left": right, "right": left})


@pytest.mark.parametrize("lost", [{"vertex": 10}, dict.fromkeys(AREAS, 101)])
def test_salt_of_missing_areas_or_impossible_shares_is_refused(lost):
    with pytest.raises(ValueError, match=r"SALT needs|between 0 and 100"):
        salt_percent(lost)


@pytest.mark.parametrize(("scale", "grade"), LISTED)
def test_every_grade_has_words_and_a_drawing_of_its_own(scale, grade):
    drawn = drawing_of(scale, grade)
    assert scales.described(scale, grade)
    others = [drawing_of(scale, other) for other in scales.LISTED[scale] if other != grade]
    assert drawn
    assert drawn not in others


def test_every_part_of_basp_has_a_drawing_and_a_type_is_read_in_parts():
    assert all(map(drawing_of_basp_part, [*scales.BASIC, *scales.FRONTAL, *scales.VERTEX]))
    assert BaspType.of("M2F1V3") == BaspType("M2", "F1", "V3")
    assert BaspType.of("U1V0") == BaspType("U1", "", "V0")
    assert [BaspType.of(wrong) for wrong in ("", "M4", "U0", "F1", "L1", "M2V4")] == [None] * 6


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("scale", "grade"), [*LISTED, ("basp", "L"), ("basp", "C3F0V3"), ("basp", "U3"), ("", "")]
)
def test_the_database_keeps_each_grade_of_its_scale(scale, grade):
    assert DiagnosisFactory(scale=scale, grade=grade).pk


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("scale", "grade"),
    [
        *(("norwood", "8"), ("norwood", ""), ("ludwig", "IV"), ("sinclair", "6")),
        *(("savin", "I-5"), ("basp", "U0"), ("basp", "M2V4"), ("basp", ""), ("salt", "S2")),
        *(("salt", ""), ("", "III")),
    ],
)
def test_the_database_refuses_a_grade_of_another_scale(scale, grade):
    case = CaseFactory()
    with pytest.raises(IntegrityError, match="grade_of_scale"), transaction.atomic():
        DiagnosisFactory(case=case, scale=scale, grade=grade)


@pytest.mark.django_db
def test_the_database_adds_salt_up_as_we_do():
    lost = {"vertex": 95, "back": 50, "left": 30, "right": 21}
    columns = {f"salt_{area}_percent": value for area, value in lost.items()}
    row = DiagnosisFactory(condition="areata", scale=Scale.SALT, grade="", **columns)
    row.refresh_from_db()
    assert row.salt_percent == salt_percent(lost) == Decimal("59.18")
    assert str(row) == "Alopecia areata, SALT 59.18 % (S3)"
    with pytest.raises(ValidationError, match="belongs to the scale"):
        Diagnosis(
            case=row.case,
            condition="areata",
            scale="salt",
            salt_vertex_percent=10,
            found_date=row.found_date,
            made_at=row.made_at,
            made_by=row.made_by,
        ).full_clean()
