"""What a patient asks on their own page before they sign."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from patients.models import Consent, ConsentQuestion
from patients.turns import take_turn

MOST = 10
SIGNED = "You have signed this. Please call us with your question."
TOO_MANY = "You have sent us many questions. Please call us, so that we can talk about them."


@transaction.atomic
def ask_question(*, consent: Consent, words: str, now: datetime) -> ConsentQuestion:
    """Keep a patient's question for the talk; consent and time to reflect are as they were.

    The same words again are the same question. Raises `ValidationError`, in words for the patient,
    once they signed, and after `MOST` questions.
    """
    take_turn(consent.patient_id)
    if Consent.objects.filter(pk=consent.pk, signed_at__isnull=False).exists():
        raise ValidationError(SIGNED)
    words = words.strip()
    asked = list(ConsentQuestion.objects.filter(consent=consent))
    if same := next((each for each in asked if each.words == words), None):
        return same
    if len(asked) >= MOST:
        raise ValidationError(TOO_MANY)
    question = ConsentQuestion.check_and_create(
        patient_id=consent.patient_id, consent=consent, words=words, asked_at=now
    )
    audit.record(
        Kind.CONSENT_QUESTION_ASKED,
        by=None,
        actor_label=audit.PATIENT,
        patient_id=consent.patient_id,
        subject=question,
        title=consent.template.title,
    )
    return question
