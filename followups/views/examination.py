"""The baseline and each review: one page to write down, one to read."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
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
from followups.forms import CountForm, CountRows, CountsFormSet, ExaminationForm, findings_of
from followups.looks import look_of
from followups.models import Examination, Review
from followups.reading import AreaSeries, Point, outcome_of, photo_sets_of_day
from patients.access import get_patient, shown_case
from patients.banner import patient_context
from patients.models import Case, Patient


@dataclass(frozen=True)
class Subject:
    """What is examined: a case at its baseline, or one of its reviews."""

    patient: Patient
    case: Case
    review: Review | None

    @property
    def title(self) -> str:
        """What the page is called."""
        return f"Review, {self.review.label}" if self.review else "Baseline"

    @property
    def url(self) -> str:
        """The page's own address."""
        if self.review:
            return reverse("followups:review", args=[self.patient.pk, self.review.pk])
        return reverse("followups:baseline", args=[self.patient.pk])


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
    form, rows = _forms(subject, written, None)
    return _writing_page(request, subject, written, form, rows)


def _write(request: HttpRequest, subject: Subject, written: Examination | None) -> HttpResponse:
    form, rows = _forms(subject, written, request)
    if form.is_valid() and rows.is_valid():
        try:
            record_examination(
                by=signed_in(request),
                case=subject.case,
                review=subject.review,
                findings=findings_of(form, rows),
                revision=form.cleaned_data["revision"],
                now=timezone.now(),
            )
        except ValidationError as error:
            _put_errors(form, error)
        else:
            messages.success(request, f"{subject.title} saved.")
            return redirect(subject.url)
    return _writing_page(request, subject, written, form, rows)


def _put_errors(form: ExaminationForm, error: ValidationError) -> None:
    for name, texts in getattr(error, "message_dict", {None: error.messages}).items():
        form.add_error(name if name in form.fields else None, texts)


def _forms(
    subject: Subject, written: Examination | None, request: HttpRequest | None
) -> tuple[ExaminationForm, CountsFormSet]:
    data = request.POST if request else None
    form = ExaminationForm(
        data,
        is_review=subject.review is not None,
        window_starts=subject.review.window_starts_date if subject.review and not written else None,
        initial=_initial(written),
    )
    areas = {area.pk: area for area in subject.patient.target_areas.all()}
    counted = {row.target_area_id: row for row in written.measurements.all()} if written else {}
    rows: CountsFormSet = CountRows(  # type: ignore[assignment]
        data,
        prefix="areas",
        initial=[_row_initial(area, counted.get(area.pk)) for area in areas.values()],
        form_kwargs={"areas": areas},
    )
    rows.extra = 0 if areas else 1
    return form, rows


def _initial(written: Examination | None) -> dict[str, Any]:
    if written is None:
        return {"examined_date": timezone.localdate()}
    names = ("examined_date", "satisfaction", "note", "revision")
    return {name: getattr(written, name) for name in names}


def _row_initial(area: Any, row: Any) -> dict[str, Any]:
    if row is None:
        return {"target_area": area.pk, "counted_area_cm2": _plain(area.area_cm2)}
    return {
        "target_area": area.pk,
        "hair_count": row.hair_count,
        "counted_area_cm2": _plain(row.counted_area_cm2),
        "reported_density_per_cm2": row.reported_density_per_cm2,
        "device": row.device,
    }


def _plain(value: Decimal) -> str:
    """Return 0.65 for 0.650, and 10 for 10.000."""
    return f"{value.normalize():f}"


def _writing_page(
    request: HttpRequest,
    subject: Subject,
    written: Examination | None,
    form: ExaminationForm,
    rows: CountsFormSet,
) -> HttpResponse:
    day = written.examined_date if written else timezone.localdate()
    series = {one.target_area.pk: one for one in outcome_of(subject.case).areas}
    for row in rows.forms:
        row.past = _past(row, series, day, is_review=subject.review is not None)
    bad = bool(form.errors) or rows.total_error_count() > 0
    context = {
        **_frame(request, subject),
        "form": form,
        "rows": rows,
        "written": written,
        "sheet": _sheet(subject, written, day),
        "cancel_url": subject.url
        if written
        else reverse("followups:list", args=[subject.patient.pk]),
    }
    return render(request, "followups/examination_form.html", context, status=422 if bad else 200)


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
    }
    return render(request, "followups/examination.html", context)


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
