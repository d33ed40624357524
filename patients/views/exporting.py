"""Exporting patients."""

import tempfile
from collections.abc import Iterator
from typing import cast

from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from clinic.staff.access import require, signed_in
from clinic.staff.permissions import Permission
from patients.actions.exporting import chosen_patients, record_export
from patients.exchange.exporting import batched_rows, csv_lines, write_xlsx
from patients.forms.exchange import ExportForm

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"


@require(Permission.EXPORT_PATIENTS)
def export(request: HttpRequest) -> HttpResponse:
    """Choose which patients and which columns, and have them as a file."""
    user = signed_in(request)
    form = ExportForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        patients = chosen_patients(
            user,
            site=data["site"],
            first=data["registered_from"],
            last=data["registered_to"],
            for_research=data["for_research"],
        )
        asked = {"columns": data["columns"], "kind": data["format"], "site": data["site"]}
        asked["for_research"] = data["for_research"]
        try:
            record_export(by=user, patients=patients, **asked)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _file(batched_rows(patients, data["columns"]), data["format"])
    return _page(request, form)


def _page(request: HttpRequest, form: ExportForm) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, "patients/export.html", {"form": form}, status=status)


def _file(rows: Iterator[list[str]], kind: str) -> HttpResponse:
    name = f"patients-{timezone.localdate().isoformat()}.{kind}"
    response: HttpResponseBase
    if kind == "csv":
        response = StreamingHttpResponse(csv_lines(rows), content_type=CSV)
        response["Content-Disposition"] = f'attachment; filename="{name}"'
    else:
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
        write_xlsx(rows, file)
        file.seek(0)
        response = FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)
    response["Cache-Control"] = "private, no-store"
    return cast(HttpResponse, response)  # It is sent as it is written.
