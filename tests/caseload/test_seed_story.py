"""What the fictional clinic tells hangs together: letters and answers, information and talk."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db.models import F

from clinic.audit.kinds import Kind
from clinic.audit.models import Event
from clinic.consenting.models import SigningRequest
from clinic.messaging.models import Message
from clinic.questionnaires.models import Questionnaire
from patients.models import Consent

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(capsys):
    """The clinic as the command fills it."""
    call_command("seed", patients=40, seed=1)


def test_whoever_answered_has_had_the_letter_and_it_was_talked_over_when_it_was_given(demo):
    answered = Questionnaire.objects.filter(opened_at__isnull=False)
    assert answered.filter(sent_in_at__isnull=False).exists()
    for questionnaire in answered:
        letters = Message.objects.filter(patient=questionnaire.patient, purpose="questionnaire")
        assert {letter.status for letter in letters} == {"sent"}
        assert all(letter.sent_at < questionnaire.opened_at for letter in letters)
        assert not [letter for letter in letters if letter.body != letter.text_to_show]
        told = Event.objects.filter(kind=Kind.MESSAGE_SENT, subject_id__in=letters)
        assert told.count() == letters.count()

    for letter in Message.objects.waiting().filter(purpose__in=("questionnaire", "consent")):
        assert letter.created_at - letter.due_at < timedelta(hours=1), "nothing waits for days"

    asked = SigningRequest.objects.filter(consent__asked__isnull=False)
    assert asked.exists()
    for request in asked:
        letters = Message.objects.filter(patient=request.patient, purpose="consent")
        assert {letter.status for letter in letters} == {"sent"}

    talked_over = Consent.objects.filter(discussed_at__isnull=False)
    assert talked_over.filter(signed_at__isnull=True).exists()
    assert not talked_over.filter(
        discussed_at__gt=F("information_given_at") + timedelta(hours=1)
    ).exists()
