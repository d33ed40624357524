"""The pages of the import and the export."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from clinic.audit.kinds import Kind
from clinic.audit.models import Event
from patients.actions import import_work
from patients.actions.consents import withdraw_consent
from patients.models import Patient, PatientImport
from tests.factories.patients import CaseFactory, PatientFactory, SignedConsentFactory
from tests.factories.practice import SiteFactory
from tests.factories.staff import AdminFactory
from tests.patients.importing import NOW, checked, csv_file, imported

BEN = "P2,Ben,Tide,01/02/1975,07700 900456,ben@example.test"
ADA = "P1,Ada,Okoro,03/04/1980,07700 900123,ada@example.test"


@pytest.fixture
def desk(client_of, admin):
    return client_of(admin)


def page(name, which):
    return reverse(f"patients:{name}", args=[which.pk])


def choose(desk, site, content):
    sent = {
        "source": "Practice Plus",
        "site": site.pk,
        "file": SimpleUploadedFile("a.csv", content),
    }
    return desk.post(reverse("patients:imports"), sent)


def test_a_file_goes_through_every_page_to_a_patient(desk, db):
    choose(desk, SiteFactory(), csv_file(ADA))
    which = PatientImport.objects.get()
    columns = {f"column_{place}": key for place, key in enumerate(which.reading["columns"])}
    assert desk.post(page("import_columns", which), columns).status_code == 302
    assert desk.get(page("import", which)).status_code == 200  # at work
    import_work.work_on(which.pk, NOW)
    assert desk.get(page("import_reading", which)).status_code == 200
    chosen = {"phone_region": "GB", "mode": "all"}
    refused = desk.post(page("import_reading", which), chosen)
    assert refused.status_code == 422  # 03/04/1980 fits two orders: nobody guesses
    desk.post(page("import_reading", which), chosen | {"date_order": "dmy"})
    import_work.work_on(which.pk, NOW)
    assert "OKORO, Ada" in desk.get(page("import", which)).text
    desk.post(page("import_begin", which))
    import_work.work_on(which.pk, NOW)
    patient = Patient.objects.get()
    assert patient.date_of_birth.isoformat() == "1980-04-03"
    assert patient.number in desk.get(page("import", which), {"show": "new"}).text
    found = desk.get(reverse("patients:list"), {"q": "p1"})
    assert patient.number in found.text


def test_the_first_cells_of_a_column_stand_beside_its_choice_and_are_harmless(desk, db):
    choose(desk, SiteFactory(), csv_file(ADA.replace("Okoro", "<b>Okoro</b>")))
    shown = " ".join(desk.get(page("import_columns", PatientImport.objects.get())).text.split())
    assert "&lt;b&gt;Okoro&lt;/b&gt;" in shown
    assert "<b>Okoro" not in shown
    assert '<label class="form-label" for="id_column_3">DOB</label>' in shown
    assert 'aria-describedby="id_column_3_helptext"' in shown


def readings_of(patient):
    return Event.objects.about_patient(patient.pk).filter(kind=Kind.PATIENT_VIEWED).count()


def test_a_report_that_shows_what_stands_in_records_leaves_a_reading_of_each(desk, admin, site):
    imported(admin, site, csv_file(ADA, BEN))
    ada, ben = Patient.objects.order_by("number")
    which = checked(admin, site, csv_file(ADA.replace("900123", "900999"), BEN))
    answer = desk.get(page("import", which), {"show": "update"})
    assert "07700 900123" in answer.text
    assert (readings_of(ada), readings_of(ben)) == (1, 0)
    desk.get(page("import", which), {"show": "unchanged"})
    assert (readings_of(ada), readings_of(ben)) == (1, 0)


def test_a_report_does_not_show_the_record_of_who_is_another_sites_patient(client_of, admin, site):
    imported(admin, site, csv_file(ADA))
    here = SiteFactory()
    which = checked(admin, here, csv_file(ADA.replace("900123", "900999")))
    answer = client_of(AdminFactory(sites=[here])).get(page("import", which), {"show": "update"})
    assert "OKORO, Ada" in answer.text and "07700 900123" not in answer.text
    assert Patient.objects.get().number not in answer.text
    assert readings_of(Patient.objects.get()) == 0


def test_a_file_that_cannot_be_read_says_so(desk, db):
    answer = choose(desk, SiteFactory(), b"\xd0\xcf\x11\xe0 a workbook of the old kind")
    assert answer.status_code == 422 and "Save it as .xlsx" in answer.text
    assert not PatientImport.objects.exists()


def test_who_left_something_out_is_told_that_the_file_has_to_be_chosen_again(desk, db):
    sent = {"source": "", "site": SiteFactory().pk, "file": SimpleUploadedFile("a.csv", b"x")}
    answer = desk.post(reverse("patients:imports"), sent)
    assert answer.status_code == 422 and "Choose the file once more" in answer.text
    nothing = desk.post(reverse("patients:imports"), {"source": ""})
    assert "Choose the file once more" not in nothing.text


def test_two_columns_cannot_hold_the_same(desk, db):
    choose(desk, SiteFactory(), csv_file(ADA))
    which = PatientImport.objects.get()
    answer = desk.post(page("import_columns", which), {"column_0": "phone", "column_1": "phone"})
    assert answer.status_code == 422 and "already" in answer.text


def test_an_export_is_harmless_audited_and_only_of_ones_sites(desk, admin, db):
    PatientFactory(
        site=SiteFactory(), family_name="Okoro", reason="=HYPERLINK(1)", phone="+447700900123"
    )
    sent = {"format": "csv", "columns": ["number", "family_name", "reason", "phone"]}
    answer = desk.post(reverse("patients:export"), sent)
    text = answer.getvalue().decode("utf-8-sig")
    _, row = csv.reader(io.StringIO(text))
    assert row[1:] == ["Okoro", "'=HYPERLINK(1)", "'+44 7700 900123"]
    event = Event.objects.get(kind=Kind.PATIENTS_EXPORTED)
    assert event.actor == admin and event.details["count"] == 1


def test_an_export_of_nobody_is_refused(desk, db):
    sent = {"format": "csv", "columns": ["number"]}
    assert desk.post(reverse("patients:export"), sent).status_code == 422


def test_a_patient_is_found_by_the_second_phone(desk, db):
    patient = PatientFactory(site=SiteFactory(), phone="", second_phone="+441214960000")
    assert patient.number in desk.get(reverse("patients:list"), {"q": "0121 496 0000"}).text


def test_an_export_for_research_leaves_out_who_took_that_consent_back(desk, admin):
    site = SiteFactory()
    agrees = research_consent(PatientFactory(site=site, family_name="Agrees"))
    gone = research_consent(PatientFactory(site=site, family_name="Withdrew"))
    PatientFactory(site=site, family_name="Neverasked")
    sent = {"format": "csv", "columns": ["family_name"], "for_research": "on"}
    withdraw_consent(by=admin, consent=gone, now=timezone.now())
    answer = desk.post(reverse("patients:export"), sent)
    assert list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))[1:] == [["Agrees"]]
    event = Event.objects.get(kind=Kind.PATIENTS_EXPORTED)
    assert event.sentence.endswith("; for research, only who agrees to it")
    withdraw_consent(by=admin, consent=agrees, now=timezone.now())
    page = desk.post(reverse("patients:export"), sent)
    assert page.status_code == 422
    assert "Nobody there agrees to research" in page.text


def research_consent(patient):
    return SignedConsentFactory(
        case=CaseFactory(patient=patient), template__purpose="research", template__technique=""
    )
