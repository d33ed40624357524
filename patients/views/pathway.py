"""What stops the AGA pathway of a patient, and a clinician's review of it."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from clinic.staff.access import require, signed_in
from clinic.staff.permissions import Permission
from patients.access import get_patient, read_patient, record_opening
from patients.actions.assessment import review_stop
from patients.banner import patient_context
from patients.forms.pathway import StopReviewForm
from patients.models import PathwayStop, Patient
from patients.pathway import was_looked_for


@require(Permission.VIEW_CLINICAL)
@require_GET
def pathway_page(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Show whether the AGA pathway is open, what stops it, and what was decided before."""
    user = signed_in(request)
    patient = read_patient(user, patient_id, page="what stops the AGA pathway")
    return _page(request, patient, may_review=user.can(Permission.SIGN_SESSION))


@require(Permission.SIGN_SESSION)
@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, patient_id: UUID, stop_id: UUID) -> HttpResponse:
    """Review a stop that stands: let the pathway go on, or keep it stopped, with a reason."""
    user = signed_in(request)
    patient = get_patient(user, patient_id)
    stop = get_object_or_404(PathwayStop, patient=patient, pk=stop_id)
    if not PathwayStop.objects.standing().filter(pk=stop.pk).exists():
        messages.info(request, "This was reviewed already. Nothing was changed.")
        return redirect("patients:pathway", patient.pk)
    form = StopReviewForm(request.POST if request.method == "POST" else None, stop=stop)
    if request.method == "POST" and form.is_valid():
        try:
            decided = review_stop(by=user, stop=stop, now=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            form = _again(form, stop, error)
        else:
            goes_on = "The AGA pathway goes on." if decided.lifts else "The pathway stays stopped."
            messages.success(request, f"The review is recorded. {goes_on}")
            return redirect("patients:pathway", patient.pk)
    record_opening(request, patient.pk, page="what stops the AGA pathway, to review it")
    context = {
        **patient_context(patient),
        "stop": stop,
        "reviews": stop.reviews.select_related("reviewed_by"),
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "patients/pathway_review.html", context, status=status)


def _again(form: StopReviewForm, stop: PathwayStop, error: ValidationError) -> StopReviewForm:
    """Return the form as typed, based on what stands now, with why it was refused."""
    current = PathwayStop.objects.get(pk=stop.pk)
    seen = StopReviewForm(stop=current).initial["seen"]
    again = StopReviewForm({**form.data.dict(), "seen": seen}, stop=current)  # type: ignore[attr-defined]
    again.is_valid()
    again.add_error(None, error.messages)
    return again


def _page(request: HttpRequest, patient: Patient, *, may_review: bool) -> HttpResponse:
    stops = patient.pathway_stops.select_related("raised_by").prefetch_related(
        *("causes", "signs__withdrawal", "reviews__reviewed_by")
    )
    standing = {stop.pk for stop in patient.pathway_stops.standing()}
    context = {
        **patient_context(patient),
        "standing": [stop for stop in stops if stop.pk in standing],
        "lifted": [stop for stop in stops if stop.pk not in standing],
        "was_looked_for": was_looked_for(patient.pk),
        "may_review": may_review,
    }
    return render(request, "patients/pathway.html", context)
