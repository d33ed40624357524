"""Invented questionnaires and their answers."""

from typing import Any

import factory
from django.utils import timezone

from clinic.questionnaires.models import PatientAnswer, Questionnaire
from tests.factories.documents import PrivateLinkFactory
from tests.factories.patients import PatientFactory
from tests.factories.staff import ReceptionFactory

TOLD: dict[str, dict[str, Any]] = {
    "condition.diabetes": {"answer": "no"},
    "condition.thyroid": {"answer": "yes", "since": "2019", "note": "Underactive"},
}


class QuestionnaireFactory(factory.django.DjangoModelFactory):
    """Questions that are with the patient."""

    class Meta:
        model = Questionnaire

    patient = factory.SubFactory(PatientFactory)
    asked_at = factory.LazyFunction(timezone.now)
    asked_by = factory.SubFactory(ReceptionFactory)
    link = factory.LazyAttribute(lambda each: PrivateLinkFactory(patient=each.patient))


class SentInFactory(QuestionnaireFactory):
    """Questions that were answered and sent in; `told` are the answers by item."""

    class Meta:
        model = Questionnaire
        skip_postgeneration_save = True

    @factory.post_generation
    def told(self: Any, create: bool, extracted: Any, **_: Any) -> None:
        for item, value in (extracted or TOLD).items():
            PatientAnswer.objects.create(
                patient=self.patient,
                questionnaire=self,
                item=item,
                value=value,
                answered_at=timezone.now(),
            )
        self.sent_in_at = timezone.now()
        self.save()
