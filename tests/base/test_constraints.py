"""What Django says of a row's constraints is said of it, by fewer questions."""

import pytest
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import connection, models
from django.db.models import CheckConstraint
from django.test.utils import CaptureQueriesContext

from patients.models import Diagnosis, Patient, RelativeStatement
from patients.scales import SALT_WEIGHTS
from tests.factories.patients import PatientFactory
from tests.factories.practice import SiteFactory

pytestmark = pytest.mark.django_db


def statement(**values) -> RelativeStatement:
    """A statement that holds, but for what is given."""
    return RelativeStatement(**({"item": "father", "answer": "yes"} | values))


def said(row, ask, exclude=None) -> dict[str, list[str]]:
    """What the row is said to break, by field."""
    try:
        ask(row, exclude)
    except ValidationError as error:
        return error.message_dict
    return {}


def said_by_django(row, exclude=None):
    return said(row, models.Model.validate_constraints, exclude)


def said_by_us(row, exclude=None):
    return said(row, type(row).validate_constraints, exclude)


def test_a_row_that_breaks_nothing_is_asked_about_once():
    checks = [each for each in Diagnosis._meta.constraints if isinstance(each, CheckConstraint)]
    assert len(checks) == len(Diagnosis._meta.constraints) == 5
    row = Diagnosis(scale="norwood", grade="III")
    assert said_by_django(row) == {}

    with CaptureQueriesContext(connection) as asked:
        assert said_by_us(row) == {}

    assert len([each for each in asked.captured_queries if "SAVEPOINT" not in each["sql"]]) == 1


@pytest.mark.parametrize(
    "values",
    [
        {"onset_age_years": 111},
        {"answer": "perhaps"},
        {"answer": "no", "pattern": "crown"},
        {"answer": "perhaps", "pattern": "crown", "onset_age_years": 111},
    ],
)
def test_what_is_broken_is_said_as_django_says_it(values):
    row = statement(**values)
    assert said_by_django(row) != {}
    assert said_by_us(row) == said_by_django(row)


def test_one_broken_check_among_many_is_enough():
    for area in SALT_WEIGHTS:
        row = Diagnosis(scale="norwood", grade="III", **{f"salt_{area}_percent": 101})
        assert "between 0 and 100" in str(said_by_us(row)[NON_FIELD_ERRORS])


def test_what_is_unknown_holds():
    assert statement(onset_age_years=None).answer == "yes"
    assert said_by_us(statement(onset_age_years=None)) == {}


def test_a_check_over_a_field_that_is_left_out_is_left_out_alone():
    row = statement(answer="perhaps", onset_age_years=111)
    assert said_by_us(row, {"answer"}) == said_by_django(row, {"answer"})
    assert list(said_by_us(row, {"answer"}).values()) == [
        ["The age must be between 0 and 110 years."]
    ]
    assert said_by_us(row, {"answer", "onset_age_years"}) == {}


def test_a_check_that_the_database_cannot_answer_hides_no_other(caplog):
    row = statement(answer="perhaps", onset_age_years=10**30)
    assert said_by_us(row) == said_by_django(row) != {}


def test_a_value_that_another_row_has_is_said():
    first = PatientFactory(site=SiteFactory())
    second = Patient(number=first.number)
    assert said_by_us(second) == said_by_django(second)
