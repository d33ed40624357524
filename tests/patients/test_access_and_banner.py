from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.http import Http404
from django.template import Context, Template
from django.urls import reverse
from django.utils import timezone

from clinic.audit.kinds import Kind
from clinic.audit.models import Event
from patients.access import get_patient, open_case, read_patient, shown_case
from patients.actions import history
from patients.banner import patient_context
from patients.models import Case, Medicine
from tests.factories.patients import CaseFactory, PatientFactory
from tests.factories.practice import SiteFactory
from tests.factories.staff import ReceptionFactory

NOW = timezone.now()


@pytest.fixture
def patient(db):
    return PatientFactory()


def line(patient) -> tuple[str, str]:
    context = patient_context(patient)
    return context["allergy_line"], context["allergy_kind"]


def test_a_person_limited_to_a_site_sees_its_patients_and_no_others(db):
    here, elsewhere = SiteFactory(), SiteFactory()
    mine, theirs = PatientFactory(site=here), PatientFactory(site=elsewhere)
    limited = ReceptionFactory(sites=[here])
    assert get_patient(limited, mine.pk) == mine
    for patient_id in (theirs.pk, uuid4()):
        with pytest.raises(Http404):
            get_patient(limited, patient_id)


def test_a_person_of_all_sites_sees_everybody(reception):
    patient = PatientFactory(site=SiteFactory())
    assert get_patient(reception, patient.pk) == patient


def test_reading_is_recorded_with_the_page(reception, patient):
    read_patient(reception, patient.pk, page="the history")
    event = Event.objects.get()
    assert (event.kind, event.patient_id) == (Kind.PATIENT_VIEWED, patient.pk)
    assert event.sentence == "opened the history"


def test_reading_what_one_may_not_see_is_refused_before_it_is_recorded(db):
    limited = ReceptionFactory(sites=[SiteFactory()])
    with pytest.raises(Http404):
        read_patient(limited, PatientFactory().pk, page="the history")
    assert not Event.objects.exists()


def test_the_open_case_is_the_one_that_is_not_closed(patient, clinician):
    assert open_case(patient) is None
    CaseFactory(patient=patient, closed_at=NOW, closed_by=clinician, outcome="discharged")
    assert open_case(patient) is None
    case = CaseFactory(patient=patient)
    assert open_case(patient) == case


def test_the_case_to_show_is_the_open_one_or_else_the_one_closed_last(
    patient, clinician, django_assert_num_queries
):
    assert shown_case(patient) is None

    def closed_days_ago(days: int) -> Case:
        closed_at = NOW - timedelta(days=days)
        return CaseFactory(
            patient=patient,
            clinician=clinician,
            opened_at=closed_at - timedelta(days=30),
            closed_at=closed_at,
            closed_by=clinician,
            outcome="discharged",
        )

    last, _ = closed_days_ago(100), closed_days_ago(500)
    with django_assert_num_queries(1):
        case = shown_case(patient)
        assert case and case.clinician == clinician
    assert case == last
    # Its day was put down wrongly, before the others began: it is the open one all the same.
    present = CaseFactory(patient=patient, opened_at=NOW - timedelta(days=900))
    assert shown_case(patient) == present


def test_nobody_asked_yet(patient):
    assert line(patient) == ("Allergies not recorded", "neutral")


def test_somebody_asked_and_none_are_known(patient, clinician):
    history.state_no_allergies(by=clinician, patient=patient, now=NOW)
    assert line(patient) == ("No known allergies", "good")


def test_allergies_are_named_with_what_happens(patient, clinician):
    for substance, reaction in [("penicillin", "rash"), ("latex", "")]:
        history.record_allergy(
            by=clinician, patient=patient, substance=substance, reaction=reaction, now=NOW
        )
    assert line(patient) == ("Allergic to latex, penicillin (rash)", "danger")


def test_an_allergy_recorded_later_overtakes_the_statement_even_when_withdrawn(patient, clinician):
    history.state_no_allergies(by=clinician, patient=patient, now=NOW)
    allergy = history.record_allergy(
        by=clinician,
        patient=patient,
        substance="latex",
        reaction="",
        now=NOW + timedelta(minutes=1),
    )
    assert line(patient)[0] == "Allergic to latex"
    history.withdraw_allergy(
        by=clinician, allergy=allergy, reason="Mixed up.", now=NOW + timedelta(minutes=2)
    )
    assert line(patient)[0] == "Allergies not recorded"
    history.state_no_allergies(by=clinician, patient=patient, now=NOW + timedelta(minutes=3))
    assert line(patient)[0] == "No known allergies"


