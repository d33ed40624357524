from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from clinic.audit.kinds import Kind
from clinic.audit.models import Event
from clinic.practice.models import Technique
from patients.actions.cases import set_clinician
from patients.actions.history import state_no_allergies
from patients.models import Case
from tests.factories.patients import ConsentFactory, ConsentTemplateFactory, SignedConsentFactory
from tests.factories.staff import AdminFactory, ClinicianFactory
from tests.factories.treatments import (
    LotUseFactory,
    MicrograftPreparationFactory,
    PrpPreparationFactory,
    PrpSessionFactory,
    SessionFactory,
    ZoneFactory,
    checked,
    signed_session,
)
from tests.treatments.pages import page_of, stored, url_of, with_row
from treatments.actions import signing
from treatments.actions.signing import add_addendum, sign_session
from treatments.completeness import gaps
from treatments.models import Lot, Session

TECHNIQUES = [Technique.MICROGRAFT, Technique.PRP]


def sign(session, by, **values):
    revision = values.pop("revision", session.revision)
    return sign_session(by=by, session=session, revision=revision, now=timezone.now())


def is_signed(session):
    return Session.objects.get(pk=session.pk).is_signed


@pytest.mark.parametrize("technique", TECHNIQUES)
def test_a_whole_session_is_signed_locked_and_told_of(whole, clinician, technique):
    session = whole(technique)
    sign(session, clinician)
    signed = Session.objects.get(pk=session.pk)
    assert (signed.signed_by, signed.consent.template.technique) == (clinician, technique)
    event = Event.objects.get(kind=Kind.SESSION_SIGNED)
    assert event.sentence == f"signed {technique.label} session 1"


def test_who_signs_in_a_case_that_nobody_leads_is_responsible_for_it(whole, clinician):
    session = whole()
    set_clinician(by=clinician, case=session.case, clinician=None)
    somebody = ClinicianFactory()
    sign(session, somebody)
    assert Case.objects.get(pk=session.case_id).clinician == somebody
    event = Event.objects.filter(kind=Kind.CLINICIAN_SET).latest("id")
    assert event.sentence == f"made {somebody} responsible for the case"


def test_what_stands_above_hears_of_a_signature(whole, clinician, monkeypatch):
    heard = []
    hooks = [lambda session, by: heard.append((session.pk, by))]
    monkeypatch.setattr(signing, "after_signing", hooks)
    session = whole()
    sign(session, clinician)
    assert heard == [(session.pk, clinician)]


def test_an_error_above_undoes_the_signature(whole, clinician, monkeypatch):
    def fail(session, by):
        raise RuntimeError("the follow-up plan failed")

    monkeypatch.setattr(signing, "after_signing", [fail])
    session = whole()
    with pytest.raises(RuntimeError):
        sign(session, clinician)
    assert not is_signed(session)
    assert not Event.objects.filter(kind=Kind.SESSION_SIGNED).exists()


def test_only_those_who_may_sign_do(whole):
    with pytest.raises(PermissionDenied):
        sign(whole(), AdminFactory())


def test_a_session_is_signed_once(whole, clinician):
    session = whole()
    sign(session, clinician)
    with pytest.raises(ValidationError, match="signed this session"):
        sign(session, clinician)


def test_a_draft_saved_since_it_was_read_is_not_signed(whole, clinician):
    session = whole()
    with pytest.raises(ValidationError, match="after you opened it"):
        sign(session, clinician, revision=session.revision - 1)
    assert not is_signed(session)


MISSING = [
    ("identity_confirmed", "have said|has not said"),
    ("contraindications_checked", "not asked again"),
    ("identity_confirmed_before_injection", "not confirmed again"),
    ("aftercare_given", "Aftercare"),
    ("started_time", "start time"),
    ("ended_time", "end time"),
    ("donor_site", "Donor site is missing"),
    ("punches", "Number of punches is missing"),
    ("closure", "Closure"),
    ("saline_ml", "Saline is missing"),
    ("device", "Processing device is missing"),
    ("processing_minutes", "Processing time is missing"),
    ("suspension_ml", "Suspension obtained is missing"),
    ("lots-0-lot_number", "Lot 1 is not complete: lot number"),
    ("lots-0-DELETE", "No lot of a processing disposable is recorded"),
    ("lots-0-expiry_date", "Lot 1 is not complete: expiry"),
    ("zones-0-depth_mm", "Zone 1 is not complete: depth"),
]


@pytest.mark.parametrize(("name", "words"), MISSING)
def test_what_is_missing_is_named_and_prevents_signing(whole, clinician, name, words):
    session = whole(**{name: "on" if name.endswith("DELETE") else None})
    with pytest.raises(ValidationError, match=words):
        sign(session, clinician)
    assert not is_signed(session)


