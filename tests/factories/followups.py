"""Invented protocols, reviews and measurements."""

from datetime import timedelta
from decimal import Decimal

import factory
from django.utils import timezone

from clinic.practice.models import Technique
from followups.models import Examination, Measurement, Protocol, ProtocolStep, Review, TargetArea
from patients.models import Case
from tests.factories.patients import CaseFactory, PatientFactory, SignsFactory
from tests.factories.treatments import signed_session


class ProtocolFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Protocol

    technique = Technique.MICROGRAFT
    version = factory.Sequence(lambda n: n + 1)
    name = "After micrograft"


class ProtocolStepFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ProtocolStep

    protocol = factory.SubFactory(ProtocolFactory)
    weeks_after_last_session = factory.Sequence(lambda n: 23 + n % 30)
    label = factory.LazyAttribute(lambda step: f"{step.weeks_after_last_session} weeks")


class ReviewFactory(factory.django.DjangoModelFactory):
    """A review due in 23 to 52 weeks after a session signed today."""

    class Meta:
        model = Review

    after_session = factory.LazyFunction(signed_session)
    case = factory.SelfAttribute("after_session.case")
    patient = factory.SelfAttribute("after_session.patient")
    step = factory.SubFactory(ProtocolStepFactory)
    label = factory.SelfAttribute("step.label")
    due_date = factory.LazyAttribute(
        lambda review: (
            review.after_session.performed_date
            + timedelta(weeks=review.step.weeks_after_last_session)
        )
    )
    window_starts_date = factory.LazyAttribute(
        lambda review: review.due_date - timedelta(weeks=review.step.window_weeks_before)
    )
    window_ends_date = factory.LazyAttribute(
        lambda review: review.due_date + timedelta(weeks=review.step.window_weeks_after)
    )


class TargetAreaFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = TargetArea

    patient = factory.SubFactory(PatientFactory)
    name = factory.Sequence(lambda n: f"Vertex {n}")
    landmark = "12 cm behind the hairline, on the midline; tattoo dot"


class ExaminationFactory(factory.django.DjangoModelFactory):
    """A baseline."""

    class Meta:
        model = Examination

    case = factory.SubFactory(CaseFactory)
    patient = factory.SelfAttribute("case.patient")
    kind = Examination.Kind.BASELINE
    examined_date = factory.LazyFunction(lambda: timezone.localdate())
    recorded_at = factory.LazyFunction(timezone.now)
    recorded_by = factory.SelfAttribute("case.clinician")


class MeasurementFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Measurement

    examination = factory.SubFactory(ExaminationFactory)
    target_area = factory.SubFactory(
        TargetAreaFactory, patient=factory.SelfAttribute("..examination.patient")
    )
    hair_count = 80
    counted_area_cm2 = Decimal("0.650")


def assessed(case: Case) -> Case:
    """Have a case assessed before treatment: warning signs looked for, hairs counted; return it."""
    SignsFactory(patient=case.patient, case=case, stop=None, present=())
    MeasurementFactory(examination__case=case)
    return case
