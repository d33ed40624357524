"""Bringing in a file of patients."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from clinic.audit.kinds import Kind
from clinic.audit.models import Event
from patients.actions import import_work, importing, registration
from patients.details import PatientDetails
from patients.models import Case, ImportRow, OtherNumber, Patient, PatientImport
from tests.factories.patients import PatientFactory
from tests.factories.practice import SiteFactory
from tests.factories.staff import AdminFactory
from tests.patients.importing import (
    HEADER,
    NOW,
    check,
    checked,
    csv_file,
    finish,
    fresh,
    imported,
    outcomes,
    said,
    uploaded,
    workbook,
)

pytestmark = pytest.mark.usefixtures("as_the_application")
ADA = "P1,Ada,Okoro,22/11/1980,07700 900123,ada@example.test"
BEN = "P2,Ben,Tide,03/04/1975,07700 900456,ben@example.test"


@pytest.fixture
def site(db):
    return SiteFactory()


def test_a_new_patient_is_registered_as_at_the_desk(admin, site):
    which = imported(admin, site, csv_file(ADA))
    patient = Patient.objects.get(family_name="Okoro")
    assert (which.state, which.counts["registered"]) == ("done", 1)
    assert patient.phone == "+447700900123" and patient.date_of_birth == date(1980, 11, 22)
    assert patient.registrations.get().site == site
    assert Case.objects.open().filter(patient=patient).count() == 1
    kinds = set(Event.objects.about_patient(patient.pk).values_list("kind", flat=True))
    assert kinds == {Kind.PATIENT_REGISTERED, Kind.CASE_OPENED}
    assert patient.other_numbers.get().number == "P1"


def test_before_it_is_started_nothing_is_written(admin, site):
    which = checked(admin, site, csv_file(ADA, BEN))
    assert outcomes(which) == {2: "new", 3: "new"}
    assert not Patient.objects.exists() and not OtherNumber.objects.exists()


def test_a_second_file_updates_instead_of_doubling(admin, site):
    imported(admin, site, csv_file(ADA, BEN))
    moved = ADA.replace("07700 900123", "07700 900999")
    which = checked(admin, site, csv_file(moved, BEN))
    assert outcomes(which) == {2: "update", 3: "unchanged"}
    finish(admin, which)
    assert Patient.objects.count() == 2
    assert Patient.objects.get(family_name="Okoro").phone == "+447700900999"


def edit(by, patient, **changes):
    details = PatientDetails.of(patient)
    details = PatientDetails(**(vars(details) | changes))
    registration.change_details(by=by, patient=patient, details=details, revision=patient.revision)


def test_what_was_changed_here_stays_and_is_listed(admin, site):
    imported(admin, site, csv_file(ADA))
    edit(admin, Patient.objects.get(), phone="+447700900777")
    which = checked(admin, site, csv_file(ADA.replace("900123", "900999")))
    row = which.rows.get()
    assert [each["name"] for each in row.conflicts] == ["phone"]
    finish(admin, which)
    assert Patient.objects.get().phone == "+447700900777"


def test_the_files_value_is_taken_where_that_was_chosen(admin, site):
    imported(admin, site, csv_file(ADA))
    edit(admin, Patient.objects.get(), phone="+447700900777")
    which = checked(admin, site, csv_file(ADA.replace("900123", "900999")))
    row = which.rows.get()
    importing.choose_theirs(by=admin, which=which, row_id=row.pk, takes_theirs=True)
    finish(admin, which)
    assert Patient.objects.get().phone == "+447700900999"


def test_an_update_leaves_columns_alone_that_are_not_in_the_file_or_empty(admin, site):
    imported(admin, site, csv_file(ADA))
    edit(admin, Patient.objects.get(), reason="Thinning", town="Solihull")
    finish(admin, checked(admin, site, csv_file("P1,Adah,Okoro,22/11/1980,,")))
    patient = Patient.objects.get()
    assert (patient.given_names, patient.reason, patient.town) == ("Adah", "Thinning", "Solihull")
    assert patient.phone == "+447700900123" and patient.email == "ada@example.test"


def test_somebody_registered_already_is_held_back_with_the_reasons(admin, site):
    known = PatientFactory(
        site=site, given_names="Ada", family_name="Okoro", date_of_birth=date(1980, 11, 22)
    )
    which = checked(admin, site, csv_file(ADA))
    row = which.rows.get()
    assert row.outcome == "possible"
    assert row.matches[0]["number"] == known.number
    assert "same date of birth and a similar name" in row.matches[0]["reasons"]
    finish(admin, which)
    assert Patient.objects.count() == 1


@pytest.mark.parametrize(("decision", "patients"), [("same", 1), ("other", 2), ("leave", 1)])
def test_a_person_decides_who_a_row_is(admin, site, decision, patients):
    known = PatientFactory(
        site=site,
        given_names="Ada",
        family_name="Okoro",
        date_of_birth=date(1980, 11, 22),
        phone="",
        email="ada@example.test",
    )
    which = checked(admin, site, csv_file(ADA))
    row = which.rows.get()
    importing.decide(by=admin, which=which, row_id=row.pk, decision=decision, patient_id=known.pk)
    finish(admin, which)
    known.refresh_from_db()
    assert Patient.objects.count() == patients
    assert (known.phone == "+447700900123") == (decision == "same")
    assert known.other_numbers.filter(number="P1").exists() == (decision == "same")
    others = Event.objects.filter(kind=Kind.ANOTHER_PERSON).count()
    assert others == (decision == "other")


def test_one_person_twice_in_a_file_is_held_back_the_second_time(admin, site):
    which = checked(admin, site, csv_file(ADA, ADA.replace("P1", "P9")))
    assert outcomes(which) == {2: "new", 3: "possible"}
    assert which.rows.get(number=3).matches[0]["number"] == "line 2"


def test_a_number_that_stands_twice_is_an_error_in_both_lines(admin, site):
    which = checked(admin, site, csv_file(ADA, BEN.replace("P2", "P1")))
    assert outcomes(which) == {2: "error", 3: "error"}


def test_an_error_names_the_column_the_value_and_what_to_do(admin, site):
    which = checked(admin, site, csv_file(ADA.replace("07700 900123", "12")))
    problem = which.rows.get().problems[0]
    assert (problem["column"], problem["value"]) == ("Mobile", "12")
    assert "can be called" in problem["words"]


def test_mixed_dates_are_never_guessed(admin, site):
    which = checked(admin, site, csv_file(ADA, BEN.replace("03/04/1975", "04/23/1975")))
    assert outcomes(which) == {2: "new", 3: "error"}
    assert which.examined["dates"]["fits"] == {"dmy": 1, "mdy": 1}


def test_empty_lines_are_skipped_and_counted(admin, site):
    which = checked(admin, site, csv_file(ADA, ",,,,,", BEN))
    assert outcomes(which) == {2: "new", 3: "empty", 4: "new"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_accents_survive_every_usual_encoding(admin, site, encoding):
    line = ADA.replace("Ada", "Zoë").replace("Okoro", "Müller")
    which = imported(admin, site, csv_file(line, encoding=encoding))
    assert which.state == "done", said(which)
    assert Patient.objects.get().given_names == "Zoë"


def test_a_whole_name_is_read_in_the_chosen_order(admin, site):
    content = csv_file('"OKORO, Ada",22/11/1980', "Ben Tide,03/04/1975", header="Name,DOB")
    which = checked(admin, site, content, name_order="comma")
    assert which.rows.get(number=2).name == "OKORO, Ada" and outcomes(which)[3] == "error"


def test_a_formula_without_its_value_is_refused_and_a_date_cell_has_no_order(admin, site):
    rows = [
        HEADER.split(","),
        ["P1", "Ada", "Okoro", date(1980, 4, 3), "07700 900123", ""],
        ["P2", "Ben", '="Tide"', date(1975, 4, 3), "07700 900456", ""],
    ]
    which = checked(admin, site, workbook(rows), date_order="mdy")
    assert outcomes(which) == {2: "new", 3: "error"}
    assert "formula" in said(which)[3][0]
    assert which.rows.get(number=2).values["date_of_birth"] == "1980-04-03"


def test_a_formula_in_a_text_file_is_refused_and_a_number_kept_from_being_one_is_read(admin, site):
    kept = 'P1,Ada,Okoro,22/11/1980,"=""07700 900123""",ada@example.test'
    which = checked(admin, site, csv_file(kept, 'P2,"=CMD(""x"")",Tide,03/04/1975,07700 900456,'))
    assert outcomes(which) == {2: "new", 3: "error"}
    assert "formula" in said(which)[3][0]
    assert which.rows.get(number=2).values["phone"] == "+447700900123"


