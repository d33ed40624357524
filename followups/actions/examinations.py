"""Writing down what was found: the baseline, and each review."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.base.templatetags.anagen import day, moment
from clinic.staff.models import User
from followups.actions.findings import Pulled, Seen, write_pull_tests, write_trichoscopies
from followups.models import Examination, Measurement, Review, TargetArea
from followups.reading import label_of, photo_set_of_day
from patients.actions.assessment import (
    Graded,
    Signs,
    Weighed,
    diagnose_in,
    look_for_signs,
    redate_causes,
    take_off,
    weigh_causes,
)
from patients.actions.cases import lead_if_nobody_does
from patients.models import Case, Diagnosis, SignsStatement
from patients.turns import take_turn
from treatments.models import Session

_TESTS = ("pull_days_since_wash", "wash_hairs_counted", "wash_days_since_wash")


@dataclass(frozen=True)
class NewArea:
    """A target area that is counted for the first time."""

    name: str
    side: str
    landmark: str


@dataclass(frozen=True)
class AreaCount:
    """A hair count in a target area: hairs, the counted area in cm², and what a device showed."""

    area: TargetArea | NewArea
    hair_count: int
    counted_area_cm2: Decimal
    reported_density_per_cm2: Decimal | None = None
    device: str = ""


@dataclass(frozen=True)
class Findings:
    """What was found at one visit. `satisfaction` is the patient's own, 0 to 10.

    `graded` and `signs` are None where they were not judged; `causes` are those seen anew. A
    `…_mistake` says why what is written at the visit was entered by mistake; "" where it was not.
    """

    examined_date: date
    counts: Sequence[AreaCount] = ()
    graded: Graded | None = None
    diagnosis_mistake: str = ""
    signs: Signs | None = None
    signs_mistake: str = ""
    causes: Mapping[str, Weighed] = field(default_factory=dict)
    pulls: Sequence[Pulled] = ()
    pull_days_since_wash: int | None = None
    wash_hairs_counted: int | None = None
    wash_days_since_wash: int | None = None
    trichoscopies: Sequence[Seen] = ()
    satisfaction: int | None = None
    note: str = ""

    @property
    def says_something(self) -> bool:
        """Whether anything was found, or said about why not."""
        return bool(
            self.counts
            or self.graded
            or self.signs
            or self.causes
            or self.diagnosis_mistake
            or self.signs_mistake
            or self.pulls
            or self.trichoscopies
            or self.note.strip()
            or (self.satisfaction, self.wash_hairs_counted) != (None, None)
        )


@transaction.atomic
def record_examination(
    *,
    by: User,
    case: Case,
    review: Review | None,
    findings: Findings,
    revision: int | None = None,
    now: datetime,
) -> Examination:
    """Write down the baseline of a case (`review=None`) or a review, which is held by that.

    `revision` is that of the record which the person has seen, None where there was none. Raises
    `ValidationError` when somebody else wrote meanwhile, when nothing was found, for a day that
    cannot be, and for impossible counts; nothing is changed then. Who records the baseline is
    responsible for a case that nobody leads.
    """
    take_turn(case.patient_id)
    Case.objects.select_for_update(no_key=True).get(pk=case.pk)
    _refuse_nothing(findings)
    _refuse_impossible_day(case, review, findings.examined_date, now)
    known = find_examination(case, review)
    _refuse_if_overtaken(known, revision)
    examination = (
        _change(known, findings, by, now) if known else _add(case, review, findings, by, now)
    )
    _write_counts(examination, findings.counts)
    write_pull_tests(examination, findings.pulls)
    write_trichoscopies(examination, findings.trichoscopies)
    _conclude(examination, findings, by, now)
    if review is not None:
        _hold(review, now)
    _record(by, examination, is_new=known is None)
    if review is None:
        lead_if_nobody_does(by=by, case=case)
    return examination


def _conclude(examination: Examination, findings: Findings, by: User, now: datetime) -> None:
    """State what is new about diagnosis, signs and causes, and tie it to the visit.

    Where the day of the visit is corrected, all that was concluded there gets the new day.
    """
    found_date, case = findings.examined_date, examination.case
    before = examination.diagnosis_id, examination.signs_id
    _take_off_mistakes(examination, findings, by, now)
    graded = findings.graded or _as_graded(examination.diagnosis)
    signs = findings.signs or _as_seen(examination.signs)
    stated = {examination.recorded_at, *_written_before(examination)}
    redate_causes(by=by, case=case, stated=stated, found_date=found_date, now=now)
    if graded and not _is_written(examination.diagnosis, graded.columns, found_date):
        examination.diagnosis = diagnose_in(
            by=by,
            case=case,
            graded=graded,
            found_date=found_date,
            replaces=examination.diagnosis,
            now=now,
        )
    if signs and not _is_written(
        examination.signs, {"present": sorted(signs.present), "note": signs.note}, found_date
    ):
        examination.signs = look_for_signs(
            by=by,
            case=case,
            signs=signs,
            found_date=found_date,
            replaces=examination.signs,
            now=now,
        )
    if findings.causes:
        weigh_causes(by=by, case=case, weighed=findings.causes, found_date=found_date, now=now)
    if (examination.diagnosis_id, examination.signs_id) != before:
        examination.save(update_fields=["diagnosis", "signs"])


def _as_graded(row: Diagnosis | None) -> Graded | None:
    """Return what is written at the visit as it was chosen: what was not sent is left alone."""
    if row is None:
        return None
    lost = row.salt_lost_percent if row.scale == Diagnosis.Scale.SALT else None
    return Graded(row.condition, row.scale, row.grade, lost, row.note)


def _as_seen(row: SignsStatement | None) -> Signs | None:
    return Signs(tuple(row.present), row.note) if row else None


def _written_before(examination: Examination) -> QuerySet[Examination, datetime]:
    """Return at which moments the visit was written down before it was corrected."""
    past: Any = examination.past_versions  # type: ignore[attr-defined]
    moments: QuerySet[Examination, datetime] = past.values_list("recorded_at", flat=True)
    return moments


def _take_off_mistakes(
    examination: Examination, findings: Findings, by: User, now: datetime
) -> None:
    """Take off the visit what was entered there by mistake; the rows stay, with the reason."""
    if findings.diagnosis_mistake and examination.diagnosis:
        take_off(by=by, finding=examination.diagnosis, reason=findings.diagnosis_mistake, now=now)
        examination.diagnosis = None
    if findings.signs_mistake and examination.signs:
        take_off(by=by, finding=examination.signs, reason=findings.signs_mistake, now=now)
        examination.signs = None


def _is_written(
    row: Diagnosis | SignsStatement | None, columns: Mapping[str, Any], found_date: date
) -> bool:
    """Return whether the row of this visit says this already."""
    if row is None or row.found_date != found_date:
        return False
    return all(getattr(row, name) == value for name, value in columns.items())


def _hold(review: Review, now: datetime) -> None:
    """Mark a review held: read anew, since it may have been booked, or given up, meanwhile.

    What is written up late, after the case was closed without it, took place all the same.
    """
    row = Review.objects.select_for_update().get(pk=review.pk)
    if row.held_at is None:
        row.held_at, row.given_up_at = now, None
        row.check_and_save()


def find_examination(case: Case, review: Review | None) -> Examination | None:
    """Return what has been written down for a review, or as the baseline of a case."""
    written = Examination.objects.select_related(
        *("recorded_by", "review", "diagnosis__made_by", "signs")
    )
    if review is not None:
        return written.filter(review=review).first()
    return written.filter(case=case, kind=Examination.Kind.BASELINE).first()


def _refuse_nothing(findings: Findings) -> None:
    if not findings.says_something:
        raise ValidationError(
            "Nothing is written down yet: grade, count or test something, or say in the note why"
            " nothing was."
        )


def _refuse_impossible_day(
    case: Case, review: Review | None, examined_date: date, now: datetime
) -> None:
    if examined_date > timezone.localdate(now):
        raise ValidationError({"examined_date": "The examination cannot be in the future."})
    born = case.patient.date_of_birth
    if born is not None and examined_date < born:
        raise ValidationError({"examined_date": "The patient was not born yet on that day."})
    if review is not None and examined_date < review.after_session.performed_date:
        last = day(review.after_session.performed_date)
        raise ValidationError({"examined_date": f"The session it reviews was on {last}."})
    if review is None and (first := _first_session_date(case)) and examined_date > first:
        raise ValidationError(
            {
                "examined_date": f"The first session was on {day(first)}: a baseline is counted"
                " before it, or on that day."
            }
        )


def _first_session_date(case: Case) -> date | None:
    signed = Session.objects.signed().filter(case=case).order_by("performed_date")
    return signed.values_list("performed_date", flat=True).first()


def _refuse_if_overtaken(known: Examination | None, revision: int | None) -> None:
    if known is None and revision is None:
        return
    if known is None or known.revision != revision:
        who = (
            f"{known.recorded_by} wrote here at {moment(known.recorded_at)}"
            if known
            else "The record was removed"
        )
        raise ValidationError(
            f"{who}, after you opened this page. Nothing was overwritten: what you typed is still"
            " here; open the record in another tab, compare, and enter what is missing there."
        )


def _add(
    case: Case, review: Review | None, findings: Findings, by: User, now: datetime
) -> Examination:
    return Examination.check_and_create(
        patient=case.patient,
        case=case,
        kind=Examination.Kind.REVIEW if review else Examination.Kind.BASELINE,
        review=review,
        photo_set=photo_set_of_day(case, findings.examined_date),
        examined_date=findings.examined_date,
        pull_days_since_wash=findings.pull_days_since_wash,
        wash_hairs_counted=findings.wash_hairs_counted,
        wash_days_since_wash=findings.wash_days_since_wash,
        satisfaction=findings.satisfaction,
        note=findings.note.strip(),
        recorded_at=now,
        recorded_by=by,
    )


def _change(known: Examination, findings: Findings, by: User, now: datetime) -> Examination:
    seen = known.revision
    known.examined_date = findings.examined_date
    known.photo_set = photo_set_of_day(known.case, findings.examined_date) or known.photo_set
    for name in _TESTS:
        setattr(known, name, getattr(findings, name))
    known.satisfaction = findings.satisfaction
    known.note = findings.note.strip()
    known.recorded_at, known.recorded_by = now, by
    known.revision = seen + 1
    known.full_clean()
    names = ("examined_date", "photo_set", "satisfaction", "note", "recorded_at", "recorded_by")
    values = {name: getattr(known, name) for name in (*names, *_TESTS, "revision")}
    if not Examination.objects.filter(pk=known.pk, revision=seen).update(**values):
        _refuse_if_overtaken(known, seen)
    return known


def _write_counts(examination: Examination, counts: Sequence[AreaCount]) -> None:
    """Counts that were blanked out go; what they were stays in the history of the table."""
    areas = [_area(examination, count) for count in counts]
    examination.measurements.exclude(target_area__in=areas).delete()
    known = {row.target_area_id: row for row in examination.measurements.all()}
    for area, count in zip(areas, counts, strict=True):
        row = known.get(area.pk) or Measurement(examination=examination, target_area=area)
        row.hair_count = count.hair_count
        row.counted_area_cm2 = count.counted_area_cm2
        row.reported_density_per_cm2 = count.reported_density_per_cm2
        row.device = count.device.strip()
        row.full_clean()
        row.save()


def _area(examination: Examination, count: AreaCount) -> TargetArea:
    if isinstance(count.area, TargetArea):
        if count.area.patient_id != examination.patient_id:
            raise ValidationError("A target area of another patient cannot be counted here.")
        return count.area
    return TargetArea.check_and_create(
        patient=examination.patient,
        name=count.area.name.strip(),
        side=count.area.side,
        landmark=count.area.landmark.strip(),
        area_cm2=count.counted_area_cm2,
    )


def _record(by: User, examination: Examination, *, is_new: bool) -> None:
    label = label_of(examination).lower()
    kind = Kind.EXAMINATION_CHANGED
    if is_new:
        is_review = examination.kind == Examination.Kind.REVIEW
        kind = Kind.REVIEW_RECORDED if is_review else Kind.BASELINE_RECORDED
    audit.record(kind, by=by, patient_id=examination.patient_id, subject=examination, label=label)
