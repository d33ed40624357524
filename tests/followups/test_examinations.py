"""Writing down what was found: by the clinic's own count, and never over a colleague's work."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, connection, transaction
from django.utils import timezone

from clinic.audit.models import Event
from followups.actions.examinations import (
    AreaCount,
    Findings,
    NewArea,
    find_examination,
    record_examination,
)
from followups.models import Examination, Measurement, Review, TargetArea
from followups.reading import density_series, outcome_of
from tests.factories.followups import (
    ExaminationFactory,
    MeasurementFactory,
    ReviewFactory,
    TargetAreaFactory,
)
from tests.factories.patients import CaseFactory
from tests.factories.photos import PhotoSetFactory
from tests.factories.treatments import signed_session

pytestmark = pytest.mark.django_db

VERTEX = NewArea(name="Vertex", side="midline", landmark="Tattoo dot")


def count(area=VERTEX, hairs: int = 80, area_cm2: str = "0.65", **more) -> AreaCount:
    return AreaCount(area=area, hair_count=hairs, counted_area_cm2=Decimal(area_cm2), **more)


def findings(*counts: AreaCount, day: date | None = None, **more) -> Findings:
    return Findings(examined_date=day or timezone.localdate(), counts=counts or (count(),), **more)


def record(clinician, case, found: Findings, review=None, **more) -> Examination:
    values = {"by": clinician, "case": case, "review": review, "now": timezone.now(), **more}
    return record_examination(findings=found, **values)


def review_of(case, weeks_ago: int = 23) -> Review:
    day = timezone.localdate() - timedelta(weeks=weeks_ago)
    session = signed_session(case=case, patient=case.patient, performed_date=day)
    return ReviewFactory(after_session=session)


def test_a_baseline_keeps_count_area_and_what_the_device_showed_apart(clinician):
    found = findings(count(reported_density_per_cm2=Decimal("110.0"), device="Scope"), note="Calm")
    examination = record(clinician, CaseFactory(), found)
    row = examination.measurements.get()
    assert (row.hair_count, row.counted_area_cm2) == (80, Decimal("0.650"))
    assert row.reported_density_per_cm2 == Decimal("110.0")
    assert row.density_per_cm2 == Decimal("123.1")
    assert row.target_area.landmark == "Tattoo dot"
    assert examination.recorded_by == clinician
    event = Event.objects.get(kind="followups.baseline_recorded")
    assert event.patient_id == examination.patient_id


def test_a_review_is_held_by_being_written_down(clinician):
    case = CaseFactory()
    review = review_of(case)
    record(clinician, case, findings(satisfaction=7), review)
    review.refresh_from_db()
    assert review.held_at is not None
    assert review.examination.satisfaction == 7
    assert "review" in Event.objects.get(kind="followups.review_recorded").sentence


def test_correcting_a_review_does_not_hold_it_again(clinician):
    case = CaseFactory()
    review = review_of(case)
    record(clinician, case, findings(), review)
    held_at = Review.objects.get(pk=review.pk).held_at
    review.refresh_from_db()
    area = TargetArea.objects.get()
    record(clinician, case, findings(count(area, 81)), review, revision=0)
    assert Review.objects.get(pk=review.pk).held_at == held_at
    assert Event.objects.filter(kind="followups.examination_changed").count() == 1


def test_a_count_that_is_blanked_out_goes_and_stays_in_the_history(clinician):
    case = CaseFactory()
    examination = record(clinician, case, findings())
    record(clinician, case, Findings(examination.examined_date, note="Wrong"), revision=0)
    assert not Measurement.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT hair_count FROM followups_measurementevent")
        assert cursor.fetchall() == [(80,)]


def test_a_known_area_is_counted_again_under_its_name(clinician):
    case = CaseFactory()
    record(clinician, case, findings())
    area = TargetArea.objects.get()
    review = review_of(case, weeks_ago=0)
    record(clinician, case, findings(count(area, 98)), review)
    assert TargetArea.objects.count() == 1
    assert area.measurements.count() == 2


def test_two_areas_of_one_name_are_refused_whatever_the_case(clinician):
    case = CaseFactory()
    vertex_again = NewArea(name="VERTEX", side="midline", landmark="Elsewhere")
    with pytest.raises(ValidationError, match="already has a target area of that name"):
        record(clinician, case, findings(count(), count(vertex_again)))
    assert not Examination.objects.exists()


def test_another_patients_area_is_never_counted(clinician):
    with pytest.raises(ValidationError, match="another patient"):
        record(clinician, CaseFactory(), findings(count(TargetAreaFactory())))


def test_an_empty_record_is_refused(clinician):
    with pytest.raises(ValidationError, match="Nothing is written down"):
        record(clinician, CaseFactory(), Findings(timezone.localdate(), note="  "))


def test_a_note_alone_is_a_record(clinician):
    found = Findings(timezone.localdate(), note="Scalp inflamed, nothing counted.")
    assert record(clinician, CaseFactory(), found).measurements.count() == 0


@pytest.mark.parametrize(("days", "words"), [(1, "in the future"), (-365 * 60, "not born yet")])
def test_a_day_that_cannot_be_is_refused(clinician, days, words):
    day = timezone.localdate() + timedelta(days=days)
    with pytest.raises(ValidationError, match=words):
        record(clinician, CaseFactory(), findings(day=day))


def test_a_review_is_not_held_before_its_session(clinician):
    case = CaseFactory()
    review = review_of(case, weeks_ago=1)
    with pytest.raises(ValidationError, match="session it reviews"):
        record(clinician, case, findings(day=timezone.localdate() - timedelta(weeks=2)), review)


def test_a_baseline_is_not_counted_after_the_first_session(clinician):
    case = CaseFactory()
    review_of(case, weeks_ago=1)
    with pytest.raises(ValidationError, match="a baseline is counted before it"):
        record(clinician, case, findings())
    record(clinician, case, findings(day=timezone.localdate() - timedelta(weeks=1)))


def test_the_photographs_of_the_day_belong_to_the_examination(clinician):
    case = CaseFactory()
    yesterday = timezone.now() - timedelta(days=1)
    taken = PhotoSetFactory(case=case, taken_at=yesterday)
    PhotoSetFactory(case=case, taken_at=yesterday - timedelta(days=1))
    assert record(clinician, case, findings()).photo_set is None
    found = Findings(timezone.localdate(yesterday), note="The day before")
    assert record(clinician, case, found, revision=0).photo_set == taken


def test_two_editors_never_overwrite_each_other(clinician, admin):
    case = CaseFactory()
    record(clinician, case, findings())
    record(admin, case, Findings(timezone.localdate(), note="First"), revision=0)
    with pytest.raises(ValidationError, match=r"Overview wrote here at .* Nothing was overwritten"):
        record(clinician, case, Findings(timezone.localdate(), note="Second"), revision=0)
    assert find_examination(case, None).note == "First"


def test_two_first_records_never_overwrite_each_other(clinician):
    case = CaseFactory()
    record(clinician, case, findings())
    with pytest.raises(ValidationError, match="Nothing was overwritten"):
        record(clinician, case, findings(note="Mine"))


@pytest.mark.django_db(transaction=True)
def test_of_two_clinicians_at_the_same_moment_one_is_told(clinician):
    case = CaseFactory()
    start, results = Barrier(2), []

    def write(note: str) -> None:
        start.wait()
        try:
            record(clinician, case, Findings(timezone.localdate(), note=note))
            results.append("kept")
        except ValidationError:
            results.append("told")
        finally:
            connection.close()

    threads = [Thread(target=write, args=(note,)) for note in ("one", "other")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["kept", "told"]
    assert Examination.objects.count() == 1


@pytest.mark.parametrize(
    "values",
    [
        {"counted_area_cm2": Decimal("0")},
        {"counted_area_cm2": Decimal("-0.65")},
        {"counted_area_cm2": Decimal("0.049")},
        {"counted_area_cm2": Decimal("25.001")},
        {"hair_count": 20001},
        {"reported_density_per_cm2": Decimal("-0.1")},
        {"reported_density_per_cm2": Decimal("1000.1")},
    ],
)
def test_the_database_refuses_impossible_counts_whatever_the_path(values):
    row = MeasurementFactory()
    with pytest.raises((IntegrityError, DataError)), transaction.atomic():
        Measurement.objects.filter(pk=row.pk).update(**values)
    with pytest.raises(ValidationError):
        Measurement(
            **{
                "examination": row.examination,
                "target_area": TargetAreaFactory(patient=row.examination.patient),
                "hair_count": 80,
                "counted_area_cm2": Decimal("0.65"),
                **values,
            }
        ).full_clean()


def test_the_database_refuses_fewer_than_no_hairs():
    row = MeasurementFactory()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE followups_measurement SET hair_count = -1 WHERE id = %s", [row.pk])


def test_the_database_works_the_density_out_and_nobody_else():
    row = MeasurementFactory(hair_count=98)
    row.refresh_from_db()
    assert row.density_per_cm2 == Decimal("150.8")
    with pytest.raises(Exception, match="generated"), transaction.atomic():  # noqa: SIM117
        with connection.cursor() as cursor:
            cursor.execute("UPDATE followups_measurement SET density_per_cm2 = 1")


def test_one_baseline_a_case_and_one_record_a_review():
    first = ExaminationFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        ExaminationFactory(case=first.case)
    with pytest.raises(IntegrityError), transaction.atomic():
        ExaminationFactory(kind=Examination.Kind.REVIEW)


def course(case) -> tuple[TargetArea, TargetArea]:
    """A baseline of two areas; a review 23 weeks after the last session that counts one."""
    vertex = TargetAreaFactory(patient=case.patient, name="Vertex")
    frontal = TargetAreaFactory(patient=case.patient, name="Frontal")
    today = timezone.localdate()
    last = today - timedelta(weeks=23)
    baseline = ExaminationFactory(case=case, examined_date=last - timedelta(weeks=14))
    MeasurementFactory(examination=baseline, target_area=vertex, hair_count=80)
    MeasurementFactory(examination=baseline, target_area=frontal, hair_count=60)
    signed_session(
        case=case, patient=case.patient, performed_date=last - timedelta(days=45), number=1
    )
    session = signed_session(case=case, patient=case.patient, performed_date=last, number=2)
    held = ExaminationFactory(
        case=case,
        kind=Examination.Kind.REVIEW,
        review=ReviewFactory(after_session=session, label="23 weeks"),
        examined_date=today,
    )
    MeasurementFactory(
        examination=held,
        target_area=vertex,
        hair_count=98,
        reported_density_per_cm2=Decimal("140.5"),
    )
    return vertex, frontal


def test_the_course_of_density_says_change_weeks_and_what_is_missing():
    case = CaseFactory()
    vertex, frontal = course(case)
    series = {one.target_area: one for one in density_series(case)}
    before, after = series[vertex].points
    assert (before.is_baseline, before.change, before.weeks_since_last_session) == (
        True,
        None,
        None,
    )
    assert after.density_per_cm2 == Decimal("150.8")
    assert after.change.absolute_per_cm2 == Decimal("27.7")
    assert after.change.percent == Decimal("22.5")
    assert after.weeks_since_last_session == Decimal("23.0")
    assert after.device_differs_by_percent == Decimal("-6.8")
    assert (series[vertex].n, series[vertex].missing) == (2, 0)
    assert (series[frontal].n, series[frontal].missing) == (1, 1)


def test_the_change_table_has_a_cell_for_every_area_at_every_visit():
    case = CaseFactory()
    course(case)
    baseline, review = outcome_of(case).visits
    assert [cell is not None for cell in baseline.cells] == [True, True]
    assert [cell is not None for cell in review.cells] == [True, False]
    assert (review.summary.n, review.summary.missing) == (1, 1)
    assert review.summary.mean_absolute_per_cm2 == Decimal("27.7")


def test_an_area_that_began_later_has_no_baseline_to_compare_with():
    case = CaseFactory()
    vertex, _ = course(case)
    held = Examination.objects.get(kind=Examination.Kind.REVIEW)
    new = MeasurementFactory(
        examination=held, target_area=TargetAreaFactory(patient=case.patient, name="New")
    )
    series = {one.target_area: one for one in density_series(case)}
    assert series[new.target_area].points[0].change is None
    assert series[new.target_area].baseline is None
    assert series[vertex].baseline is not None


def test_reading_costs_three_queries_however_much_was_counted(django_assert_num_queries):
    case = CaseFactory()
    course(case)
    with django_assert_num_queries(3):
        density_series(case)
    for name in ("Crown", "Left"):
        area = TargetAreaFactory(patient=case.patient, name=name)
        for examination in Examination.objects.all():
            MeasurementFactory(examination=examination, target_area=area)
    with django_assert_num_queries(3):
        assert len(density_series(case)) == 4


def test_another_cases_counts_stay_out():
    course(CaseFactory())
    assert density_series(CaseFactory()) == []


def test_outstanding_reviews_are_those_not_held_each_with_its_words(django_assert_num_queries):
    case = CaseFactory()
    session = signed_session(case=case, patient=case.patient)
    later = ReviewFactory(after_session=session, step__weeks_after_last_session=44)
    sooner = ReviewFactory(after_session=session, step__weeks_after_last_session=23)
    ReviewFactory(after_session=session, held_at=timezone.now())
    with django_assert_num_queries(1):
        reviews = list(Review.objects.outstanding().with_words())
        assert [review.status_at(timezone.now()).label for review in reviews] == ["Planned"] * 2
    assert set(reviews) == {sooner, later}


def test_a_day_is_a_day_of_the_clinics_calendar(clinician):
    """Half past midnight in an English summer is still the evening before in UTC."""
    case = CaseFactory()
    night = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    taken = PhotoSetFactory(case=case, taken_at=night)
    found = Findings(date(2026, 7, 2), note="At night")
    assert record(clinician, case, found).photo_set == taken
