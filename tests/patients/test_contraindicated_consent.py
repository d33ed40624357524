"""A consent to a treatment is not signed where the treatment is contraindicated."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from clinic.caseload.seed.consents_by_link import _to_send
from patients.actions.consents import record_discussion, sign_consent
from patients.actions.contraindications import ContraindicatedError, ReasonsMissingError
from patients.consent.discussion import Discussion
from patients.contraindications.evaluation import Given
from patients.contraindications.of_consent import evaluation_of
from patients.models import ConditionStatement, Consent, ContraindicationCheck, Medicine
from tests.factories.patients import (
    ConsentFactory,
    DiscussedConsentFactory,
    RuleFactory,
    SiteRegistrationFactory,
)
from tests.factories.practice import SiteFactory
from tests.patients.consents import ZONE

pytestmark = pytest.mark.django_db

WHY = "Agreed with the prescriber; pressure for longer"


@pytest.fixture
def consent():
    return DiscussedConsentFactory(template__technique="micrograft")


def takes(consent, by, name="Apixaban"):
    recorded = {"recorded_at": timezone.now(), "recorded_by": by}
    Medicine.objects.create(patient=consent.patient, group="anticoagulant", name=name, **recorded)


def talk(consent, by, text=""):
    found = evaluation_of(consent, timezone.localtime(timezone=ZONE))
    given = {each.key: Given(text, each.verdict.why) for each in found.wanting_reason}
    return record_discussion(
        by=by,
        consent=consent,
        discussion=Discussion(
            risks_discussed=list(consent.risks_discussed),
            risks_added=["A bruise"],
            no_treatment_discussed=True,
            capacity="assumed",
        ),
        seen=consent.discussed_at,
        zone=ZONE,
        now=timezone.now(),
        reasons=given,
    )


def sign(consent, by):
    return sign_consent(
        by=by,
        consent=consent,
        signed_name=f"{consent.patient.given_names} {consent.patient.family_name}",
        early_reason="Travels from far away",
        zone=ZONE,
        now=timezone.now(),
    )


def test_the_talk_wants_the_reason_and_the_signature_keeps_it(consent, clinician):
    RuleFactory()
    takes(consent, clinician)
    with pytest.raises(ReasonsMissingError):
        talk(consent, clinician)
    talk(consent, clinician, WHY)
    assert sign(Consent.objects.get(pk=consent.pk), clinician).signed_at
    kept = ContraindicationCheck.objects.filter(about_id=consent.pk, step="consent")
    assert [each.results[0]["reason"] for each in kept] == [WHY, WHY]


def test_what_is_new_since_the_talk_wants_a_new_reason(consent, clinician):
    RuleFactory()
    takes(consent, clinician)
    talk(consent, clinician, WHY)
    takes(consent, clinician, "Warfarin")
    with pytest.raises(ValidationError, match="Record in the talk why"):
        sign(Consent.objects.get(pk=consent.pk), clinician)


def test_an_absolute_one_is_recorded_at_the_talk_and_signs_nothing(consent, clinician, client_of):
    RuleFactory(
        severity="absolute", kind="condition", parameters={"conditions": ["platelet_disorder"]}
    )
    stated = {"stated_at": timezone.now(), "stated_by": clinician}
    ConditionStatement.objects.create(
        patient=consent.patient, item="platelet_disorder", answer="yes", **stated
    )
    talk(consent, clinician)
    assert ContraindicationCheck.objects.get(about_id=consent.pk).is_refused
    with pytest.raises(ContraindicatedError):
        sign(Consent.objects.get(pk=consent.pk), clinician)
    SiteRegistrationFactory(patient=consent.patient, site=SiteFactory())
    url = reverse("patients:sign_consent", args=[consent.patient_id, consent.pk])
    before = ContraindicationCheck.objects.count()
    for _ in range(2):
        page = client_of(clinician).get(url).content.decode()
        assert "The treatment is contraindicated" in page
    kept = ContraindicationCheck.objects.filter(about_id=consent.pk, is_refused=True)
    assert kept.count() in (before, before + 1)
    ConditionStatement.objects.create(
        patient=consent.patient, item="platelet_disorder", answer="yes", note="Found out", **stated
    )
    client_of(clinician).post(url, {})
    assert "Found out" in str(kept.first().results)


def test_a_consent_to_photographs_is_held_against_nothing(clinician):
    photographs = DiscussedConsentFactory(
        template__purpose="photographs", template__technique="", template__title="Photographs"
    )
    assert evaluation_of(photographs, timezone.localtime(timezone=ZONE)) is None


def test_the_fictional_clinic_sends_no_link_where_something_speaks_against_it(clinician):
    RuleFactory()
    calm, spoken_against = (
        ConsentFactory(template__technique="micrograft", patient__email="a@example.test")
        for _ in range(2)
    )
    takes(spoken_against, clinician)
    now = timezone.localtime(timezone=ZONE)
    assert list(_to_send([spoken_against, calm], now)) == [calm]
