"""Addresses of the import and the export."""

from django.urls import URLPattern, path

from patients.views import exporting, importing

_ONE = "patients/import/<uuid:import_id>/"

exchange_urls: list[URLPattern] = [
    path("patients/export/", exporting.export, name="export"),
    path("patients/import/", importing.imports, name="imports"),
    path(_ONE, importing.import_page, name="import"),
    path(f"{_ONE}progress/", importing.import_progress, name="import_progress"),
    path(f"{_ONE}columns/", importing.import_columns, name="import_columns"),
    path(f"{_ONE}anew/", importing.read_anew, name="import_anew"),
    path(f"{_ONE}reading/", importing.import_reading, name="import_reading"),
    path(f"{_ONE}rows/<uuid:row_id>/", importing.decide, name="import_decide"),
    path(f"{_ONE}leave-rest/", importing.leave_rest, name="import_leave_rest"),
    path(f"{_ONE}begin/", importing.begin, name="import_begin"),
    path(f"{_ONE}give-up/", importing.give_up, name="import_give_up"),
]
