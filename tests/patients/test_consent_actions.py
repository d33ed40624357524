"""Giving information, signing, withdrawing: what happens, what is refused, and what then stands."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from clinic.audit.models import Event
from clinic.practice.models import Technique
from patients.actions.consent_templates import publish_template
from patients.actions.consents import AlreadySignedError, sign_consent, withdraw_consent
from patients.consent.overview import subjects
from patients.consent.wording import digest
from patients.models import Case, Consent, ConsentTemplate
from tests.factories.patients import CaseFactory, SignedConsentFactory
from tests.patients.consents import (
    LATER,
    NOW,
    SIGNATURE,
    case_of,
    fresh,
    informed,
    patient_signed,
    sentences,
    signed,
    standing,
    text,
)

pytestmark = pytest.mark.django_db


# ---- information ----


def test_the_clock_starts_when_the_information_is_given(clinician, case):
    consent = fresh(informed(clinician, case))
    assert consent.information_given_at == NOW
    assert consent.information_given_by == clinician
    assert consent.reflect_until == NOW + timedelta(days=14)
    assert sentences() == ["gave the information for micrograft text"]
    assert Event.objects.get().patient_id == case.patient_id


def test_the_clock_is_the_clinics(clinician, case):
    template = text(reflection_days=7)
    before_the_change = datetime(2026, 3, 27, 12, 0, tzinfo=UTC)
    consent = informed(clinician, case, template=template, now=before_the_change)
    assert consent.reflect_until == datetime(2026, 4, 3, 11, 0, tzinfo=UTC)


def test_the_same_information_is_not_given_twice_before_it_is_signed(clinician, case):
    first = informed(clinician, case)
    with pytest.raises(ValidationError, match="already given"):
        informed(clinician, case, template=first.template)
    assert Consent.objects.count() == 1
    assert len(sentences()) == 1


def test_a_text_that_was_replaced_or_not_published_is_not_given(clinician, case):
    old, draft = text(version=1), text(version=3, published_at=None, published_by=None)
    text(version=2)
    alone = text(Technique.PRP, published_at=None, published_by=None)
    for template in (old, draft, alone):
        with pytest.raises(ValidationError, match="newer"):
            informed(clinician, case, template=template)


def test_a_closed_case_takes_no_new_information(clinician):
    closed = CaseFactory(closed_at=NOW, closed_by=clinician, outcome=Case.Outcome.DISCHARGED)
    with pytest.raises(ValidationError, match="closed"):
        informed(clinician, closed)


# ---- signature ----


SAID = {"signature_png": SIGNATURE, "questions": " Does it hurt? ", "matters": "No tablets."}


def test_a_signature_freezes_the_text_and_its_digest(clinician, case):
    consent = patient_signed(
        clinician,
        informed(clinician, case),
        signature_png=SIGNATURE,
        questions=" Does it hurt? ",
        matters="No tablets.",
    )
    consent = fresh(consent)
    assert (consent.signed_at, consent.signed_by) == (LATER, clinician)
    assert consent.signed_name == "Ada Okoro"
    assert (consent.questions, consent.matters) == ("Does it hurt?", "No tablets.")
    for told in ("“Does it hurt?”", "“No tablets.”", "- Bleeding", "- No treatment"):
        assert told in consent.signed_text
    assert consent.signature_png.startswith("data:image/png;base64,")
    assert consent.template.body in consent.signed_text
    assert "I agree to this treatment." in consent.signed_text
    assert consent.signed_text_sha256 == digest(consent.signed_text)
    assert sentences()[-1] == "took the signed consent for micrograft text"
    assert Event.objects.latest("id").details["before_time"] is False


def test_a_typed_name_is_a_signature(clinician, case):
    assert fresh(signed(clinician, informed(clinician, case))).signature_png == ""


def test_signing_before_the_time_is_over_needs_a_reason(clinician, case):
    consent = informed(clinician, case)
    almost = LATER - timedelta(microseconds=1)
    for reason in ("", "  \n", "x", "he said so"[:9]):
        with pytest.raises(ValidationError, match="time to reflect"):
            patient_signed(clinician, consent, now=almost, early_reason=reason)
    assert fresh(consent).signed_at is None
    patient_signed(clinician, consent, now=almost, early_reason="Travels once a year.")
    assert fresh(consent).early_reason == "Travels once a year."
    told = Event.objects.latest("id").details
    assert (told["title"], told["before_time"]) == ("micrograft text", True)
    assert sentences()[-1] == (
        "took the signed consent for micrograft text, before the time to reflect was over"
    )


def test_a_second_signature_changes_nothing(clinician, case):
    consent = informed(clinician, case)
    signed(clinician, consent)
    with pytest.raises(AlreadySignedError, match="signed already"):
        signed(clinician, consent, now=LATER + timedelta(minutes=1))
    assert fresh(consent).signed_at == LATER
    assert Event.objects.filter(kind="patients.consent_signed").count() == 1


def test_adults_only_to_the_day_on_the_clinics_calendar(clinician):
    case = case_of(date_of_birth=date(2008, 7, 10))
    consent = informed(clinician, case, now=datetime(2026, 6, 1, 9, 0, tzinfo=UTC))
    # 23:30 in UTC on the eve is 00:30 on the birthday in London.
    eve = datetime(2026, 7, 9, 22, 59, tzinfo=UTC)
    with pytest.raises(ValidationError, match="under 18"):
        signed(clinician, consent, now=eve)
    with pytest.raises(ValidationError, match="under 18"):
        sign_consent(
            by=clinician,
            consent=consent,
            signed_name="Invented Person",
            zone=ZoneInfo("America/New_York"),
            now=eve + timedelta(minutes=30),
        )
    signed(clinician, consent, now=eve + timedelta(minutes=30))
    assert fresh(consent).is_valid


def test_a_text_that_was_replaced_since_cannot_be_signed(clinician, case):
    consent = informed(clinician, case, template=text(version=1))
    text(version=2, published_at=None, published_by=None)
    draft = ConsentTemplate.objects.get(version=2)
    publish_template(by=clinician, template=draft, now=NOW + timedelta(days=2))
    with pytest.raises(ValidationError, match="replaced by version 2"):
        signed(clinician, consent)
    new = informed(clinician, case, template=draft, now=LATER)
    assert new.reflect_until == LATER + timedelta(days=14)
    signed(clinician, new, now=new.reflect_until)
    assert fresh(new).is_valid


def test_a_new_text_for_another_technique_is_no_obstacle(clinician, case):
    consent = informed(clinician, case, template=text(version=1))
    text(Technique.PRP, version=2)
    signed(clinician, consent)


def test_a_draft_of_a_new_text_is_no_obstacle(clinician, case):
    consent = informed(clinician, case, template=text(version=1))
    text(version=2, published_at=None, published_by=None)
    signed(clinician, consent)


def test_what_was_given_in_a_closed_case_is_not_signed(clinician, case):
    consent = informed(clinician, case)
    Case.objects.update(closed_at=LATER, closed_by=clinician, outcome=Case.Outcome.LOST)
    with pytest.raises(ValidationError, match="case is closed"):
        signed(clinician, consent)


def test_a_bad_drawing_signs_nothing(clinician, case):
    consent = informed(clinician, case)
    with pytest.raises(ValidationError, match="could not be read"):
        signed(clinician, consent, signature_png="data:image/png;base64,AAAA")
    assert fresh(consent).signed_at is None


# ---- what stands ----


def test_a_consent_stands_for_its_technique_until_it_is_withdrawn(clinician, case):
    assert standing(case) is None
    consent = informed(clinician, case)
    assert standing(case) is None
    signed(clinician, consent)
    assert standing(case) == consent
    assert standing(case, Technique.PRP) is None
    assert standing(case_of()) is None
    withdraw_consent(by=clinician, consent=consent, now=LATER, reason=" Not now. ")
    assert standing(case) is None
    withdrawn = fresh(consent)
    assert (withdrawn.withdrawn_at, withdrawn.withdrawn_by) == (LATER, clinician)
    assert withdrawn.withdrawn_reason == "Not now."
    assert sentences()[-1] == "recorded the withdrawal of micrograft text"


def test_a_treatment_consent_ends_with_its_case(clinician, case):
    signed(clinician, informed(clinician, case))
    Case.objects.update(closed_at=LATER, closed_by=clinician, outcome=Case.Outcome.DISCHARGED)
    assert standing(case) is None
    assert standing(CaseFactory(patient=case.patient)) is None


def test_the_signature_under_an_older_text_stands_until_the_new_one_is_signed(clinician, case):
    first = signed(clinician, informed(clinician, case, template=text(version=1)))
    second = informed(clinician, case, template=text(version=2), now=LATER)
    assert standing(case) == first
    signed(clinician, second, now=second.reflect_until)
    assert standing(case) == second
    assert withdraw_consent(by=clinician, consent=second, now=second.reflect_until) == 2
    assert standing(case) is None


def test_a_withdrawal_leaves_other_techniques_and_other_patients_alone(clinician, case):
    consent = signed(clinician, informed(clinician, case))
    prp = signed(clinician, informed(clinician, case, Technique.PRP))
    other = SignedConsentFactory(template=consent.template)
    assert withdraw_consent(by=clinician, consent=consent, now=LATER) == 1
    assert fresh(prp).is_valid
    assert fresh(other).is_valid


def test_what_does_not_stand_cannot_be_withdrawn(clinician, case):
    consent = informed(clinician, case)
    with pytest.raises(ValidationError, match="that stands"):
        withdraw_consent(by=clinician, consent=consent, now=LATER)
    signed(clinician, consent)
    withdraw_consent(by=clinician, consent=consent, now=LATER)
    with pytest.raises(ValidationError, match="that stands"):
        withdraw_consent(by=clinician, consent=consent, now=LATER, reason="again")
    assert fresh(consent).withdrawn_reason == ""


def test_after_a_withdrawal_a_new_consent_can_be_started(clinician, case):
    consent = signed(clinician, informed(clinician, case))
    withdraw_consent(by=clinician, consent=consent, now=LATER)
    again = informed(clinician, case, template=consent.template, now=LATER)
    signed(clinician, again, now=again.reflect_until)
    assert standing(case) == again
    assert Consent.objects.count() == 2


# ---- the overview ----


def words(case, now=LATER) -> dict[str, list[str]]:
    found = subjects(case.patient, case, now=now)
    return {each.slug: [state.words for state in each.states] for each in found}


def test_the_state_of_each_consent_is_told_in_words(clinician, case):
    micrograft, prp = text(version=1), text(Technique.PRP, reflection_days=7)
    text("", reflection_days=0)
    none = ["No information given yet"]
    assert words(case) == {"micrograft": none, "prp": none, "photographs": none}
    consent = informed(clinician, case, template=micrograft)
    assert words(case, NOW)["micrograft"] == ["Reflecting until 06-Dec-2026"]
    assert words(case)["micrograft"] == ["Ready to sign"]
    signed(clinician, consent)
    assert words(case)["micrograft"] == ["Signed 06-Dec-2026"]
    text(version=2)
    assert words(case)["micrograft"] == ["Signed 06-Dec-2026"]
    withdraw_consent(by=clinician, consent=consent, now=LATER)
    assert words(case)["micrograft"] == ["Withdrawn 06-Dec-2026"]
    informed(clinician, case, template=prp)
    text(Technique.PRP, version=9999)
    assert words(case)["prp"] == ["New text: give the information again"]


def test_a_signature_and_new_information_are_told_together(clinician, case):
    consent = signed(clinician, informed(clinician, case))
    informed(clinician, case, template=consent.template, now=LATER)
    assert words(case)["micrograft"] == ["Signed 06-Dec-2026", "Reflecting until 20-Dec-2026"]
