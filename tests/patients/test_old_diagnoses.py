"""Diagnoses from before they had a day and stopped anything, as an upgraded clinic has them."""

from datetime import UTC, date, datetime
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from patients.models import CauseStatement, PathwayStop
from tests.factories.patients import CaseFactory, DiagnosisFactory

pytestmark = pytest.mark.django_db
ASSESSMENT = import_module("patients.migrations.0016_assessment")
STOPS = import_module("patients.migrations.0017_stops_of_diagnoses")


def old(condition, *, case=None, **values):
    plain = {"scale": "", "grade": ""} | values
    return DiagnosisFactory(case=case or CaseFactory(), condition=condition, **plain)


@pytest.mark.parametrize(
    ("made_at", "day"),
    [
        (datetime(2025, 7, 1, 23, 30, tzinfo=UTC), date(2025, 7, 2)),
        (datetime(2025, 12, 1, 23, 30, tzinfo=UTC), date(2025, 12, 1)),
    ],
)
def test_an_old_diagnosis_has_the_day_on_which_it_was_written_in_the_clinics_zone(made_at, day):
    row = old("aga_male", made_at=made_at, found_date=date(1900, 1, 1))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(ASSESSMENT.FOUND_WHEN_MADE)
    row.refresh_from_db()
    assert row.found_date == day


def test_an_open_case_is_stopped_by_its_present_diagnosis_alone(clinician):
    stopped = old("scarring")
    overtaken = old("areata", found_date=date(2025, 1, 1))
    old("aga_male", case=overtaken.case, found_date=date(2025, 6, 1))
    closed = CaseFactory(closed_at=timezone.now(), closed_by=clinician, outcome="discharged")
    old("areata", case=closed)
    old("telogen_effluvium")
    STOPS.stop_open_cases(apps, None)
    stop = PathwayStop.objects.get()
    cause = CauseStatement.objects.get()
    assert stop.patient == cause.patient == stopped.case.patient
    assert (cause.item, cause.weight, cause.stop) == ("scarring", "likely", stop)
    assert (cause.found_date, cause.stated_by) == (stopped.found_date, stopped.made_by)
    assert PathwayStop.objects.standing().exists()
