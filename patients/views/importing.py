"""Importing a file of patients: upload, columns, reading, report, decisions."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import escape, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST, require_safe

from clinic.staff.access import require, signed_in
from clinic.staff.models import User
from clinic.staff.permissions import Permission
from patients.access import record_openings
from patients.actions import importing as actions
from patients.actions.import_work import progress_of
from patients.exchange.csv_files import DELIMITERS, ENCODINGS
from patients.exchange.limits import UnreadableFileError
from patients.exchange.sheets import Format, Line, first_lines
from patients.forms.exchange import ColumnsForm, ReadAnewForm, ReadingForm, UploadForm
from patients.models import ImportRow, Patient, PatientImport

ROWS_SHOWN = 50
IMPORTS_SHOWN = 25
LINES_SHOWN = 3
State, Outcome = PatientImport.State, ImportRow.Outcome
_ORDER = (
    *(Outcome.ERROR, Outcome.POSSIBLE, Outcome.UPDATE),
    *(Outcome.NEW, Outcome.UNCHANGED, Outcome.EMPTY),
)


@require(Permission.IMPORT_PATIENTS)
def imports(request: HttpRequest) -> HttpResponse:
    """List the files that were brought in, and take another."""
    user = signed_in(request)
    form = UploadForm(request.POST or None, request.FILES or None, user=user)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            which = actions.upload(
                by=user,
                source=data["source"],
                site=data["site"],
                file=data["file"],
                filename=data["file"].name,
                now=timezone.now(),
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("patients:import_columns", which.pk)
    if form.errors and "file" in request.FILES and "file" not in form.errors:
        form.add_error("file", "Choose the file once more: a browser does not keep it.")
    context = {"form": form, "imports": _visible(user)[:IMPORTS_SHOWN]}
    return render(request, "patients/imports.html", context, status=422 if form.errors else 200)


@require(Permission.IMPORT_PATIENTS)
def import_columns(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Say what each column of the file holds."""
    user = signed_in(request)
    which = _get(user, import_id)
    if which.state not in (State.UPLOADED, State.EXAMINED, State.CHECKED):
        return redirect("patients:import", which.pk)
    form = ColumnsForm(request.POST or None, reading=which.reading)
    if request.method == "POST" and form.is_valid():
        try:
            actions.choose_columns(by=user, which=which, columns=form.columns())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("patients:import", which.pk)
    anew = ReadAnewForm(reading=which.reading, prefix="anew")
    return _columns_page(request, which, form, anew)


