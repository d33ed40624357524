"""Registering a patient and changing their details."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from clinic.practice.models import Site
from clinic.staff.access import current_site, require, signed_in
from clinic.staff.models import User
from clinic.staff.permissions import Permission
from patients.access import get_patient, record_opening
from patients.actions import registration as actions
from patients.banner import patient_context
from patients.completeness import to_complete
from patients.details import PatientDetails
from patients.forms.details import DetailsForm
from patients.forms.registration import (
    ELSEWHERE,
    ChangeForm,
    RegistrationForm,
    SiteForm,
)
from patients.models import Patient


@require(Permission.EDIT_PATIENT)
def new_patient(request: HttpRequest) -> HttpResponse:
    """Register a patient, after a look at similar ones."""
    user = signed_in(request)
    initial = {"site": current_site(request)} if user.workplaces else {}
    form = RegistrationForm(request.POST or None, user=user, initial=initial)
    if request.method != "POST" or not form.is_valid():
        return _registration_page(request, form, status=422 if form.errors else 200)
    try:
        patient = actions.register(
            by=user,
            site=form.cleaned_data["site"],
            details=form.details(),
            now=timezone.now(),
            known_matches=form.known_matches(),
            asked_elsewhere=form.asked_elsewhere(),
        )
    except actions.PossibleDuplicatesError as error:
        return _duplicates_page(request, form, error)
    except ValidationError as error:
        form.put_on_fields(error)
        return _registration_page(request, form, status=422)
    messages.success(request, f"{patient} is registered as {patient.number}.")
    return redirect("caseload:chart", patient.pk)


@require(Permission.EDIT_PATIENT)
def edit_patient(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Change a patient's details; the second of two editors is told."""
    user = signed_in(request)
    patient = get_patient(user, patient_id)
    form = ChangeForm(request.POST or None, initial=_as_initial(patient))
    form.to_look_at = frozenset(missing.field for missing in to_complete(patient))
    if request.method != "POST" or not form.is_valid():
        record_opening(request, patient.pk, page="the details")
        return _edit_page(request, patient, form, status=422 if form.errors else 200)
    try:
        actions.change_details(
            by=user,
            patient=patient,
            details=form.details(),
            revision=form.cleaned_data["revision"],
        )
    except actions.ChangedMeanwhileError as error:
        return _changed_meanwhile_page(request, user, patient, error)
    except ValidationError as error:
        form.put_on_fields(error)
        return _edit_page(request, patient, form, status=422)
    messages.success(request, "The details are saved.")
    return redirect("caseload:chart", patient.pk)


@require(Permission.EDIT_PATIENT)
@require_POST
def add_site(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Add the patient to another site."""
    user = signed_in(request)
    patient = get_patient(user, patient_id)
    form = SiteForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose one of the clinic's sites. Nothing was changed.")
        return redirect("patients:edit", patient.pk)
    site = form.cleaned_data["site"]
    actions.add_site(by=user, patient=patient, site=site)
    messages.success(request, f"{patient} can now be seen at {site}.")
    return redirect("patients:edit", patient.pk)


def _registration_page(
    request: HttpRequest, form: RegistrationForm, *, status: int = 200, **more: object
) -> HttpResponse:
    return render(request, "patients/new.html", {"form": form, **more}, status=status)


def _duplicates_page(
    request: HttpRequest, form: RegistrationForm, error: actions.PossibleDuplicatesError
) -> HttpResponse:
    looked_at = [str(match.patient.pk) for match in error.matches]
    return _registration_page(
        request,
        form,
        status=409,
        is_warned=True,
        matches=error.matches,
        is_known_elsewhere=error.elsewhere,
        is_certain=any(match.certain for match in error.matches),
        other_people=" ".join([*looked_at, ELSEWHERE] if error.elsewhere else looked_at),
    )


def _edit_page(
    request: HttpRequest,
    patient: Patient,
    form: DetailsForm,
    *,
    status: int = 200,
    **more: object,
) -> HttpResponse:
    registered = {row.site_id: row.site for row in patient.registrations.select_related("site")}
    context = {
        **patient_context(patient),
        "form": form,
        "registered_sites": sorted(registered.values(), key=str),
        "may_merge": signed_in(request).can(Permission.MERGE_PATIENTS),
        "other_sites": Site.objects.exclude(pk__in=registered).order_by("name"),
        **more,
    }
    return render(request, "patients/edit.html", context, status=status)


def _changed_meanwhile_page(
    request: HttpRequest, user: User, patient: Patient, error: actions.ChangedMeanwhileError
) -> HttpResponse:
    """Show what they changed, with my changes in the fields, based on their version."""
    initial = {**vars(error.merged), "revision": error.revision}
    form = ChangeForm(initial=initial)
    form.to_look_at = frozenset(difference.name for difference in error.differences)
    differences = [(difference, form[difference.name]) for difference in error.differences]
    return _edit_page(
        request,
        get_patient(user, patient.pk),
        form,
        status=409,
        meanwhile=error,
        differences=differences,
    )


def _as_initial(patient: Patient) -> dict[str, object]:
    return {**vars(PatientDetails.of(patient)), "revision": patient.revision}
