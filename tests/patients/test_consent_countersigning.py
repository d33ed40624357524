"""What came up between the patient's signature and the clinician's holds the second one up."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from patients.actions.consents import countersign
from tests.patients.consent_pages import page, talked, url
from tests.patients.consents import fresh, patient_signed, text

pytestmark = pytest.mark.django_db


def waits_for_clinician(case, template=None, **values):
    consent = talked(case, template)
    return patient_signed(case.clinician, consent, now=timezone.now(), **values)


def sign(consent):
    by = consent.signed_by
    return countersign(by=by, consent=consent, name=str(by), now=timezone.now())


def close(case):
    case.closed_at, case.closed_by, case.outcome = timezone.now(), case.clinician, "lost"
    case.save()


def ask_everybody_anew(consent):
    old = consent.template
    text(
        old.technique,
        purpose=old.purpose,
        version=old.version + 1,
        earlier_consents="anew",
        earlier_reason="A risk was missing.",
    )


def test_a_treatment_consent_is_not_signed_once_its_case_is_closed(client_of, case):
    consent = waits_for_clinician(case)
    close(case)
    with pytest.raises(ValidationError, match="case was closed"):
        sign(consent)
    told = page(client_of(case.clinician).get(url("countersign", case, consent)))
    assert "The case was closed after the patient signed" in told
    assert "Your full name" not in told


def test_a_text_that_asks_everybody_to_sign_anew_asks_it_of_this_one_too(case):
    consent = waits_for_clinician(case)
    ask_everybody_anew(consent)
    with pytest.raises(ValidationError, match="sign anew"):
        sign(consent)


def test_a_consent_to_photographs_is_signed_though_the_case_is_closed(case):
    consent = waits_for_clinician(case, text(""), photo_scopes=["clinical"])
    close(case)
    sign(consent)
    assert fresh(consent).is_valid
