"""When a session, its parts and its consent can have been, in the form and in the database."""

from datetime import datetime, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from patients.models import Case
from tests.factories.booking import AppointmentFactory
from tests.factories.patients import (
    CaseFactory,
    ConsentTemplateFactory,
    SignedConsentFactory,
    closed,
)
from tests.factories.practice import RoomFactory, SiteFactory, TreatmentServiceFactory
from tests.factories.staff import ClinicianFactory, ReceptionFactory
from tests.factories.treatments import PlanFactory, checked
from tests.treatments.pages import page_of, stored, url_of
from treatments.actions.signing import sign_session
from treatments.models import MicrograftPreparation, PrpPreparation, Session

CLOCKS = {"micrograft": "harvested_time", "prp": "drawn_time"}


def sign(session, by):
    return sign_session(by=by, session=session, revision=session.revision, now=timezone.now())


def errors(browser, session, **changes):
    answer = browser.post(url_of(session), page_of(session, **changes))
    return answer.context["forms"].errors_by_id() if answer.status_code == 422 else {}


def in_minutes(session, minutes):
    return timezone.localtime(timezone=session.site.zone) + timedelta(minutes=minutes)


# The page --------------------------------------------------------------------------------------


@pytest.mark.parametrize("technique", CLOCKS)
@pytest.mark.parametrize("clock", ["08:59", "10:30"])
def test_nothing_is_taken_outside_the_session(client_of, clinician, whole, technique, clock):
    session = whole(technique)
    name = CLOCKS[technique]
    found = errors(client_of(clinician), session, **{name: clock})
    assert list(found) == [f"id_{name}"]
    assert errors(client_of(clinician), session, **{name: "09:30"}) == {}


@pytest.mark.parametrize("name", ["started_time", "ended_time", "harvested_time"])
def test_a_time_still_to_come_is_refused(client_of, clinician, draft, name):
    later = in_minutes(draft, 10)
    typed = {"started_time": "", name: later.strftime("%H:%M"), "performed_date": later.date()}
    if later.date() == timezone.localdate(timezone=draft.site.zone):
        assert "still to come" in errors(client_of(clinician), draft, **typed)[f"id_{name}"]


def test_a_clock_a_little_ahead_is_taken(client_of, clinician, draft):
    soon = in_minutes(draft, 3)
    if soon.date() == draft.performed_date:
        assert errors(client_of(clinician), draft, ended_time=soon.strftime("%H:%M")) == {}


def test_a_session_is_not_dated_before_its_case(client_of, clinician, draft):
    early = timezone.localdate(draft.case.opened_at) - timedelta(days=1)
    found = errors(client_of(clinician), draft, performed_date=early)
    assert "case was opened" in found["id_performed_date"]


# Signing ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("technique", CLOCKS)
def test_times_out_of_order_prevent_a_signature(whole, clinician, technique):
    session = whole(technique)
    prepared = PrpPreparation if technique == "prp" else MicrograftPreparation
    field = "drawn_at" if technique == "prp" else "harvested_at"
    after = session.ended_at + timedelta(minutes=1)
    prepared.objects.filter(session=session).update(**{field: after})
    with pytest.raises(ValidationError, match="after the session ends"):
        sign(stored(session), clinician)
    with pytest.raises(IntegrityError, match="times in their order"), transaction.atomic():
        Session.objects.filter(pk=session.pk).update(signed_at=timezone.now(), signed_by=clinician)


def test_an_end_still_to_come_prevents_a_signature(whole, clinician):
    session = whole()
    Session.objects.filter(pk=session.pk).update(ended_at=timezone.now() + timedelta(minutes=10))
    with pytest.raises(ValidationError, match="still to come"):
        sign(stored(session), clinician)
    with pytest.raises(IntegrityError, match="times in their order"), transaction.atomic():
        Session.objects.filter(pk=session.pk).update(signed_at=timezone.now(), signed_by=clinician)


