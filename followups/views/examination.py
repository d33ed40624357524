"""The baseline and each review: one page to write down, one to read."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from clinic.audit import actions as audit
from clinic.photos import access as photos
from clinic.photos.sheets import Sheet, sheet_of
from clinic.staff.access import require, signed_in
from clinic.staff.permissions import Permission
from followups import access
from followups.actions.examinations import find_examination, record_examination
from followups.forms import CountForm, ExaminationForm
from followups.looks import look_of
from followups.models import Examination
from followups.reading import AreaSeries, Point, outcome_of, photo_sets_of_day
from followups.views.earlier import earlier_than
from followups.views.entry import Entry, entry_of
from followups.views.subject import Subject
from patients.access import get_patient, shown_case
from patients.banner import patient_context
from patients.models import CauseStatement, SignsStatement
from patients.pathway import review_of, standing_stop


@dataclass(frozen=True)
class Past:
    """What was counted in an area before, beside which the new count is written."""

    baseline: Point | None
    previous: Point | None


@require_http_methods(["GET", "POST"])
@require(Permission.VIEW_CLINICAL)
def baseline(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Show the baseline of the patient's case, or write it down."""
    patient = get_patient(signed_in(request), patient_id)
    case = shown_case(patient)
    if case is None:
        return render(request, "followups/no_case.html", patient_context(patient), status=409)
    return _answer(request, Subject(patient, case, None))


@require_http_methods(["GET", "POST"])
@require(Permission.VIEW_CLINICAL)
def review(request: HttpRequest, patient_id: UUID, review_id: UUID) -> HttpResponse:
    """Show what was found at a review, or write it down, which marks the review held."""
    user = signed_in(request)
    patient = get_patient(user, patient_id)
    found = access.get_review(user, review_id, patient=patient)
    return _answer(request, Subject(patient, found.case, found))


def _answer(request: HttpRequest, subject: Subject) -> HttpResponse:
    user = signed_in(request)
    may_write = user.can(Permission.RECORD_CLINICAL)
    written = find_examination(subject.case, subject.review)
    if request.method == "POST":
        if not may_write:
            raise PermissionDenied(f"Your role does not allow you to {Permission.RECORD_CLINICAL}.")
        return _write(request, subject, written)
    page = f"the {subject.title.lower()}"
    audit.record_reading(by=user, patient_id=subject.patient.pk, page=page)
    if not may_write or (written and "edit" not in request.GET):
        return _reading_page(request, subject, written)
    earlier = earlier_than(subject.case, written, _day_of(written))
    entry = entry_of(subject, written, earlier, None)
    return _writing_page(request, subject, written, entry)


def _write(request: HttpRequest, subject: Subject, written: Examination | None) -> HttpResponse:
    earlier = earlier_than(subject.case, written, _day_sent(request, written))
    entry = entry_of(subject, written, earlier, request.POST)
    if entry.is_valid():
        try:
            record_examination(
                by=signed_in(request),
                case=subject.case,
                review=subject.review,
                findings=entry.findings,
                revision=entry.form.cleaned_data["revision"],
                now=timezone.now(),
            )
        except ValidationError as error:
            entry.put_errors(error)
        else:
            messages.success(request, f"{subject.title} saved.")
            return redirect(subject.url)
    return _writing_page(request, subject, written, entry)


def _day_of(written: Examination | None) -> date:
    return written.examined_date if written else timezone.localdate()


def _day_sent(request: HttpRequest, written: Examination | None) -> date:
    """Return the day of the visit as typed: what was last is what was before that."""
    try:
        sent = ExaminationForm.base_fields["examined_date"].clean(request.POST.get("examined_date"))
    except ValidationError:
        sent = None
    return sent or _day_of(written)


def _writing_page(
    request: HttpRequest, subject: Subject, written: Examination | None, entry: Entry
) -> HttpResponse:
    day = _day_of(written)
    series = {one.target_area.pk: one for one in outcome_of(subject.case).areas}
    for row in entry.rows.forms:
        row.past = _past(row, series, day, is_review=subject.review is not None)
    context = {
        **_frame(request, subject),
        "entry": entry,
        "form": entry.form,
        "rows": entry.rows,
        "written": written,
        "last_signs": SignsStatement.objects.standing().newest_of(subject.patient.pk).get(""),
        "stop": standing_stop(subject.patient.pk),
        "sheet": _sheet(subject, written, day),
        "cancel_url": subject.url
        if written
        else reverse("followups:list", args=[subject.patient.pk]),
    }
    status = 422 if entry.has_errors else 200
    return render(request, "followups/examination_form.html", context, status=status)


def _past(
    row: CountForm, series: dict[UUID, AreaSeries], day: date, *, is_review: bool
) -> Past | None:
    """Return what stood before; at the baseline itself there is nothing before."""
    area = row.area
    known = series.get(area.pk) if area else None
    if known is None or not is_review:
        return None
    previous = known.latest_before(day)
    return Past(known.baseline, None if previous and previous.is_baseline else previous)


def _reading_page(
    request: HttpRequest, subject: Subject, written: Examination | None
) -> HttpResponse:
    visits = outcome_of(subject.case)
    visit = next((one for one in visits.visits if written and one.examination == written), None)
    day = written.examined_date if written else timezone.localdate()
    context = {
        **_frame(request, subject),
        "written": written,
        "visit": visit,
        "counts": list(zip(visits.areas, visit.cells, strict=True)) if visit else [],
        "sheet": _sheet(subject, written, day) if written else None,
        "stop": standing_stop(subject.patient.pk),
    }
    if written:
        context |= _findings(subject, written)
    return render(request, "followups/examination.html", context)


def _findings(subject: Subject, written: Examination) -> dict[str, Any]:
    """Return what was found beside the counts, with the baseline's where there is one."""
    earlier = earlier_than(subject.case, written, written.examined_date)
    baseline = earlier.baseline_diagnosis
    weighed = CauseStatement.objects.filter(
        patient=subject.patient, found_date__lte=written.examined_date
    )
    return {
        "baseline_diagnosis": baseline if baseline != written.diagnosis else None,
        "diagnosis_review": review_of(written.diagnosis, subject.patient.pk),
        "pulls": list(written.pull_tests.all()),
        "looks": [(row, earlier.baseline_look(row.region)) for row in written.trichoscopies.all()],
        "causes": list(weighed.newest_of(subject.patient.pk).values()),
    }


def _frame(request: HttpRequest, subject: Subject) -> dict[str, Any]:
    context = {
        **patient_context(subject.patient),
        "subject": subject,
        "review": subject.review,
        "may_write": signed_in(request).can(Permission.RECORD_CLINICAL),
    }
    if subject.review:
        context["kind"], context["words"] = look_of(subject.review, timezone.now())
    return context


def _sheet(subject: Subject, written: Examination | None, day: date) -> Sheet | None:
    """Return the photographs of the visit: those tied to it, else those of its day."""
    tied = written.photo_set if written else None
    if tied:
        day = timezone.localdate(tied.taken_at)
    that_day = photo_sets_of_day(subject.case, day).values("pk")
    sets = list(photos.sets_of(subject.patient).filter(pk__in=that_day))
    return sheet_of(*sets) if sets else None