@require(Permission.IMPORT_PATIENTS)
@require_POST
def read_anew(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Read the file with another encoding, delimiter or header line."""
    user = signed_in(request)
    which = _get(user, import_id)
    anew = ReadAnewForm(request.POST, reading=which.reading, prefix="anew")
    if anew.is_valid():
        given = {"encoding": "", "delimiter": "", **anew.cleaned_data}
        try:
            actions.read_anew(by=user, which=which, **given)
        except ValidationError as error:
            anew.add_error(None, error)
        else:
            return redirect("patients:import_columns", which.pk)
    return _columns_page(request, which, ColumnsForm(reading=which.reading), anew)


@require(Permission.IMPORT_PATIENTS)
def import_reading(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Say in which order dates and names stand and the like, and have every row checked."""
    user = signed_in(request)
    which = _get(user, import_id)
    if which.state not in (State.EXAMINED, State.CHECKED):
        return redirect("patients:import", which.pk)
    form = ReadingForm(request.POST or None, which=which)
    if request.method == "POST" and form.is_valid():
        try:
            actions.choose_reading(
                by=user, which=which, choices=form.chosen(), all_or_nothing=form.all_or_nothing
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("patients:import", which.pk)
    return render(
        request,
        "patients/import_reading.html",
        {"which": which, "form": form},
        status=422 if form.errors else 200,
    )


@require(Permission.IMPORT_PATIENTS)
@require_safe
def import_page(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Show how far an import is, and the report of its rows."""
    which = _get(signed_in(request), import_id)
    if which.state == State.UPLOADED:
        return redirect("patients:import_columns", which.pk)
    if which.state == State.EXAMINED:
        return redirect("patients:import_reading", which.pk)
    context: dict[str, Any] = {"which": which, "percent": progress_of(which)}
    if not which.is_at_work:
        context |= _report(request, which)
    return render(request, "patients/import.html", context)


@require(Permission.IMPORT_PATIENTS)
@require_safe
def import_progress(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Say how far the work is; once it is done, have the page opened anew."""
    which = _get(signed_in(request), import_id)
    response = render(
        request,
        "patients/_import_progress.html",
        {"which": which, "percent": progress_of(which)},
    )
    if not which.is_at_work:
        response["HX-Refresh"] = "true"
    return response


@require(Permission.IMPORT_PATIENTS)
@require_POST
def decide(request: HttpRequest, import_id: UUID, row_id: UUID) -> HttpResponse:
    """Say whose a row is, or whether it overwrites what was changed here."""
    user = signed_in(request)
    which = _get(user, import_id)
    if not which.rows.filter(pk=row_id).exists():
        raise Http404("There is no such row.")
    asked = request.POST.get("decision", "")
    try:
        if asked in ("theirs", "ours"):
            actions.choose_theirs(
                by=user, which=which, row_id=row_id, takes_theirs=asked == "theirs"
            )
        else:
            decision, _, patient = asked.partition(":")
            actions.decide(
                by=user,
                which=which,
                row_id=row_id,
                decision=decision,
                patient_id=_uuid(patient),
            )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return _back(request, which)


@require(Permission.IMPORT_PATIENTS)
@require_POST
def leave_rest(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Leave out all rows that nobody decided about."""
    user = signed_in(request)
    which = _get(user, import_id)
    try:
        count = actions.decide_all(by=user, which=which, decision=ImportRow.Decision.LEAVE)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, f"{count} rows are left out.")
    return _back(request, which)


@require(Permission.IMPORT_PATIENTS)
@require_POST
def begin(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Have the file imported, all or nothing or row by row."""
    user = signed_in(request)
    which = _get(user, import_id)
    try:
        mode = request.POST.get("mode")
        if mode in ("all", "rows"):
            actions.choose_mode(by=user, which=which, all_or_nothing=mode == "all")
        actions.begin(by=user, which=which, now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("patients:import", which.pk)


@require(Permission.IMPORT_PATIENTS)
@require_POST
def give_up(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Import nothing, and remove the file."""
    user = signed_in(request)
    which = _get(user, import_id)
    try:
        actions.give_up(by=user, which=which, now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("patients:import", which.pk)
    messages.success(request, "The import is given up and the file is removed.")
    return redirect("patients:imports")


def _visible(user: User) -> Any:
    sites = [site.pk for site in user.workplaces]
    found = PatientImport.objects.filter(site__in=sites)
    return found.select_related("source", "site", "uploaded_by", "started_by")


def _get(user: User, import_id: UUID) -> PatientImport:
    which = _visible(user).filter(pk=import_id).first()
    if which is None:
        raise Http404("There is no such import at your sites.")
    return which


def _columns_page(
    request: HttpRequest, which: PatientImport, form: ColumnsForm, anew: ReadAnewForm
) -> HttpResponse:
    reading = which.reading
    how = Format.of(reading["format"])
    lines: list[Line] = []
    unreadable = ""
    try:
        lines = first_lines(Path(which.file.path), how, reading["header"] + LINES_SHOWN)
    except (UnreadableFileError, ValueError, OSError) as error:
        unreadable = str(error)
    samples = [line for line in lines if line.number > reading["header"]]
    columns = [form[f"column_{place}"] for place in range(len(reading["headers"]))]
    for place, column in enumerate(columns):
        column.help_text = _samples(samples, place)
    context = {
        "which": which,
        "form": form,
        "anew": anew,
        "columns": columns,
        "encoding": ENCODINGS.get(how.encoding, ""),
        "delimiter": DELIMITERS.get(how.delimiter, ""),
        "unreadable": unreadable,
        "how": how,
    }
    has_errors = form.errors or anew.errors
    return render(
        request, "patients/import_columns.html", context, status=422 if has_errors else 200
    )


def _samples(lines: list[Line], place: int) -> SafeString:
    """Return what stands in the first cells of a column, as harmless HTML."""
    texts = [text for line in lines if (text := _sample(line.cells, place))]
    return format_html_join(" · ", "{}", ((text,) for text in texts)) or escape("Empty at first")


def _sample(cells: list[Any], place: int) -> str:
    text = str(cells[place]) if place < len(cells) else ""
    return f"{text[:40]}…" if len(text) > 40 else text


def _report(request: HttpRequest, which: PatientImport) -> dict[str, Any]:
    shown = request.GET.get("show", "")
    counts = {each: which.counts.get(each.value, 0) for each in _ORDER}
    chosen = next((each for each in _ORDER if each.value == shown and counts[each]), None)
    chosen = chosen or next((each for each in _ORDER if counts[each]), None)
    rows = which.rows.filter(outcome=chosen) if chosen else which.rows.none()
    page = Paginator(rows, ROWS_SHOWN).get_page(request.GET.get("page"))
    _show_records(request, page.object_list)
    undecided = which.rows.filter(outcome=Outcome.POSSIBLE, decision="").count()
    return {
        "segments": [(each, count) for each, count in counts.items() if count],
        "chosen": chosen,
        "page": page,
        "undecided": undecided,
        "errors": counts[Outcome.ERROR],
        "to_write": sum(counts[each] for each in (Outcome.NEW, Outcome.UPDATE))
        + which.rows.filter(decision__in=["other", "same"]).count(),
        "is_open": which.state == State.CHECKED,
    }


def _show_records(request: HttpRequest, rows: Iterable[ImportRow]) -> None:
    """Record that what stands in the records of these rows is shown.

    Of a patient whom the reader may not see it is not: somebody else may have brought the file in.
    """
    telling = [row for row in rows if row.found_id and (row.changes or row.conflicts)]
    visible = Patient.objects.visible_to(signed_in(request))
    found = visible.filter(pk__in=[row.found_id for row in telling])
    seen = set(found.values_list("pk", flat=True))
    for row in telling:
        if row.found_id not in seen:
            row.found_number, row.changes, row.conflicts, row.notes = "", [], [], []
    record_openings(request, seen, page="the report of an import")


def _back(request: HttpRequest, which: PatientImport) -> HttpResponse:
    show, page = request.POST.get("show", ""), request.POST.get("page", "")
    response = redirect("patients:import", which.pk)
    if show in Outcome.values and (page.isascii() and page.isdigit() and len(page) < 6):
        response["Location"] += f"?show={show}&page={page}"
    return response


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
