"""The chart tells what matters now and everything that happened."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clinic.audit.kinds import Kind
from clinic.audit.models import Event
from clinic.caseload.reading.timeline import PAGE_SIZE
from patients.models import HistoryEntry, Medicine
from tests.factories.booking import AppointmentFactory
from tests.factories.consenting import SigningRequestFactory
from tests.factories.documents import PrivateLinkFactory
from tests.factories.followups import ExaminationFactory, MeasurementFactory
from tests.factories.messaging import MessageFactory
from tests.factories.patients import (
    CaseFactory,
    DiagnosisFactory,
    DiscussedConsentFactory,
    PatientFactory,
    SignedConsentFactory,
)
from tests.factories.photos import PhotoFactory, PhotoSetFactory
from tests.factories.practice import SiteFactory
from tests.factories.staff import ClinicianFactory, ReceptionFactory
from tests.factories.treatments import PlanFactory, signed_session

pytestmark = pytest.mark.django_db

MOST_QUERIES = 12


def chart_of(patient) -> str:
    return reverse("caseload:chart", args=[patient.pk])


def busy_case(site):
    case = CaseFactory()
    DiagnosisFactory(case=case, made_by=case.clinician)
    AppointmentFactory(patient=case.patient)
    plan = PlanFactory(case=case)
    SignedConsentFactory(case=case)
    signed_session(case=case, plan=plan, site=site)
    MeasurementFactory(examination=ExaminationFactory(case=case))
    return case


def test_what_can_only_be_taken_down_before_treatment_is_asked_for(client_of, clinician, site):
    case = CaseFactory()
    chart, baseline = chart_of(case.patient), reverse("followups:baseline", args=[case.patient_id])
    client = client_of(clinician)
    assert baseline not in client.get(chart).content.decode(), "nobody has come yet"
    DiagnosisFactory(case=case, made_by=clinician)
    page = client.get(chart).content.decode()
    assert f'href="{baseline}"' in page
    assert "No photographs yet" in page
    ExaminationFactory(case=case)
    photo = PhotoFactory(photo_set=PhotoSetFactory(case=case))
    page = client.get(chart).content.decode()
    assert "Before treatment" not in page
    photo.withdrawn_at, photo.withdrawn_by = timezone.now(), clinician
    photo.save()
    assert "No photographs yet" in client.get(chart).content.decode()
    signed_session(case=case, plan=PlanFactory(case=case), site=site)
    assert "Before treatment" not in client.get(chart).content.decode()


def test_the_medicines_that_are_taken_stand_on_the_chart_with_their_dose(client_of, clinician):
    case = CaseFactory()
    client, chart = client_of(clinician), chart_of(case.patient)
    assert "None recorded" in client.get(chart).content.decode()
    today = timezone.localdate()
    for name, dose, stopped in (
        ("Minoxidil", "5 mg once a day", None),
        ("Finasteride", "", None),
        ("Dutasteride", "0.5 mg", today),
    ):
        Medicine.check_and_create(
            patient=case.patient,
            group=Medicine.Group.OTHER,
            name=name,
            dose=dose,
            stopped_date=stopped,
            recorded_at=timezone.now(),
            recorded_by=clinician,
        )
    page = client.get(chart).content.decode()
    assert "<dd>Finasteride; Minoxidil 5 mg once a day</dd>" in page
    assert "Stopped Dutasteride" in page, "the timeline tells of it"


def test_the_medicines_are_not_shown_to_who_sees_nothing_clinical(client_of, clinician, site):
    case = CaseFactory(patient=PatientFactory(site=site))
    Medicine.check_and_create(
        patient=case.patient,
        group=Medicine.Group.FINASTERIDE,
        name="Finasteride",
        recorded_at=timezone.now(),
        recorded_by=clinician,
    )
    desk = client_of(ReceptionFactory(sites=[site]))
    assert "Finasteride" not in desk.get(chart_of(case.patient)).content.decode()


def test_who_may_not_record_is_not_asked_to(client_of, admin):
    case = CaseFactory()
    DiagnosisFactory(case=case)
    page = client_of(admin).get(chart_of(case.patient)).content.decode()
    assert "Before treatment" not in page


def test_a_message_of_the_timeline_leads_to_the_patients_own_messages(client_of, reception):
    message = MessageFactory(sent_at=timezone.now())
    page = client_of(reception).get(chart_of(message.patient)).content.decode()
    assert f'href="{reverse("messaging:outbox")}?patient={message.patient_id}"' in page


def test_it_shows_the_problem_the_plan_and_the_next_visit(site, clinician, client_of):
    case = busy_case(site)
    page = client_of(clinician).get(chart_of(case.patient)).content.decode()
    assert "Norwood-Hamilton III" in page
    assert "1 of 3 sessions" in page
    assert "Consent signed" in page
    assert "Micrograft session" in page


def test_opening_it_is_on_record(site, clinician, client_of):
    patient = PatientFactory(site=site)
    client_of(clinician).get(chart_of(patient))
    event = Event.objects.get(kind=Kind.PATIENT_VIEWED)
    assert (event.actor, event.patient_id) == (clinician, patient.pk)
    assert event.sentence == "opened the chart"


def test_an_empty_record_says_what_will_be_there(site, clinician, client_of):
    page = client_of(clinician).get(chart_of(PatientFactory(site=site))).content.decode()
    assert "Nothing has happened yet" in page
    assert "No case is open" in page
    assert "Allergies not recorded" in page


def test_reception_sees_visits_but_nothing_clinical(site, reception, client_of):
    case = busy_case(site)
    HistoryEntry.objects.create(
        patient=case.patient,
        topic="hair",
        text="x",
        recorded_at=timezone.now(),
        recorded_by=case.clinician,
    )
    page = client_of(reception).get(chart_of(case.patient)).content.decode()
    assert "Consultation" in page
    for clinical in ("Androgenetic", "1 of 3", "Micrograft", "history recorded", "Baseline"):
        assert clinical not in page


def test_reception_finds_the_code_of_an_open_consent_link_on_the_chart(
    site, reception, clinician, client_of
):
    consent = DiscussedConsentFactory(case=CaseFactory(patient=PatientFactory(site=site)))
    patient = consent.patient
    tell = reverse("consenting:tell_code", args=[patient.pk])
    assert tell not in client_of(reception).get(chart_of(patient)).text
    link = PrivateLinkFactory(patient=patient, way="email")
    assert tell not in client_of(reception).get(chart_of(patient)).text, "there is nothing to sign"
    SigningRequestFactory(consent=consent, link=link)
    assert tell in client_of(reception).get(chart_of(patient)).text
    assert tell not in client_of(clinician).get(chart_of(patient)).text
    link.expires_at = timezone.now() - timedelta(minutes=1)
    link.save()
    assert tell not in client_of(reception).get(chart_of(patient)).text


def test_a_patient_of_another_site_does_not_exist(client_of):
    here, elsewhere = SiteFactory(), SiteFactory()
    patient = PatientFactory(site=elsewhere)
    assert client_of(ClinicianFactory(sites=[here])).get(chart_of(patient)).status_code == 404
    assert client_of(ClinicianFactory(sites=[elsewhere])).get(chart_of(patient)).status_code == 200
    assert client_of(ReceptionFactory()).get(chart_of(patient)).status_code == 200


def test_the_timeline_can_be_narrowed_and_says_when_there_is_more(site, clinician, client_of):
    case = CaseFactory()
    for _ in range(PAGE_SIZE + 1):
        HistoryEntry.objects.create(
            patient=case.patient,
            topic="hair",
            text="x",
            recorded_at=timezone.now(),
            recorded_by=case.clinician,
        )
    client = client_of(clinician)
    page = client.get(chart_of(case.patient)).content.decode()
    assert page.count("history recorded") == PAGE_SIZE
    assert "Show everything before" in page
    assert "Earlier entries are not printed here." in page
    whole = client.get(chart_of(case.patient), {"whole": ""}).content.decode()
    assert whole.count("history recorded") == PAGE_SIZE + 1
    assert "Show everything before" not in whole
    assert (
        "history recorded"
        not in client.get(chart_of(case.patient), {"show": "messages"}).content.decode()
    )


def test_print_leads_to_the_whole_chart_whatever_is_shown_and_paper_says_what_it_lacks(
    clinician, client_of, site
):
    case = CaseFactory(clinician=clinician, patient=PatientFactory(site=site))

    def of(user, **asked):
        return client_of(user).get(chart_of(case.patient), asked).content.decode()

    def head(page):
        return page.partition("print-whose")[2].partition("</p>")[0]

    part = of(clinician, show="photographs")
    assert 'href="?whole&amp;print"' in part
    assert "of the timeline only" in head(part)
    whole = head(of(clinician, whole=""))
    assert "only" not in whole
    assert "without" not in whole
    assert "without the clinical record" in head(of(ReceptionFactory(sites=[site]), whole=""))


def test_each_sheet_of_a_printed_chart_says_whose_it_is_and_who_printed_it(clinician, client_of):
    case = CaseFactory()
    page = client_of(clinician).get(chart_of(case.patient), {"whole": "", "print": ""})
    head = page.content.decode().partition("print-whose")[2].partition("</p>")[0]
    assert str(case.patient) in head
    assert case.patient.number in head
    assert str(clinician) in head
    assert "data-print-now" in page.content.decode()
    assert "data-print-now" not in client_of(clinician).get(chart_of(case.patient)).content.decode()


def test_a_long_record_costs_no_more_queries_than_a_short_one(site, clinician, client_of):
    client, case = client_of(clinician), busy_case(site)
    with CaptureQueriesContext(
        connection,
    ) as short:
        client.get(chart_of(case.patient))
    for number in (2, 3, 4):
        signed_session(case=case, number=number, site=site)
        DiagnosisFactory(case=case, made_by=case.clinician)
    with CaptureQueriesContext(connection) as long:
        client.get(chart_of(case.patient))
    assert len(long) == len(short) <= MOST_QUERIES
