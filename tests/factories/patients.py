"""Invented patients, their cases and consents."""

import hashlib
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import factory
from django.utils import timezone

from clinic.base.ids import uuid7
from clinic.practice.models import Technique
from patients.actions.cases import close_case
from patients.consent.clock import expires_at
from patients.models import (
    Case,
    CauseStatement,
    Consent,
    ConsentTemplate,
    ContraindicationRule,
    Diagnosis,
    PathwayStop,
    Patient,
    PlannedWithout,
    SignsStatement,
    SiteRegistration,
    StopReview,
)
from tests.factories.practice import SiteFactory
from tests.factories.staff import ClinicianFactory

LONDON = ZoneInfo("Europe/London")


class PatientFactory(factory.django.DjangoModelFactory):
    """A patient; give `site=` to register the patient at a site."""

    class Meta:
        model = Patient
        skip_postgeneration_save = True

    number = factory.Sequence(lambda n: f"AN-9{n:05d}")
    family_name = factory.Sequence(lambda n: f"Testperson{n}")
    given_names = "Invented"
    sex = Patient.Sex.MALE
    date_of_birth = date(1980, 11, 22)
    nhs_number_status = factory.LazyAttribute(
        lambda patient: "said" if getattr(patient, "nhs_number", None) else ""
    )
    email = factory.Sequence(lambda n: f"patient{n}@example.test")
    phone = factory.Sequence(lambda n: f"+4477009{n % 100000:05d}")

    @factory.post_generation
    def site(self, create, extracted, **kwargs):
        if create and extracted:
            SiteRegistration.objects.create(patient=self, site=extracted)


class SiteRegistrationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SiteRegistration

    patient = factory.SubFactory(PatientFactory)
    site = factory.SubFactory(SiteFactory)


class CaseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Case

    patient = factory.SubFactory(PatientFactory)
    clinician = factory.SubFactory(ClinicianFactory)
    opened_at = factory.LazyFunction(timezone.now)


class DiagnosisFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Diagnosis

    case = factory.SubFactory(CaseFactory)
    condition = Diagnosis.Condition.AGA_MALE
    scale = Diagnosis.Scale.NORWOOD
    grade = "III"
    found_date = factory.LazyAttribute(lambda diagnosis: timezone.localdate(diagnosis.made_at))
    made_at = factory.LazyFunction(timezone.now)
    made_by = factory.SubFactory(ClinicianFactory)


class StopFactory(factory.django.DjangoModelFactory):
    """A stop of the pathway that was not reviewed."""

    class Meta:
        model = PathwayStop

    patient = factory.SubFactory(PatientFactory)
    raised_at = factory.LazyFunction(timezone.now)
    raised_by = factory.SubFactory(ClinicianFactory)


class SignsFactory(factory.django.DjangoModelFactory):
    """A warning sign that stops the pathway."""

    class Meta:
        model = SignsStatement

    stop = factory.SubFactory(StopFactory)
    patient = factory.SelfAttribute("stop.patient")
    present = ("patchy",)
    found_date = factory.LazyFunction(timezone.localdate)
    stated_at = factory.LazyFunction(timezone.now)
    stated_by = factory.SubFactory(ClinicianFactory)

    @classmethod
    def _adjust_kwargs(cls, **kwargs):
        return {**kwargs, "present": list(kwargs["present"])}


class CauseFactory(factory.django.DjangoModelFactory):
    """A cause that stops the pathway."""

    class Meta:
        model = CauseStatement

    stop = factory.SubFactory(StopFactory)
    patient = factory.SelfAttribute("stop.patient")
    item = "areata"
    weight = "considered"
    found_date = factory.LazyFunction(timezone.localdate)
    stated_at = factory.LazyFunction(timezone.now)
    stated_by = factory.SubFactory(ClinicianFactory)


class StopReviewFactory(factory.django.DjangoModelFactory):
    """A review that keeps the pathway stopped."""

    class Meta:
        model = StopReview

    stop = factory.SubFactory(StopFactory)
    outcome = StopReview.Outcome.KEPT
    reason = "Biopsy taken; the result is to come."
    reviewed_at = factory.LazyFunction(timezone.now)
    reviewed_by = factory.SubFactory(ClinicianFactory)


class ConsentTemplateFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ConsentTemplate

    purpose = ConsentTemplate.Purpose.TREATMENT
    technique = Technique.MICROGRAFT
    version = factory.Sequence(lambda n: n + 1)
    title = "Micrograft treatment"
    body = "# What it is\n\nSmall samples are taken.\n\n# Risks\n\nBleeding, infection."
    reflection_days = 14
    published_at = factory.LazyFunction(timezone.now)
    published_by = factory.SubFactory(ClinicianFactory)


class ConsentFactory(factory.django.DjangoModelFactory):
    """Information given; not signed yet."""

    class Meta:
        model = Consent

    case = factory.SubFactory(CaseFactory)
    patient = factory.SelfAttribute("case.patient")
    template = factory.SubFactory(ConsentTemplateFactory)
    information_given_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=20))
    information_given_by = factory.SubFactory(ClinicianFactory)
    reflect_until = factory.LazyAttribute(
        lambda consent: (
            consent.information_given_at + timedelta(days=consent.template.reflection_days)
        )
    )
    interpreter_needed = False


class DiscussedConsentFactory(ConsentFactory):
    """Information given and talked about; the patient may sign."""

    discussed_at = factory.SelfAttribute("information_given_at")
    discussed_by = factory.SelfAttribute("information_given_by")
    capacity = Consent.Capacity.ASSUMED
    risks_discussed = factory.LazyAttribute(
        lambda consent: ["Bleeding"] if consent.template.is_for_treatment else []
    )
    no_treatment_discussed = factory.SelfAttribute("template.is_for_treatment")


class PatientSignedConsentFactory(DiscussedConsentFactory):
    """The patient has signed and the clinician has not."""

    information_given_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=1000))
    signed_at = factory.LazyAttribute(lambda consent: consent.reflect_until + timedelta(hours=1))
    signed_by = factory.SelfAttribute("information_given_by")
    signed_name = "Invented Testperson"
    signed_text = factory.SelfAttribute("template.body")
    signed_text_sha256 = factory.LazyAttribute(
        lambda consent: hashlib.sha256(consent.signed_text.encode()).hexdigest()
    )
    expires_at = factory.LazyAttribute(
        lambda consent: expires_at(consent.signed_at, consent.template.valid_months, LONDON)
    )


class SignedConsentFactory(PatientSignedConsentFactory):
    """A consent that stands, from before any session that a test makes."""

    clinician_signed_at = factory.LazyAttribute(
        lambda consent: consent.signed_at + timedelta(minutes=5)
    )
    clinician_signed_by = factory.SelfAttribute("signed_by")
    clinician_name = "Invented Clinician"
    clinician_statement = "I explained the treatment."


def closed(case: Case, outcome: str = "lost", *, now: datetime | None = None) -> Case:
    """Close a case as its clinician does, or be refused."""
    return close_case(by=ClinicianFactory(), case=case, outcome=outcome, now=now or timezone.now())


class PlannedWithoutFactory(factory.django.DjangoModelFactory):
    """Why a course was planned without asking for warning signs."""

    class Meta:
        model = PlannedWithout

    case = factory.SubFactory(CaseFactory)
    patient = factory.SelfAttribute("case.patient")
    technique = Technique.PRP
    about_id = factory.LazyFunction(uuid7)
    lack = "signs"
    reason = "To be looked for at the first visit"
    planned_at = factory.LazyFunction(timezone.now)
    planned_by = factory.SubFactory(ClinicianFactory)


class RuleFactory(factory.django.DjangoModelFactory):
    """A rule that speaks against an anticoagulant, approved by nobody."""

    class Meta:
        model = ContraindicationRule

    technique = Technique.MICROGRAFT
    code = factory.Sequence(lambda n: f"rule-{n}")
    version = 1
    severity = "relative"
    kind = "medicine"
    parameters = factory.LazyFunction(lambda: {"groups": ["anticoagulant"], "within_hours": 0})
    sentence = "Takes an anticoagulant"
    source = "An invented guideline"
    published_at = factory.LazyFunction(timezone.now)