def test_all_or_nothing_does_not_begin_while_a_row_is_not_clear(admin, site):
    which = checked(admin, site, csv_file(ADA, BEN.replace("03/04/1975", "x")), whole=True)
    with pytest.raises(ValidationError):
        importing.begin(by=admin, which=which, now=NOW)


def test_all_or_nothing_leaves_nothing_where_the_last_row_cannot_be_written(admin, site):
    imported(admin, site, csv_file(ADA))
    many = [f"N{n},Given{n},Family{n},01/02/19{n % 90 + 10},,n{n}@example.test" for n in range(9)]
    which = checked(admin, site, csv_file(*many, ADA.replace("900123", "900999")), whole=True)
    assert set(outcomes(which).values()) <= {"new", "update", "possible"}
    which.rows.filter(outcome="possible").update(decision="other")
    edit(admin, Patient.objects.get(), town="Solihull")  # after the check
    which = finish(admin, which)
    assert which.state == "checked" and "since the check" in which.failure
    assert Patient.objects.count() == 1
    assert not which.rows.filter(written_at__isnull=False).exists()


def test_somebody_registered_at_a_desk_since_the_check_is_not_doubled(admin, site):
    which = checked(admin, site, csv_file(ADA, BEN), whole=True)
    PatientFactory(
        site=site, given_names="Ada", family_name="Okoro", date_of_birth=date(1980, 11, 22)
    )
    which = finish(admin, which)
    assert which.state == "checked" and Patient.objects.count() == 1