def test_a_date_before_the_case_prevents_a_signature(whole, clinician):
    session = whole()
    Case.objects.filter(pk=session.case_id).update(opened_at=timezone.now())
    with pytest.raises(ValidationError, match="before the case was opened"):
        sign(stored(session), clinician)


# Consent ---------------------------------------------------------------------------------------


def consent_signed(session, at, case=None):
    template = ConsentTemplateFactory(technique=session.technique)
    given = at - timedelta(days=15)
    return SignedConsentFactory(
        case=case or session.case, template=template, information_given_at=given, signed_at=at
    )


def withdraw_all(session, by):
    session.case.consents.update(withdrawn_at=timezone.now(), withdrawn_by=by)


def test_consent_signed_after_the_start_prevents_a_signature(client_of, whole, clinician):
    session = whole()
    withdraw_all(session, clinician)
    late = consent_signed(session, session.started_at + timedelta(minutes=3))
    with pytest.raises(ValidationError, match=r"signed on .* 09:03, after the treatment .* 09:00"):
        sign(session, clinician)
    with pytest.raises(IntegrityError, match="from before it started"), transaction.atomic():
        Session.objects.filter(pk=session.pk).update(
            consent=late, signed_at=timezone.now(), signed_by=clinician
        )
    page = client_of(clinician).get(url_of(session, "sign")).text
    assert "Sign as" not in page


def test_an_older_consent_that_stands_carries_the_session(whole, clinician):
    session = whole()
    consent_signed(session, session.started_at + timedelta(minutes=3))
    assert sign(session, clinician).consent == session.consent


def test_without_a_start_the_day_of_the_session_counts(whole, clinician):
    session = whole()
    following = session.performed_date + timedelta(days=1)
    midnight = datetime.combine(following, time(), tzinfo=session.site.zone)
    Session.objects.filter(pk=session.pk).update(started_at=None)
    within = consent_signed(session, midnight - timedelta(minutes=1))
    late = consent_signed(session, midnight + timedelta(minutes=1))
    now = timezone.now() + timedelta(days=1)
    with pytest.raises(IntegrityError, match="from before it started"), transaction.atomic():
        Session.objects.filter(pk=session.pk).update(
            consent=late, signed_at=now, signed_by=clinician
        )
    checked(session, checked_at=now)
    Session.objects.filter(pk=session.pk).update(consent=within, signed_at=now, signed_by=clinician)


def test_the_consent_of_another_case_does_not_reach_here(whole, clinician):
    session = whole()
    earlier = CaseFactory(
        patient=session.patient, closed_at=timezone.now(), closed_by=clinician, outcome="completed"
    )
    foreign = consent_signed(session, session.started_at - timedelta(days=2), case=earlier)
    with pytest.raises(IntegrityError, match="of its own case"), transaction.atomic():
        Session.objects.filter(pk=session.pk).update(
            consent=foreign, signed_at=timezone.now(), signed_by=clinician
        )


def test_the_sign_page_shows_consent_given_after_the_draft_began(
    client_of, clinician, start, consent_to
):
    session = start()
    assert session.consent is None
    consent = consent_to()
    said = client_of(clinician).get(url_of(session, "sign")).context["parts"][0].facts
    words = next(fact.value for fact in said if fact.label == "Consent")
    assert words.startswith(f"{consent.template}, signed ")
    assert words.endswith(timezone.localtime(consent.signed_at).strftime("%H:%M"))


# The case --------------------------------------------------------------------------------------


def test_a_case_with_an_open_draft_is_not_closed(draft):
    with pytest.raises(ValidationError, match="Micrograft session 1 is still a draft"):
        closed(draft.case, "completed")
    draft.case.refresh_from_db()
    assert draft.case.closed_at is None


# Site and operator -----------------------------------------------------------------------------


@pytest.fixture
def visit(case, clinician):
    """An appointment at another site, a moment ago."""
    PlanFactory(case=case)
    return AppointmentFactory(
        patient=case.patient,
        practitioner=clinician,
        room=RoomFactory(site=SiteFactory()),
        service=TreatmentServiceFactory(),
        starts_at=timezone.now(),
    )