MISSING_PRP = [
    ("blood_ml", "Blood drawn is missing"),
    ("anticoagulant", "Anticoagulant is missing"),
    ("prp_ml", "PRP obtained is missing"),
    ("activator", "Activation is missing"),
    ("spins-0-minutes", "Spin 1 is not complete: minutes"),
    ("responsible_doctor", "GMC number"),
]


@pytest.mark.parametrize(("name", "words"), MISSING_PRP)
def test_what_a_prp_session_lacks_is_named(whole, clinician, name, words):
    session = whole(Technique.PRP, **{name: None})
    with pytest.raises(ValidationError, match=words):
        sign(session, clinician)


def test_platelet_counts_may_be_unknown(whole, clinician):
    session = whole(Technique.PRP, blood_platelets=None, prp_platelets=None)
    assert sign(session, clinician).is_signed


@pytest.mark.parametrize("number", ["", "123456", "12345678", "12E4567"])
def test_a_doctor_without_a_gmc_number_is_not_responsible(whole, clinician, number):
    session = whole(Technique.PRP)
    doctor = session.responsible_doctor
    doctor.registration_number = number
    doctor.save()
    with pytest.raises(ValidationError, match="GMC number"):
        sign(session, clinician)


def test_a_nurse_is_not_offered_as_the_responsible_doctor(client_of, clinician, start):
    nurse = ClinicianFactory(registration_body="nmc", registration_number="12A3456B")
    session = start("prp")
    doctors = client_of(clinician).get(url_of(session)).context["forms"].session
    offered = list(doctors.fields["responsible_doctor"].queryset)
    assert clinician in offered
    assert nurse not in offered


def test_more_than_was_prepared_is_corrected_or_explained(whole, clinician):
    session = whole(**{"zones-0-volume_ml": "4.01"})
    with pytest.raises(ValidationError, match="correct it or give the reason"):
        sign(session, clinician)


def test_more_than_was_prepared_with_a_reason_is_signed(whole, clinician):
    session = whole(**{"zones-0-volume_ml": "4.01", "volume_reason": "Saline was added."})
    assert sign(session, clinician).is_signed


def with_lidocaine(browser, session, *, weight_kg, strength, volume_ml, adrenaline=False):
    values = {"strength_percent": strength, "volume_ml": volume_ml}
    if adrenaline:
        values["with_adrenaline"] = "on"
    page = with_row(page_of(session, weight_kg=weight_kg), "anaesthetics", **values)
    assert browser.post(url_of(session), page).status_code == 302
    return stored(session)


LIDOCAINE = [
    # weight, strength %, volume mL, adrenaline, whether it may be signed
    ("50", "1", "15", False, True),
    ("50", "1", "15.01", False, False),
    ("70", "2", "10", False, True),
    ("70", "2", "10.01", False, False),
    ("50", "2", "17.5", True, True),
    ("50", "2", "17.51", True, False),
    ("120", "2", "25", True, True),
    ("120", "2", "25.01", True, False),
    ("", "2", "10", False, True),
    ("", "2", "10.01", False, False),
]


@pytest.mark.parametrize(("weight_kg", "strength", "volume_ml", "adrenaline", "allowed"), LIDOCAINE)
def test_the_maximum_of_lidocaine_holds_to_the_drop(
    client_of, clinician, whole, weight_kg, strength, volume_ml, adrenaline, allowed
):
    session = with_lidocaine(
        client_of(clinician),
        whole(),
        weight_kg=weight_kg,
        strength=strength,
        volume_ml=volume_ml,
        adrenaline=adrenaline,
    )
    checked(session)
    now = timezone.now()
    with transaction.atomic():
        try:
            with transaction.atomic():
                Session.objects.filter(pk=session.pk).update(signed_at=now, signed_by=clinician)
            database_allows = True
        except IntegrityError as error:
            assert "more lidocaine than the maximum" in str(error)
            database_allows = False
        transaction.set_rollback(True)
    assert database_allows is allowed
    if allowed:
        assert sign(session, clinician).is_signed
    else:
        with pytest.raises(ValidationError, match="over the maximum"):
            sign(session, clinician)


def test_plain_and_with_adrenaline_fill_one_maximum(client_of, clinician, whole):
    browser = client_of(clinician)
    half = {"weight_kg": "50", "strength": "1"}
    session = with_lidocaine(browser, whole(), volume_ml="7.5", **half)
    session = with_lidocaine(browser, session, volume_ml="17.6", adrenaline=True, **half)
    with pytest.raises(ValidationError, match=r"100\.3"):
        sign(session, clinician)


def test_an_unknown_weight_is_pointed_out(client_of, clinician, whole):
    session = with_lidocaine(
        client_of(clinician), whole(), weight_kg="", strength="1", volume_ml="5"
    )
    state_no_allergies(by=clinician, patient=session.patient, now=timezone.now())
    found = gaps(session, session.consent, timezone.now())
    assert [(gap.anchor, gap.blocks) for gap in found] == [("id_weight_kg", False)]


