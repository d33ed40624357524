"""What a consent to photographs allows, and for how long."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from patients.actions.consents import withdraw_consent
from patients.consent.rules import may_use_photos, standing_photo_consent
from patients.models import Case, ConsentTemplate, PhotoScope
from tests.patients.consents import LATER, NOW, case_of, informed, signed, text

pytestmark = pytest.mark.django_db


def photo_consent(clinician, case, scopes, *, now=NOW):
    template = ConsentTemplate.objects.filter(purpose="photographs").first()
    template = template or text("", reflection_days=0)
    consent = informed(clinician, case, template=template, now=now)
    return signed(clinician, consent, now=now, photo_scopes=scopes)


def test_photographs_may_be_used_as_ticked_and_not_otherwise(clinician, case):
    assert not may_use_photos(case.patient, PhotoScope.CLINICAL)
    consent = photo_consent(clinician, case, ["clinical", "website"])
    assert may_use_photos(case.patient, PhotoScope.CLINICAL)
    assert may_use_photos(case.patient, PhotoScope.WEBSITE)
    assert not may_use_photos(case.patient, PhotoScope.PUBLICATION)
    assert not may_use_photos(case_of().patient, PhotoScope.CLINICAL)
    assert "- The clinic's website\n" in consent.signed_text


def test_a_photo_consent_without_any_use_is_refused(clinician, case):
    with pytest.raises(ValidationError, match="at least one use"):
        photo_consent(clinician, case, [])


def test_who_agrees_to_less_later_has_agreed_to_less(clinician, case):
    photo_consent(clinician, case, ["clinical", "website", "publication"])
    newest = photo_consent(clinician, case, ["clinical"], now=LATER)
    assert standing_photo_consent(case.patient) == newest
    assert not may_use_photos(case.patient, PhotoScope.WEBSITE)
    assert may_use_photos(case.patient, PhotoScope.CLINICAL)


def test_withdrawing_the_newest_does_not_bring_an_older_one_back(clinician, case):
    photo_consent(clinician, case, ["clinical", "website"])
    newest = photo_consent(clinician, case, ["clinical"], now=LATER)
    ended = withdraw_consent(by=clinician, consent=newest, now=LATER + timedelta(days=1))
    assert ended == 2
    for scope in PhotoScope:
        assert not may_use_photos(case.patient, scope)


def test_a_photo_consent_outlives_its_case(clinician, case):
    photo_consent(clinician, case, ["clinical"])
    Case.objects.update(closed_at=LATER, closed_by=clinician, outcome=Case.Outcome.DISCHARGED)
    assert may_use_photos(case.patient, PhotoScope.CLINICAL)