def start_by_hand(browser, case):
    address = reverse("treatments:start", args=[case.patient_id])
    assert browser.post(address, {"technique": "micrograft"}).status_code == 302
    return Session.objects.get(case=case)


def test_a_session_is_where_the_patient_is_today(client_of, clinician, case, visit):
    session = start_by_hand(client_of(clinician), case)
    assert (session.site, session.appointment) == (visit.site, visit)


@pytest.mark.parametrize("change", ["tomorrow", "cancelled"])
def test_a_visit_that_is_not_today_says_nothing(client_of, clinician, case, visit, change):
    if change == "tomorrow":
        visit.starts_at += timedelta(days=1)
        visit.ends_at += timedelta(days=1)
    else:
        visit.cancelled_at, visit.cancelled_by = timezone.now(), clinician
    visit.save()
    assert start_by_hand(client_of(clinician), case).appointment is None


def test_site_and_operator_of_a_draft_can_be_changed(client_of, clinician, draft):
    other, colleague = SiteFactory(), ClinicianFactory()
    assert errors(client_of(clinician), draft, site=other.pk, operator=colleague.pk) == {}
    kept = stored(draft)
    assert (kept.site, kept.operator) == (other, colleague)


def test_a_site_where_one_does_not_work_is_not_chosen(client_of, site, draft):
    local = ClinicianFactory(sites=[site])
    other = SiteFactory()
    assert list(errors(client_of(local), draft, site=other.pk)) == ["id_site"]
    assert list(errors(client_of(local), draft, operator=ReceptionFactory().pk)) == ["id_operator"]
    assert (stored(draft).site, stored(draft).operator) == (draft.site, draft.operator)


# What the pages say ----------------------------------------------------------------------------


def test_what_is_not_stored_is_counted_beside_the_time_of_saving(client_of, clinician, draft):
    page = page_of(draft, punches="-4", weight_kg="0")
    said = client_of(clinician).post(url_of(draft, "autosave"), page).json()["saved"]
    assert "2 entries not stored" in said
    assert 'data-state="error"' in said


def test_a_conflict_shows_no_sign_of_saving(client_of, clinician, draft):
    browser = client_of(clinician)
    page = page_of(draft, observations="Mine.")
    browser.post(url_of(draft), page_of(draft, observations="Theirs."))
    answer = browser.post(url_of(draft), page)
    assert answer.status_code == 409
    assert "Saved " not in answer.text


UNUSUAL = [("1.9", True), ("2", False), ("4", False), ("5", True)]


@pytest.mark.parametrize(("volume", "said"), UNUSUAL)
def test_an_unusual_volume_for_the_area_is_remarked(client_of, clinician, whole, volume, said):
    session = whole(**{"zones-0-volume_ml": volume})
    page = client_of(clinician).get(url_of(session)).text
    assert ("outside the usual 0.05–0.1" in page) is said
    page = client_of(clinician).get(url_of(session, "sign")).text
    assert ("outside the usual 0.05–0.1" in page) is said


def test_a_complete_course_offers_another_session(client_of, clinician, whole, case):
    PlanFactory(case=case, sessions_planned=1)
    sign(whole(), clinician)
    browser = client_of(clinician)
    page = browser.get(reverse("treatments:plan", args=[case.patient_id])).text
    assert "Start another session" in page
    second = start_by_hand_again(browser, case)
    assert "session 2 of 1" not in browser.get(url_of(second)).text


def start_by_hand_again(browser, case):
    browser.post(reverse("treatments:start", args=[case.patient_id]), {"technique": "micrograft"})
    return Session.objects.drafts().get(case=case)


def test_consent_that_is_signed_is_not_waited_for(client_of, clinician, case, consent_to):
    PlanFactory(case=case)
    consent_to()
    page = client_of(clinician).get(reverse("treatments:plan", args=[case.patient_id])).text
    assert "As soon as consent is signed" not in page