def test_a_lot_recalled_before_the_signature_prevents_it(whole, clinician):
    session = whole()
    Lot.objects.update(recalled_at=timezone.now(), recalled_by=clinician)
    with pytest.raises(ValidationError, match="recalled"):
        sign(session, clinician)


# Consent: by action and by raw SQL ----------------------------------------------------------


def _none(session):
    return None


def _withdrawn(session):
    consent = SignedConsentFactory(
        case=session.case, template=ConsentTemplateFactory(technique=session.technique)
    )
    consent.withdrawn_at, consent.withdrawn_by = timezone.now(), consent.signed_by
    consent.withdrawn_reason = "Changed their mind."
    consent.save()
    return consent


def _unsigned(session):
    return ConsentFactory(
        case=session.case, template=ConsentTemplateFactory(technique=session.technique)
    )


def _wrong_technique(session):
    other = "prp" if session.technique == "micrograft" else "micrograft"
    return SignedConsentFactory(case=session.case, template=ConsentTemplateFactory(technique=other))


def _other_patient(session):
    return SignedConsentFactory(template=ConsentTemplateFactory(technique=session.technique))


BAD_CONSENTS = [_none, _withdrawn, _unsigned, _wrong_technique, _other_patient]


def unsigned_whole(technique):
    """A draft with every child, and no consent."""
    made = PrpSessionFactory if technique == "prp" else SessionFactory
    prepare = PrpPreparationFactory if technique == "prp" else MicrograftPreparationFactory
    session = made(consent=None)
    prepare(session=session)
    ZoneFactory(session=session)
    LotUseFactory(session=session)
    return session


@pytest.mark.django_db
@pytest.mark.parametrize("technique", TECHNIQUES)
@pytest.mark.parametrize("consent_of", BAD_CONSENTS)
def test_raw_sql_cannot_sign_without_a_standing_consent(technique, consent_of):
    session = unsigned_whole(technique)
    consent = consent_of(session)
    with (
        pytest.raises(IntegrityError, match=r"standing consent|signed_whole"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "UPDATE treatments_session SET consent_id = %s, signed_at = now(), "
            "signed_by_id = operator_id WHERE id = %s",
            [consent and consent.pk, session.pk],
        )
    assert not is_signed(session)


@pytest.mark.parametrize("consent_of", BAD_CONSENTS)
def test_the_action_cannot_sign_without_a_standing_consent(whole, clinician, consent_of):
    session = whole()
    standing = session.consent or session.case.consents.get()
    standing.withdrawn_at, standing.withdrawn_by = timezone.now(), clinician
    standing.withdrawn_reason = ""
    standing.save()
    consent_of(session)
    with pytest.raises(ValidationError, match="no standing consent"):
        sign(session, clinician)
    assert not is_signed(session)


@pytest.mark.django_db
def test_a_consent_signed_after_the_session_does_not_reach_back():
    session = unsigned_whole("micrograft")
    consent = SignedConsentFactory(case=session.case)
    earlier = consent.signed_at - timedelta(minutes=1)
    with pytest.raises(IntegrityError, match="standing consent"), transaction.atomic():
        Session.objects.filter(pk=session.pk).update(
            consent=consent, signed_at=earlier, signed_by=session.operator
        )


@pytest.mark.django_db
@pytest.mark.parametrize("child", ["zones", "lot_uses", "micrograft"])
def test_the_database_signs_only_what_is_whole(child):
    session = unsigned_whole("micrograft")
    consent = SignedConsentFactory(case=session.case)
    children = session.micrograft if child == "micrograft" else getattr(session, child).all()
    children.delete()
    with pytest.raises(IntegrityError, match="preparation, a zone and a lot"), transaction.atomic():
        Session.objects.filter(pk=session.pk).update(
            consent=consent, signed_at=timezone.now(), signed_by=session.operator
        )


# Addenda ------------------------------------------------------------------------------------


def test_an_addendum_is_added_to_what_is_signed_only(draft, clinician):
    with pytest.raises(ValidationError, match="still a draft"):
        add_addendum(by=clinician, session=draft, text="More.", now=timezone.now())
    signed = signed_session()
    with pytest.raises(ValidationError):
        add_addendum(by=clinician, session=signed, text="   ", now=timezone.now())
    added = add_addendum(by=clinician, session=signed, text=" More. ", now=timezone.now())
    assert (added.text, added.added_by) == ("More.", clinician)
    assert Event.objects.filter(kind=Kind.ADDENDUM_ADDED, subject_id=signed.pk).exists()


def test_the_next_session_after_signing_has_the_next_number(whole, clinician, start):
    session = whole()
    sign(session, clinician)
    assert start().number == 2
