from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from clinic.audit.kinds import Kind
from clinic.audit.models import Event
from tests.factories.booking import AppointmentFactory
from tests.factories.practice import RoomFactory, SiteFactory, TreatmentServiceFactory
from tests.factories.treatments import PlanFactory, SessionFactory, signed_session
from tests.treatments.pages import stored
from treatments.actions.starting import start_session
from treatments.models import Lot, Session


def test_a_draft_carries_plan_number_site_operator_and_consent(start, consent_to, site, clinician):
    consent = consent_to()
    session = start()
    assert (session.number, session.site, session.operator) == (1, site, clinician)
    assert (session.consent, session.plan.technique) == (consent, "micrograft")
    assert not session.identity_confirmed
    assert Event.objects.filter(kind=Kind.SESSION_STARTED, subject_id=session.pk).count() == 1


def test_starting_again_opens_the_open_draft(start):
    assert start().pk == start().pk
    assert Event.objects.filter(kind=Kind.SESSION_STARTED).count() == 1


def test_the_database_holds_one_draft_of_a_technique(draft):
    with pytest.raises(IntegrityError, match="one_draft"), transaction.atomic():
        SessionFactory(case=draft.case, number=7, consent=None, site=draft.site)


def test_both_techniques_may_be_open_at_once(draft, prp_draft):
    assert draft.pk != prp_draft.pk


def test_without_a_plan_nothing_starts(case, clinician, site):
    with pytest.raises(ValidationError, match="no plan"):
        start_session(by=clinician, case=case, technique="prp", site=site, now=timezone.now())


def test_reception_cannot_start(case, reception, site):
    PlanFactory(case=case)
    with pytest.raises(PermissionDenied):
        start_session(
            by=reception, case=case, technique="micrograft", site=site, now=timezone.now()
        )


def test_another_patients_appointment_is_refused(case, clinician, site):
    PlanFactory(case=case)
    with pytest.raises(ValidationError, match="another patient"):
        start_session(
            by=clinician,
            case=case,
            technique="micrograft",
            site=site,
            now=timezone.now(),
            appointment=AppointmentFactory(),
        )


def test_the_method_comes_from_last_time_and_the_results_do_not(start, case):
    plan = PlanFactory(case=case)
    last = signed_session(case=case, plan=plan)
    session = stored(start())
    assert session.number == 2
    assert session.micrograft.device == last.micrograft.device
    assert session.micrograft.punch_diameter_mm == Decimal("2.0")
    assert session.micrograft.suspension_ml is None
    assert session.micrograft.punches is None
    assert not session.zones.all()
    assert not session.lot_uses.all()
    assert session.unfinished == {
        "zones": [{"region": "vertex", "depth_mm": "4", "needle": "30G × 4 mm"}],
        "lots": [{"kind": Lot.Kind.DEVICE, "product": "Tissue disruptor"}],
    }
    assert not session.aftercare_given


def test_spins_come_from_last_time(start, case):
    signed_session("prp", case=case, plan=PlanFactory(case=case, technique="prp"))
    session = start("prp")
    assert [(spin.rcf_g, spin.minutes) for spin in session.spins.all()] == [
        (Decimal("377.3"), Decimal("10.0"))
    ]
    assert session.prp.prp_platelets is None
    assert session.prp.anticoagulant == "acd_a"


def test_another_patients_session_is_not_last_time(start, case):
    signed_session()
    session = start()
    assert session.unfinished == {}


def test_the_page_starts_at_the_appointments_site(client_of, clinician, case):
    PlanFactory(case=case)
    PlanFactory(case=case, technique="prp")
    elsewhere = RoomFactory(site=SiteFactory())
    appointment = AppointmentFactory(
        patient=case.patient, room=elsewhere, service=TreatmentServiceFactory()
    )
    browser = client_of(clinician)
    address = reverse("treatments:start", args=[case.patient_id])
    shown = browser.get(address, {"appointment": appointment.pk})
    assert [course.plan.technique for course in shown.context["courses"]] == ["micrograft"]
    browser.post(address, {"technique": "micrograft", "appointment": appointment.pk})
    session = Session.objects.get()
    assert (session.site, session.appointment) == (elsewhere.site, appointment)


def test_an_open_draft_is_opened_instead(client_of, clinician, draft):
    address = reverse("treatments:start", args=[draft.patient_id])
    answer = client_of(clinician).get(address, {"technique": "micrograft"})
    assert answer.status_code == 302
    assert answer.url == reverse("treatments:session", args=[draft.patient_id, draft.pk])


@pytest.mark.parametrize("appointment", ["nonsense", "00000000-0000-7000-8000-000000000000"])
def test_an_appointment_that_is_not_the_patients_is_not_found(
    client_of, clinician, case, appointment
):
    address = reverse("treatments:start", args=[case.patient_id])
    assert client_of(clinician).get(address, {"appointment": appointment}).status_code == 404


def test_a_technique_without_a_plan_is_refused_in_words(client_of, clinician, case):
    answer = client_of(clinician).post(
        reverse("treatments:start", args=[case.patient_id]), {"technique": "leeches"}
    )
    assert answer.status_code == 422
    assert "There is no plan for this technique" in answer.text


def test_helpers_find_signed_sessions_and_drafts(start, case):
    signed = signed_session(case=case)
    opened = start()
    assert Session.objects.last_signed(case, "micrograft") == signed
    assert Session.objects.last_signed(case, "prp") is None
    assert list(Session.objects.signed().for_case(case)) == [signed]
    assert list(Session.objects.drafts()) == [opened]
