"""Rows are written in batches, and each is as if it had come alone."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.audit.kinds import Kind
from clinic.audit.models import Event
from patients.actions import import_work, import_writing, importing, registration
from patients.actions.import_checking import BATCH
from patients.actions.import_writing import CHANGED_SINCE, REFUSED
from patients.details import PatientDetails
from patients.models import Case, NameWord, OtherNumber, Patient
from tests.factories.practice import SiteFactory
from tests.patients.importing import NOW, checked, csv_file, finish, fresh, imported, outcomes, said

GIVEN = ("Ada", "Ben", "Cleo", "Dov", "Esme", "Finn", "Greta", "Hugo", "Iris", "Jonah")
HEADER = "ID,First name,Surname,DOB,Email,City"
as_the_application = pytest.mark.usefixtures("as_the_application")


def lines(count, *, first=0, town="Solihull"):
    """Return a file of people of whom no two are alike."""
    rows = (
        f"N{n},{GIVEN[n % 10]},{chr(65 + n % 26) * 3}{n:04}name,{n % 28 + 1:02}/{n % 12 + 1:02}/"
        f"{1920 + n % 80},n{n}@example.test,{town}"
        for n in range(first, first + count)
    )
    return csv_file(*rows, header=HEADER)


def spoil(which, number):
    """Have a checked row say what only the database refuses by now."""
    row = which.rows.get(number=number)
    row.values["phone"] = "not a number"
    row.changes.append({"name": "phone", "label": "Phone", "here": "", "file": "not a number"})
    row.save()


def statements_to_write(admin, site, content):
    which = checked(admin, site, content)
    with CaptureQueriesContext(connection) as captured:
        finish(admin, which)
    return len(captured)


@as_the_application
def test_many_new_patients_take_as_many_statements_as_few(admin, site):
    few = statements_to_write(admin, site, lines(3))
    assert statements_to_write(admin, site, lines(40, first=3)) == few
    assert Patient.objects.count() == 43


@as_the_application
def test_many_updates_take_as_many_statements_as_few(admin, site):
    imported(admin, site, lines(40))
    few = statements_to_write(admin, site, lines(3, town="Dorridge"))
    assert statements_to_write(admin, site, lines(40, town="Knowle")) == few
    assert Patient.objects.filter(town="Knowle").count() == 40


@as_the_application
def test_of_a_batch_exactly_the_new_row_is_refused_that_the_database_refuses(admin, site):
    which = checked(admin, site, lines(21))
    spoil(which, 9)
    which = finish(admin, which)
    assert which.state == "done" and which.counts["registered"] == 20
    assert {line for line, outcome in outcomes(which).items() if outcome == "error"} == {9}
    assert said(which)[9] == [REFUSED]
    assert Patient.objects.count() == Case.objects.count() == OtherNumber.objects.count() == 20
    for kind in (Kind.PATIENT_REGISTERED, Kind.CASE_OPENED):
        about = Event.objects.filter(kind=kind).values_list("patient_id", flat=True)
        assert sorted(about) == sorted(Patient.objects.values_list("pk", flat=True))


@as_the_application
def test_of_a_batch_exactly_the_update_is_refused_that_the_database_refuses(admin, site):
    imported(admin, site, lines(21))
    which = checked(admin, site, lines(21, town="Knowle"))
    spoil(which, 9)
    which = finish(admin, which)
    assert said(which)[9] == [REFUSED]
    stayed = Patient.objects.get(town="Solihull")
    assert stayed.other_numbers.get().number == "N7" and stayed.revision == 0
    assert stayed.other_numbers.get().imported["town"] == "Solihull"
    assert not Event.objects.filter(kind=Kind.PATIENT_EDITED, patient_id=stayed.pk).exists()
    assert Patient.objects.filter(town="Knowle", revision=1).count() == 20


@as_the_application
def test_all_or_nothing_writes_nothing_of_a_batch_in_which_one_row_is_refused(admin, site):
    which = checked(admin, site, lines(5), whole=True)
    spoil(which, 4)
    which = finish(admin, which)
    assert which.state == "checked" and which.failure.startswith(f"Line 4: {REFUSED}")
    assert not Patient.objects.exists()
    assert not Event.objects.filter(kind=Kind.PATIENT_REGISTERED).exists()


@as_the_application
@pytest.mark.parametrize("whole", [True, False])
def test_every_update_keeps_what_was_and_leaves_its_own_event(admin, site, whole):
    imported(admin, site, lines(3))
    imported(admin, site, lines(3, town="Knowle"), whole=whole)
    for patient in Patient.objects.all():
        assert (patient.town, patient.revision) == ("Knowle", 1)
        assert [past.town for past in patient.past_versions.all()] == ["Solihull"]
        event = Event.objects.get(kind=Kind.PATIENT_EDITED, patient_id=patient.pk)
        assert event.details == {"fields": "town"} and event.actor == admin
        assert patient.other_numbers.get().imported["town"] == "Knowle"


@as_the_application
def test_a_batch_changes_in_each_record_only_what_its_row_changes(admin, site):
    imported(admin, site, lines(2))
    one, two = Patient.objects.order_by("number")
    details = PatientDetails(**(vars(PatientDetails.of(two)) | {"email": "new@example.test"}))
    registration.change_details(by=admin, patient=two, details=details, revision=two.revision)
    content = lines(2).decode().replace("n0@example.test", "other@example.test")
    imported(admin, site, content.encode())
    assert Patient.objects.get(pk=one.pk).email == "other@example.test"
    two.refresh_from_db()
    assert (two.email, two.revision) == ("new@example.test", 1)


@as_the_application
def test_of_two_rows_that_are_the_same_person_the_second_waits_for_another_check(admin, site):
    imported(admin, site, lines(1))
    patient = Patient.objects.get()
    rows = lines(1, town="Knowle").decode().splitlines()[1]
    second = rows.replace("N0", "X9").replace("Knowle", "Dorridge")
    which = checked(admin, site, csv_file(rows, second, header=HEADER))
    row = which.rows.get(number=3)
    importing.decide(by=admin, which=which, row_id=row.pk, decision="same", patient_id=patient.pk)
    which.rows.filter(number=3).update(changes=[{"name": "town"}])
    which = finish(admin, which)
    assert said(which)[3] == [CHANGED_SINCE]
    assert Patient.objects.get().town == "Knowle"


@as_the_application
def test_who_registers_waits_for_no_batch_that_registers_nobody(admin, site):
    imported(admin, site, lines(3))
    which = checked(admin, site, lines(3, town="Knowle"))
    with CaptureQueriesContext(connection) as captured:
        finish(admin, which)
    assert not [each for each in captured if "register everybody" in each["sql"]]


@as_the_application
def test_of_a_whole_file_records_that_are_there_are_held_last(admin, site):
    imported(admin, site, lines(2))
    which = checked(admin, site, lines(4, town="Knowle"), whole=True)
    assert outcomes(which) == {2: "update", 3: "update", 4: "new", 5: "new"}
    importing.begin(by=admin, which=which, now=NOW)
    ones_to_write = import_writing._clear(which).values_list("number", "found_id")
    (fourth, _), (fifth, _), *there = ones_to_write
    assert [fourth, fifth] == [4, 5]
    # In the order of their keys, which of two of one millisecond is either.
    assert sorted(number for number, _ in there) == [2, 3]
    assert [key for _, key in there] == sorted(key for _, key in there)
    import_work.work_on(which.pk, NOW)
    assert Patient.objects.filter(town="Knowle").count() == 4


@as_the_application
def test_names_that_came_in_a_batch_are_found_with_a_slip(admin, site):
    imported(admin, site, lines(3))
    words = set(NameWord.objects.values_list("word", flat=True))
    assert {"ada", "ben", "cleo", "aaa0000name"} <= words


@as_the_application
def test_a_value_that_stands_in_many_rows_is_refused_in_each(admin, site):
    header = "ID,First name,Surname,DOB,Postcode"
    rows = [f"P{n},{GIVEN[n]},Name{n},0{n + 1}/02/1980,B91 3ABC" for n in range(3)]
    which = checked(admin, site, csv_file(*rows, header=header))
    assert outcomes(which) == {2: "error", 3: "error", 4: "error"}
    problems = {row.problems[0]["column"] for row in which.rows.all()}
    assert problems == {"Postcode"}


@as_the_application
def test_a_number_that_stands_in_many_lines_is_refused_in_all(admin, site):
    content = lines(6).decode().replace("N4,", "N1,").replace("N5,", "N2,")
    which = checked(admin, site, content.encode())
    assert outcomes(which) == {2: "new", 3: "error", 4: "error", 5: "new", 6: "error", 7: "error"}
    assert not any(which.rows.filter(outcome="error").values_list("values", flat=True))


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_dies_halfway_is_followed_by_one_that_goes_on(admin, monkeypatch):
    site = SiteFactory()
    lines = [
        f"N{n},Given{n},Family{n:04},{n % 28 + 1:02}/{n % 12 + 1:02}/{1920 + n % 80},,"
        f"n{n}@example.test"
        for n in range(BATCH + 20)
    ]
    which = checked(admin, site, csv_file(*lines))
    which.rows.filter(outcome="possible").update(decision="other")
    importing.begin(by=admin, which=which, now=NOW)
    write_batch, calls = import_writing._Writer.write_batch, []

    def dies(self, ids):
        calls.append(ids)
        if len(calls) == 2:
            raise MemoryError
        write_batch(self, ids)

    monkeypatch.setattr(import_writing._Writer, "write_batch", dies)
    with pytest.raises(MemoryError):
        import_work.work_on(which.pk, NOW)
    assert Patient.objects.count() == BATCH
    import_work.work_on(which.pk, NOW)
    assert fresh(which).state == "done" and Patient.objects.count() == BATCH + 20
