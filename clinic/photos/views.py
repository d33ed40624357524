"""Pages about photographs, and the pictures themselves."""

from typing import cast
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.base.private_files import private_file_response
from clinic.photos import access, actions
from clinic.photos.forms import PhotosForm, WithdrawForm
from clinic.photos.intake import BYTES_PER_MB
from clinic.photos.models import Photo, PhotoSet, View
from clinic.photos.sheets import Sheet, sheet_of
from clinic.staff.access import require, signed_in
from clinic.staff.permissions import Permission
from patients.access import get_patient, open_case, read_patient, record_opening
from patients.banner import patient_context
from patients.consent.rules import may_use_photos, standing_photo_consent
from patients.models import Case, Patient, PhotoScope

SETS_A_PAGE = 10
SIZES = {"thumbnail", "display"}


@require_GET
@require(Permission.VIEW_CLINICAL)
def photo_sets(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Show a patient's photographs, visit by visit, and what is missing."""
    patient = read_patient(signed_in(request), patient_id, page="the photographs")
    consent = standing_photo_consent(patient)
    page = Paginator(access.sets_of(patient), SETS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        **patient_context(patient),
        "page": page,
        "sheets": [sheet_of(photo_set) for photo_set in page],
        "consent": consent,
        "consent_scopes": consent.photo_uses_left if consent else [],
        "may_add": _may_add(request),
    }
    return render(request, "photos/sets.html", context)


def _may_add(request: HttpRequest) -> bool:
    return signed_in(request).can(Permission.RECORD_CLINICAL)


@require_http_methods(["GET", "POST"])
@require(Permission.RECORD_CLINICAL)
def add_photos(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Take in the photographs of a visit, or those still missing from one (`?set=`)."""
    patient = get_patient(signed_in(request), patient_id)
    sheet = _chosen_sheet(request, patient)
    case = sheet.photo_set.case if sheet else open_case(patient)
    if case is None:
        return render(request, "photos/no_case.html", patient_context(patient), status=409)
    is_sent = request.method == "POST"
    form = PhotosForm(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        views=sheet.missing if sheet else list(View),
        asks_agreement=not may_use_photos(patient, PhotoScope.CLINICAL),
        initial={"taken_at": sheet.photo_set.taken_at if sheet else timezone.now()},
    )
    if is_sent:
        kept = _keep_what_can_be_read(request, form, case, sheet)
        if kept is not None:
            return _after_keeping(request, form, kept)
    return _adding_page(request, patient, form, sheet)


def _chosen_sheet(request: HttpRequest, patient: Patient) -> Sheet | None:
    chosen = request.GET.get("set")
    if not chosen:
        return None
    return sheet_of(access.get_set(patient, _uuid(chosen)))


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404("There is no such set.") from error


def _keep_what_can_be_read(
    request: HttpRequest, form: PhotosForm, case: Case, sheet: Sheet | None
) -> PhotoSet | None:
    """Keep the good files even beside bad ones: a browser cannot hold files for a second try."""
    form.is_valid()
    if not form.photographs or form.taken_at_or_none is None or form.lacks_agreement:
        return None
    try:
        return actions.add_photos(
            by=signed_in(request),
            case=case,
            taken_at=form.taken_at_or_none,
            files=form.photographs,
            photo_set=sheet.photo_set if sheet else None,
            agreed_aloud="agreed" in form.cleaned_data,
            now=timezone.now(),
        )
    except ValidationError as error:
        form.add_error(None, error)
        return None


def _after_keeping(request: HttpRequest, form: PhotosForm, photo_set: PhotoSet) -> HttpResponse:
    count = len(form.photographs)
    messages.success(request, f"{count} photograph{'' if count == 1 else 's'} kept.")
    patient_id = photo_set.patient_id
    if not form.refusals:
        return redirect(_next_page(request) or reverse("photos:sets", args=[patient_id]))
    for refusal in form.refusals:
        messages.error(request, f"Not kept. {refusal}")
    query = {"set": str(photo_set.pk), "next": _next_page(request)}
    return redirect(f"{reverse('photos:add', args=[patient_id])}?{urlencode(query)}")


def _next_page(request: HttpRequest) -> str:
    """Return the page of ours that asked for photographs, or nothing."""
    wanted = request.GET.get("next", "")
    is_ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, None)
    return wanted if is_ours else ""


def _adding_page(
    request: HttpRequest, patient: Patient, form: PhotosForm, sheet: Sheet | None
) -> HttpResponse:
    earlier = access.sets_of(patient)
    earlier = earlier.exclude(pk=sheet.photo_set.pk) if sheet else earlier
    last = next((sheet_of(photo_set) for photo_set in earlier[:1]), None)
    record_opening(request, patient.pk, page="the adding of photographs")
    context = {
        **patient_context(patient),
        "form": form,
        "sheet": sheet,
        "places": [
            {"view": view, "field": form[view.value], "earlier": last and last.photo_of(view)}
            for view in form.views
        ],
        "last": last,
        "max_mb": settings.PHOTO_MAX_BYTES // BYTES_PER_MB,
        "back": _next_page(request) or reverse("photos:sets", args=[patient.pk]),
    }
    return render(request, "photos/add.html", context, status=422 if form.errors else 200)


@require_GET
@require(Permission.VIEW_CLINICAL)
def compare(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Show one view at two visits beside each other (`?before=&after=&view=`)."""
    patient = read_patient(signed_in(request), patient_id, page="the comparison of photographs")
    sheets = [sheet_of(photo_set) for photo_set in access.sets_of(patient)]
    before = _sheet_in(sheets, request.GET.get("before")) or (sheets[-1] if sheets else None)
    after = _sheet_in(sheets, request.GET.get("after")) or (sheets[0] if sheets else None)
    view = request.GET.get("view", "")
    context = {
        **patient_context(patient),
        "sheets": sheets,
        "before": before,
        "after": after,
        "view": View(view if view in View.values else _best_view(before, after)),
        "views": list(View),
    }
    if before and after:
        context["pair"] = [(sheet, sheet.photo_of(context["view"])) for sheet in (before, after)]
    return render(request, "photos/compare.html", context)


def _sheet_in(sheets: list[Sheet], wanted: str | None) -> Sheet | None:
    return next((sheet for sheet in sheets if str(sheet.photo_set.pk) == wanted), None)


def _best_view(before: Sheet | None, after: Sheet | None) -> str:
    """Return the first view that both visits have, so that the page opens with a pair."""
    both = [
        view for view in View if before and after and before.photo_of(view) and after.photo_of(view)
    ]
    return both[0] if both else View.FRONTAL


@require_GET
@require(Permission.VIEW_CLINICAL)
def photo_page(request: HttpRequest, photo_id: UUID) -> HttpResponse:
    """Show one photograph large. That it was looked at is recorded when the picture is sent.

    While there is none to send, opening the page is what is recorded.
    """
    photo = access.get_photo(signed_in(request), photo_id)
    if not photo.display:
        record_opening(request, photo.photo_set.patient_id, page=f"the photograph {photo}")
    return _photo_page(request, photo, WithdrawForm())


def _photo_page(request: HttpRequest, photo: Photo, form: WithdrawForm) -> HttpResponse:
    context = {
        **patient_context(photo.photo_set.patient),
        "photo": photo,
        "form": form,
        "may_add": _may_add(request),
    }
    return render(request, "photos/photo.html", context, status=422 if form.errors else 200)


@require_POST
@require(Permission.RECORD_CLINICAL)
def withdraw(request: HttpRequest, photo_id: UUID) -> HttpResponse:
    """Take a photograph out of the record's pages, with a reason."""
    user = signed_in(request)
    photo = access.get_photo(user, photo_id)
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return _photo_page(request, photo, form)
    try:
        actions.withdraw_photo(
            by=user, photo=photo, reason=form.cleaned_data["reason"], now=timezone.now()
        )
    except ValidationError as error:
        form.add_error(None, error)
        return _photo_page(request, photo, form)
    messages.success(request, "The photograph is withdrawn. It stays on file but is shown no more.")
    return redirect("photos:sets", photo.photo_set.patient_id)


@require_GET
@require(Permission.VIEW_CLINICAL)
def tile(request: HttpRequest, photo_id: UUID) -> HttpResponse:
    """Answer with a photograph's place in its set; it asks again until the thumbnail is there."""
    photo = access.get_photo(signed_in(request), photo_id)
    return render(request, "photos/_tile.html", {"photo": photo})


@require_GET
@require(Permission.VIEW_CLINICAL)
def image(request: HttpRequest, photo_id: UUID, size: str) -> HttpResponse:
    """Send a picture (`thumbnail` or `display`) to those who may see it.

    Until the worker has made it, a drawing that says so, with status 202.
    """
    if size not in SIZES:
        raise Http404("There is no such size.")
    user = signed_in(request)
    photo = access.get_photo(user, photo_id)
    file = getattr(photo, size)
    if not file:
        return _placeholder(request)
    response = private_file_response(
        file, filename=f"{photo.view}-{size}.jpg", content_type="image/jpeg"
    )
    if size == "display":
        actions.record_viewing(by=user, photo=photo)
    return cast(HttpResponse, response)


def _placeholder(request: HttpRequest) -> HttpResponse:
    response = render(
        request, "photos/placeholder.svg", content_type="image/svg+xml; charset=utf-8", status=202
    )
    response["Cache-Control"] = "no-store"
    return response
