"""How a part of the history page is saved, and the page that answers."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from clinic.staff.access import signed_in
from clinic.staff.permissions import Permission
from patients.actions.history import RecordedMeanwhileError
from patients.actions.statements import StatedMeanwhileError
from patients.forms.history import ReasonForm
from patients.models import Patient
from patients.record import history_of


def save_part(
    request: HttpRequest,
    patient: Patient,
    form: forms.Form | None,
    save: Callable[[], None],
    *,
    part: str,
    said: str,
    slot: object = None,
) -> HttpResponse:
    """Run one action, and answer with the page.

    `part` is the section; `slot` tells which of several forms in it, where there are several. A
    button has no form.
    """
    if form is not None and not form.is_valid():
        return show_page(request, patient, bound={(part, slot): form}, status=422)
    try:
        save()
    except ValidationError as error:
        return _refused(request, patient, form, error, part=part, slot=slot)
    messages.success(request, said)
    if getattr(request, "htmx", False):
        return show_page(request, patient)
    return redirect(f"{reverse('patients:history', args=[patient.pk])}#{part}")


def withdraw_part(
    request: HttpRequest,
    patient: Patient,
    withdraw: Callable[[str], object],
    *,
    part: str,
    said: str,
) -> HttpResponse:
    """Withdraw a row for the reason that was sent, and answer with the page."""
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(map(str, form.errors["reason"])))
        return show_page(request, patient, status=422)

    def save() -> None:
        withdraw(form.cleaned_data["reason"])

    return save_part(request, patient, None, save, part=part, said=said)


def _refused(
    request: HttpRequest,
    patient: Patient,
    form: forms.Form | None,
    error: ValidationError,
    *,
    part: str,
    slot: object,
) -> HttpResponse:
    """Show why an action refused; a button without a form says so in a message."""
    if form is None:
        messages.error(request, " ".join(error.messages))
        return show_page(request, patient, status=422)
    if isinstance(error, RecordedMeanwhileError | StatedMeanwhileError):
        form.now_based_on(error.latest)  # type: ignore[attr-defined]
    if hasattr(error, "error_dict"):
        for name, errors in error.error_dict.items():
            form.add_error(name if name in form.fields else None, errors)
    else:
        form.add_error(None, error)
    return show_page(request, patient, bound={(part, slot): form}, status=422)


def show_page(
    request: HttpRequest,
    patient: Patient,
    *,
    bound: dict[tuple[str, object], Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Answer with the history page; `bound` are the forms that were sent and refused."""
    may_record = signed_in(request).can(Permission.RECORD_CLINICAL)
    context = {
        **history_of(patient, bound=bound or {}, unfolded=request.GET.get("form", "")),
        "may_record": may_record,
    }
    return render(request, "patients/history.html", context, status=status)