def test_row_by_row_leaves_out_who_was_registered_since_the_check(admin, site):
    which = checked(admin, site, csv_file(ADA, BEN))
    PatientFactory(
        site=site, given_names="Ada", family_name="Okoro", date_of_birth=date(1980, 11, 22)
    )
    which = finish(admin, which)
    assert outcomes(which) == {2: "possible", 3: "new"}
    assert Patient.objects.filter(family_name="Tide").count() == 1
    assert Patient.objects.filter(family_name="Okoro").count() == 1


def test_two_imports_of_one_file_register_everybody_once(admin, site):
    one = checked(admin, site, csv_file(ADA, BEN))
    two = checked(admin, site, csv_file(ADA, BEN))
    finish(admin, one)
    finish(admin, two)
    assert Patient.objects.count() == 2


def test_work_that_always_breaks_off_ends_and_says_so(admin, site):
    which = checked(admin, site, csv_file(ADA))
    importing.begin(by=admin, which=which, now=NOW)
    PatientImport.objects.filter(pk=which.pk).update(tries=3)
    import_work.work_on(which.pk, NOW)
    assert fresh(which).state == "failed" and fresh(which).failure


def test_the_file_goes_with_the_end_of_the_import(admin, site, django_capture_on_commit_callbacks):
    which = checked(admin, site, csv_file(ADA))
    path = Path(which.file.path)
    assert path.exists() and path.stat().st_mode & 0o077 == 0
    importing.begin(by=admin, which=which, now=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        import_work.work_on(which.pk, NOW)
    assert not path.exists() and not fresh(which).file
    assert fresh(which).rows.get().values == {}


def test_what_lies_about_is_given_up_and_reports_go_in_time(
    admin, site, django_capture_on_commit_callbacks
):
    asleep, done = checked(admin, site, csv_file(BEN)), imported(admin, site, csv_file(ADA))
    path = Path(asleep.file.path)
    with django_capture_on_commit_callbacks(execute=True):
        importing.clear_old(NOW + timedelta(days=8))
    assert fresh(asleep).state == "given_up" and not path.exists()
    assert done.rows.exists()
    importing.clear_old(NOW + timedelta(days=31))
    assert not ImportRow.objects.exists()


def test_another_sites_patient_is_neither_updated_nor_shown(admin, site):
    imported(admin, site, csv_file(ADA))
    elsewhere = SiteFactory()
    stranger = AdminFactory(sites=[elsewhere])
    which = checked(stranger, elsewhere, csv_file(ADA.replace("900123", "900999")))
    row = which.rows.get()
    assert row.outcome == "error" and not row.found_number
    finish(stranger, which)
    assert Patient.objects.get().phone == "+447700900123"


def test_a_site_where_one_does_not_work_is_refused(site):
    stranger = AdminFactory(sites=[SiteFactory()])
    with pytest.raises(ValidationError):
        uploaded(stranger, site, csv_file(ADA))


def test_nobody_changes_by_anothers_file_what_they_may_not_see(admin, site):
    imported(admin, SiteFactory(), csv_file(ADA))
    which = checked(admin, site, csv_file(ADA.replace("900123", "900999")))
    assert outcomes(which) == {2: "update"}
    with pytest.raises(ValidationError, match="may not see"):
        finish(AdminFactory(sites=[site]), which)
    finish(admin, which)
    assert Patient.objects.get().phone == "+447700900999"


def test_nobody_changes_either_whom_another_said_a_row_to_be(admin, site):
    there = PatientFactory(
        site=SiteFactory(), given_names="Ada", family_name="Okoro", date_of_birth=date(1980, 11, 22)
    )
    which = checked(admin, site, csv_file(ADA))
    assert outcomes(which) == {2: "possible"}
    importing.decide(
        by=admin, which=which, row_id=which.rows.get().pk, decision="same", patient_id=there.pk
    )
    with pytest.raises(ValidationError, match="may not see"):
        finish(AdminFactory(sites=[site]), which)


def test_the_reading_of_a_source_is_remembered(admin, site):
    which = checked(admin, site, csv_file(ADA), date_order="dmy")
    again = uploaded(admin, site, csv_file(BEN))
    assert again.reading["date_order"] == "dmy"
    assert again.reading["columns"] == which.reading["columns"]


def test_a_check_can_be_made_anew(admin, site):
    which = checked(admin, site, csv_file(ADA), date_order="mdy")
    assert outcomes(which) == {2: "error"}
    importing.choose_columns(by=admin, which=which, columns=which.reading["columns"])
    import_work.work_on(which.pk, NOW)
    which = check(admin, fresh(which))
    assert outcomes(which) == {2: "new"}
