"""The timeline is true by its order, and shows no time that nobody recorded."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from clinic.base.templatetags.anagen import day
from clinic.caseload.reading.timeline import timeline_of
from tests.factories.followups import ExaminationFactory
from tests.factories.patients import (
    CaseFactory,
    ConsentTemplateFactory,
    DiagnosisFactory,
    SignedConsentFactory,
)
from tests.factories.treatments import SessionFactory, signed_session
from treatments.models import Session

pytestmark = pytest.mark.django_db

SUMMER = date(2026, 7, 14)


def at(hour: int, minute: int = 0) -> datetime:
    """Return a time of a day on which London is an hour ahead of UTC."""
    return datetime(2026, 7, 14, hour, minute, tzinfo=UTC)


def told(case, clinician, kind=""):
    moments, _ = timeline_of(case.patient, reader=clinician, now=at(22), kind=kind)
    return [(moment.title, moment.when) for moment in moments]


def titles(case, clinician):
    return [title for title, _ in told(case, clinician)]


@pytest.fixture
def case(clinician):
    return CaseFactory(clinician=clinician)


def diagnosed(case, moment):
    return DiagnosisFactory(case=case, made_by=case.clinician, made_at=moment)


def draft(case, **values):
    return SessionFactory(case=case, performed_date=SUMMER, **values)


def test_a_session_stands_where_it_began_after_the_consent_of_the_same_day(case, clinician):
    consent = SignedConsentFactory(
        case=case,
        template=ConsentTemplateFactory(technique="micrograft"),
        information_given_at=at(8) - timedelta(days=20),
        signed_at=at(9, 5),
    )
    draft(case, consent=consent, started_at=at(10))
    diagnosed(case, at(11))
    assert told(case, clinician)[:3] == [
        ("Diagnosis: Androgenetic alopecia, male pattern, grade III", "14-Jul-2026 12:00"),
        ("Micrograft session", "14-Jul-2026 11:00"),
        (f"Consent: {consent.template.title}", "14-Jul-2026 10:05"),
    ]


def test_a_draft_without_a_start_stands_where_it_was_opened_and_says_so(case, clinician):
    session = draft(case)
    Session.objects.filter(pk=session.pk).update(created_at=at(8))
    for moment in (at(7), at(9), at(15)):
        diagnosed(case, moment)
    assert told(case, clinician, "sessions") == [
        ("Micrograft session", "14-Jul-2026, opened 09:00")
    ]
    assert titles(case, clinician).index("Micrograft session") == 2


def test_a_session_without_a_start_stands_where_it_was_signed_and_says_so(case, clinician):
    with time_machine.travel(at(14, 30), tick=False):
        signed_session(case=case, performed_date=SUMMER, created_at=at(8))
    for moment in (at(9), at(14), at(15)):
        diagnosed(case, moment)
    assert told(case, clinician, "sessions") == [
        ("Micrograft session", "14-Jul-2026, signed 15:30")
    ]
    assert titles(case, clinician).index("Micrograft session") == 1


def test_what_was_written_on_another_day_comes_last_on_its_own_and_shows_no_time(case, clinician):
    session = draft(case)
    assert session.created_at.date() != SUMMER
    ExaminationFactory(case=case, examined_date=SUMMER, recorded_at=at(9) + timedelta(days=3))
    diagnosed(case, at(15))
    diagnosed(case, at(9) + timedelta(days=1))
    found = told(case, clinician)
    assert found[0][1] == "15-Jul-2026 10:00"
    assert sorted(found[1:3]) == [
        ("Baseline examination", day(SUMMER)),
        ("Micrograft session", day(SUMMER)),
    ]
    assert found[3][1] == "14-Jul-2026 16:00"


def test_an_examination_of_the_same_day_stands_where_it_was_recorded(case, clinician):
    ExaminationFactory(case=case, examined_date=SUMMER, recorded_at=at(10))
    diagnosed(case, at(9))
    diagnosed(case, at(11))
    assert told(case, clinician)[1] == ("Baseline examination", "14-Jul-2026, recorded 11:00")


def test_the_day_is_that_of_the_clinic_not_of_greenwich(case, clinician):
    """Half past midnight in London in July is still the day before in UTC."""
    half_past_midnight = at(23, 30) - timedelta(days=1)
    ExaminationFactory(case=case, examined_date=SUMMER, recorded_at=half_past_midnight)
    assert told(case, clinician) == [("Baseline examination", "14-Jul-2026, recorded 00:30")]


def test_what_has_only_a_day_is_never_still_to_come(case, clinician):
    today = timezone.localdate()
    before = timezone.now() - timedelta(days=2)
    ExaminationFactory(case=case, examined_date=today, recorded_at=before)
    moments, _ = timeline_of(case.patient, reader=clinician, now=timezone.now())
    assert [moment.tone for moment in moments] == ["good"]
