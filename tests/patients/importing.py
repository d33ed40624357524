"""A file of patients on its way in, without pages: uploaded, understood, checked, imported."""

import io
from datetime import UTC, datetime

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile

from patients.actions import import_work, importing
from patients.exchange.columns import suggested
from patients.models import PatientImport

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
READING = {
    "date_order": "dmy",
    "name_order": "given_first",
    "phone_region": "GB",
    "address_country": "GB",
    "sex_words": {"f": "female", "m": "male"},
}
HEADER = "ID,First name,Surname,DOB,Mobile,Email"


def csv_file(*lines, header=HEADER, encoding="utf-8"):
    return "\n".join([header, *lines, ""]).encode(encoding)


def workbook(rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def uploaded(by, site, content, *, source="Practice Plus", name="patients.csv"):
    file = SimpleUploadedFile(name, content)
    return importing.upload(by=by, source=source, site=site, file=file, filename=name, now=NOW)


def checked(by, site, content, *, whole=False, **reading):
    which = uploaded(by, site, content)
    columns = suggested(which.reading["headers"], {})
    importing.choose_columns(by=by, which=which, columns=columns)
    import_work.work_on(which.pk, NOW)
    return check(by, fresh(which), whole=whole, **reading)


def check(by, which, *, whole=False, **reading):
    assert which.state == "examined", which.failure
    importing.choose_reading(by=by, which=which, choices=READING | reading, all_or_nothing=whole)
    import_work.work_on(which.pk, NOW)
    return fresh(which)


def imported(by, site, content, **options):
    return finish(by, checked(by, site, content, **options))


def finish(by, which):
    assert which.state == "checked", which.failure
    importing.begin(by=by, which=which, now=NOW)
    import_work.work_on(which.pk, NOW)
    return fresh(which)


def fresh(which):
    return PatientImport.objects.get(pk=which.pk)


def outcomes(which):
    return {row.number: row.outcome for row in which.rows.all()}


def said(which):
    return {row.number: [each["words"] for each in row.problems] for row in which.rows.all()}