def test_medicines_that_matter_before_a_needle_are_alerts_while_they_are_taken(patient, clinician):
    for group, name in [
        (Medicine.Group.ANTICOAGULANT, "Apixaban"),
        (Medicine.Group.ISOTRETINOIN, "Isotretinoin"),
        (Medicine.Group.MINOXIDIL_ORAL, "Minoxidil"),
    ]:
        history.record_medicine(
            by=clinician,
            patient=patient,
            group=group,
            name=name,
            dose="",
            started_date=None,
            now=NOW,
        )
    history.stop_medicine(
        by=clinician,
        medicine=patient.medicines.get(name="Isotretinoin"),
        stopped_date=timezone.localdate(),
        now=NOW,
    )
    assert patient_context(patient)["alerts"] == ["Takes an anticoagulant: Apixaban"]
    assert patient_context(patient)["short_alerts"] == ["Takes an anticoagulant"]


def test_a_patient_under_eighteen_is_an_alert(db):
    today = timezone.localdate()
    child = PatientFactory(date_of_birth=date(today.year - 17, 1, 1))
    assert patient_context(child)["alerts"] == ["Under 18: adults only"]


def test_the_banner_takes_one_query(patient, clinician, django_assert_num_queries):
    history.record_allergy(by=clinician, patient=patient, substance="latex", reaction="", now=NOW)
    with django_assert_num_queries(1):
        patient_context(patient)


def tabs_of(user, patient) -> str:
    template = Template('{% include "patients/_tabs.html" with tab="history" %}')
    return template.render(Context({"user": user, "patient": patient}))


def test_every_tab_leads_to_a_page_and_the_present_one_says_so(clinician, patient):
    html = tabs_of(clinician, patient)
    labels = ["Chart", "Appointments", "History", "Plan and sessions", "Consents", "Photos"]
    for label in [*labels, "Reviews", "Documents", "Case"]:
        assert label in html
    assert html.count('aria-current="page"') == 1


def test_reception_has_no_clinical_tabs(reception, patient):
    html = tabs_of(reception, patient)
    assert "Chart" in html
    for label in ("History", "Plan", "Consents", "Photos", "Reviews", "Documents"):
        assert label not in html


def banner_for(client_of, user, patient) -> str:
    page = client_of(user).get(reverse("patients:case", args=[patient.pk])).content.decode()
    return page[page.index('id="patient-banner"') : page.index("</section>")]


def test_the_desk_sees_what_is_dangerous_and_clinicians_the_details_too(
    client_of, reception, clinician, patient
):
    history.record_allergy(
        by=clinician, patient=patient, substance="Penicillin", reaction="rash", now=NOW
    )
    history.record_medicine(
        by=clinician,
        patient=patient,
        name="Apixaban",
        group=Medicine.Group.ANTICOAGULANT,
        dose="",
        started_date=None,
        now=NOW,
    )
    at_the_desk = banner_for(client_of, reception, patient)
    assert "Allergic to Penicillin" in at_the_desk
    assert "Takes an anticoagulant" in at_the_desk
    assert "rash" not in at_the_desk
    assert "Apixaban" not in at_the_desk
    in_the_room = banner_for(client_of, clinician, patient)
    assert "Allergic to Penicillin (rash)" in in_the_room
    assert "Takes an anticoagulant: Apixaban" in in_the_room


def test_how_a_case_ended_is_for_those_who_see_the_record(client_of, reception, clinician):
    case = CaseFactory()
    address = reverse("patients:case", args=[case.patient_id])
    close = reverse("patients:close_case", args=[case.patient_id])
    outcome = Case.Outcome.values[0]
    assert "Close the case" not in client_of(reception).get(address).content.decode()
    assert client_of(reception).post(close, {"outcome": outcome}).status_code == 403
    assert client_of(clinician).post(close, {"outcome": outcome}).status_code == 302
    label = Case.Outcome(outcome).label
    assert label in client_of(clinician).get(address).content.decode()
    page = client_of(reception).get(address).content.decode()
    assert "Earlier cases" in page
    assert label not in page
