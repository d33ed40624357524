"""Every state of a consent: what stands in it, what is refused, and that each refusal says why."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from clinic.documents.models import Document
from patients.actions.consents import (
    AlreadySignedError,
    countersign,
    give_information,
    sign_consent,
    withdraw_consent,
)
from patients.consent.clock import expires_at
from patients.consent.discussion import Discussion
from patients.consent.overview import subjects
from patients.consent.rules import (
    may_send_marketing,
    may_use_for_research,
    may_use_photos,
    may_write_to_gp,
    standing_consents,
)
from patients.consent.wording import digest
from patients.models import Consent
from tests.factories.patients import SignedConsentFactory
from tests.factories.staff import ClinicianFactory
from tests.patients.consents import (
    LATER,
    NOW,
    TALK,
    ZONE,
    discussed,
    fresh,
    informed,
    patient_signed,
    signed,
    standing,
    text,
)

pytestmark = pytest.mark.django_db

ASSESSED = {
    "risks_added": ["Bleeding"],
    "no_treatment_discussed": True,
    "capacity": "assessed",
    "can_understand": True,
    "can_retain": True,
    "can_weigh": True,
    "can_communicate": True,
    "capacity_note": "Tired after the journey; said it all back.",
}


def words_of(case, now=LATER) -> list[str]:
    """The states of the first subject, in words."""
    return [state.words for state in subjects(case.patient, case, now=now)[0].states]


# ---- information ----


def test_the_language_and_the_interpreter_are_kept_with_the_information(clinician, case):
    text(version=1)
    polish = text(version=1, language="pl", statements=["Tak."])
    consent = give_information(
        by=clinician, case=case, template=polish, zone=ZONE, now=NOW, interpreter=" Ewa, Lingua 7 "
    )
    consent = fresh(consent)
    assert consent.template.get_language_display() == "Polish"
    assert (consent.interpreter_needed, consent.interpreter) == (True, "Ewa, Lingua 7")
    signed(clinician, consent)
    assert "- Tak." in fresh(consent).signed_text
    assert "Ewa, Lingua 7" in fresh(consent).clinician_statement


def test_a_translation_of_an_older_version_is_not_given(clinician, case):
    text(version=1)
    polish = text(version=1, language="pl")
    text(version=2)
    with pytest.raises(ValidationError, match="newer"):
        informed(clinician, case, template=polish)


# ---- the talk, and capacity ----


def test_nothing_is_signed_before_the_talk_is_recorded(clinician, case):
    consent = informed(clinician, case)
    with pytest.raises(ValidationError, match="Record first what was talked about"):
        sign_consent(by=clinician, consent=consent, signed_name="Ada Okoro", zone=ZONE, now=LATER)
    assert fresh(consent).signed_at is None


@pytest.mark.parametrize(
    ("talk", "field"),
    [
        (Discussion(no_treatment_discussed=True), "risks_added"),
        (Discussion(risks_added=["Bleeding"]), "no_treatment_discussed"),
        (Discussion(**ASSESSED | {"can_weigh": None}), "can_weigh"),
        (Discussion(**ASSESSED | {"capacity_note": "Fine."}), "capacity_note"),
    ],
    ids=["no risk", "no word of no treatment", "a part not answered", "no note"],
)
def test_a_talk_about_a_treatment_is_whole_or_says_what_is_missing(clinician, case, talk, field):
    consent = informed(clinician, case)
    with pytest.raises(ValidationError) as refusal:
        discussed(clinician, consent, discussion=talk)
    assert field in refusal.value.message_dict
    assert fresh(consent).discussed_at is None


def test_a_talk_that_somebody_else_recorded_meanwhile_is_not_overwritten(clinician, case):
    consent = informed(clinician, case)
    discussed(clinician, consent)
    with pytest.raises(ValidationError, match="recorded this talk after you opened the page"):
        from patients.actions.consents import record_discussion

        record_discussion(
            by=ClinicianFactory(),
            consent=consent,
            discussion=Discussion(**ASSESSED),
            seen=None,
            zone=ZONE,
            now=LATER,
        )
    assert fresh(consent).capacity == "assumed"


@pytest.mark.parametrize("part", ["can_understand", "can_retain", "can_weigh", "can_communicate"])
def test_who_fails_one_of_the_four_parts_signs_nothing(clinician, case, part):
    consent = informed(clinician, case)
    discussed(clinician, consent, discussion=Discussion(**ASSESSED | {part: False}))
    assert words_of(case) == ["The patient cannot decide now"]
    with pytest.raises(ValidationError, match="not able to decide"):
        sign_consent(by=clinician, consent=consent, signed_name="Ada Okoro", zone=ZONE, now=LATER)
    discussed(clinician, consent, now=LATER, discussion=Discussion(**ASSESSED))
    signed(clinician, consent)
    assert fresh(consent).is_valid
    assert "I assessed the patient's capacity" in fresh(consent).clinician_statement


def test_answers_of_an_assessment_are_dropped_where_capacity_was_assumed(clinician, case):
    consent = informed(clinician, case)
    talk = Discussion(**ASSESSED | {"capacity": "assumed"})
    discussed(clinician, consent, discussion=talk)
    assert (fresh(consent).can_weigh, fresh(consent).capacity_note) == (None, "")


# ---- the clinician's signature ----


def test_a_consent_stands_once_the_clinician_who_took_it_signed_too(clinician, case):
    consent = patient_signed(clinician, informed(clinician, case))
    assert words_of(case) == ["Waits for the clinician's signature"]
    assert standing(case) is None
    with pytest.raises(PermissionDenied, match="took the signature"):
        countersign(by=ClinicianFactory(), consent=consent, name="Somebody Else", now=LATER)
    with pytest.raises(ValidationError, match="Type your own name"):
        countersign(by=clinician, consent=consent, name="Somebody Else", now=LATER)
    countersign(by=clinician, consent=consent, name=f" {clinician} ", now=LATER)
    consent = fresh(consent)
    assert consent.clinician_name == str(clinician)
    assert "having no treatment among them" in consent.clinician_statement
    assert standing(case) == consent
    with pytest.raises(AlreadySignedError):
        countersign(by=clinician, consent=consent, name=str(clinician), now=LATER)


def test_the_patient_signs_first(clinician, case):
    consent = discussed(clinician, informed(clinician, case))
    with pytest.raises(ValidationError, match="The patient signs first"):
        countersign(by=clinician, consent=consent, name=str(clinician), now=LATER)


def test_what_was_taken_back_is_not_signed_for(clinician, case):
    consent = patient_signed(clinician, informed(clinician, case))
    withdraw_consent(by=clinician, consent=consent, now=LATER, how="phone")
    with pytest.raises(ValidationError, match="took this consent back"):
        countersign(by=clinician, consent=consent, name=str(clinician), now=LATER)
    assert fresh(consent).withdrawn_how == "phone"


def test_the_paper_is_asked_for_once_both_have_signed(clinician, case):
    consent = patient_signed(clinician, informed(clinician, case))
    assert not Document.objects.exists()
    countersign(by=clinician, consent=consent, name=str(clinician), now=LATER)
    paper = Document.objects.get()
    assert (paper.kind, paper.subject_id, paper.patient) == (
        *("signed_consent", consent.pk),
        case.patient,
    )


def test_the_frozen_text_holds_the_talk_and_agrees_with_its_digest(clinician, case):
    consent = informed(clinician, case)
    discussed(clinician, consent, discussion=Discussion(**TALK.values() | {"matters": "# My job"}))
    signed(clinician, consent)
    consent = fresh(consent)
    assert "# Risks that we talked about\n\n- Bleeding" in consent.signed_text
    assert "- No treatment" in consent.signed_text
    assert "“My job”" in consent.signed_text, "what a patient says is no heading"
    assert consent.signed_text_sha256 == digest(consent.signed_text)


# ---- expiry ----


def test_a_consent_expires_so_many_months_later_on_the_clinics_clock(clinician, case):
    consent = signed(clinician, informed(clinician, case, template=text(valid_months=12)))
    assert fresh(consent).expires_at == LATER.replace(year=LATER.year + 1)
    almost = fresh(consent).expires_at - timedelta(microseconds=1)
    at_the_end = fresh(consent).expires_at
    assert standing_consents(case, "micrograft", at=almost).exists()
    assert not standing_consents(case, "micrograft", at=at_the_end).exists()
    assert words_of(case, almost) != words_of(case, at_the_end)
    assert words_of(case, at_the_end)[0].startswith("Expired ")


@pytest.mark.parametrize(
    ("signed_at", "months", "expires"),
    [
        (datetime(2026, 8, 31, 9, tzinfo=UTC), 6, datetime(2027, 2, 28, 10, tzinfo=UTC)),
        (datetime(2027, 8, 29, 9, tzinfo=UTC), 6, datetime(2028, 2, 29, 10, tzinfo=UTC)),
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), 1, datetime(2027, 1, 31, 23, 30, tzinfo=UTC)),
        (datetime(2026, 1, 15, 9, tzinfo=UTC), None, None),
    ],
    ids=["short month", "leap year", "new year", "no end"],
)
def test_months_end_on_the_same_day_or_the_last_of_a_short_month(signed_at, months, expires):
    assert expires_at(signed_at, months, ZONE) == expires


# ---- older texts ----


def test_an_older_text_stands_or_is_blocked_as_the_newer_one_says(clinician, case):
    consent = signed(clinician, informed(clinician, case, template=text(version=1)))
    text(version=2, published_at=LATER)
    assert standing(case) == consent
    assert words_of(case)[0].startswith("Signed ")
    text(
        version=3,
        published_at=LATER,
        earlier_consents="anew",
        earlier_reason="A risk was missing.",
    )
    assert words_of(case) == ["New text: must be signed anew"]
    before = standing_consents(case, "micrograft", at=LATER - timedelta(seconds=1))
    assert before.get() == consent
    assert not standing_consents(case, "micrograft", at=LATER).exists()


# ---- what follows for others ----


@pytest.mark.parametrize(
    ("purpose", "allows"),
    [
        ("marketing", may_send_marketing),
        ("research", may_use_for_research),
        ("gp", may_write_to_gp),
    ],
)
def test_a_purpose_is_allowed_from_both_signatures_to_the_withdrawal(
    clinician, case, purpose, allows
):
    template = text("", purpose=purpose, reflection_days=0)
    consent = informed(clinician, case, template=template)
    assert not allows(case.patient)
    patient_signed(clinician, consent)
    assert not allows(case.patient)
    countersign(by=clinician, consent=consent, name=str(clinician), now=LATER)
    assert allows(case.patient)
    others = {may_send_marketing, may_use_for_research, may_write_to_gp} - {allows}
    assert not any(other(case.patient) for other in others)
    withdraw_consent(by=clinician, consent=consent, now=LATER)
    assert not allows(case.patient)


def test_photographs_are_not_used_under_a_text_that_must_be_signed_anew(case):
    template = text("", version=1, reflection_days=0)
    SignedConsentFactory(case=case, template=template, photo_scopes=["clinical"])
    assert may_use_photos(case.patient, "clinical")
    text("", version=2, earlier_consents="anew", earlier_reason="The website moved abroad.")
    assert not may_use_photos(case.patient, "clinical")


def test_a_consent_of_the_first_process_stands_without_the_clinicians_signature(case):
    consent = SignedConsentFactory(case=case)
    first = Consent(process=1, signed_at=consent.signed_at)
    assert first.is_whole
    assert not Consent(process=2, signed_at=consent.signed_at).is_whole
