"""Where a case stands, derived from what has happened and never stored."""

from django.db import models
from django.db.models import Case as Choose
from django.db.models import Count, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce

from clinic.booking.models import Appointment
from followups.models import Review
from patients.models import Case, Consent, ConsentTemplate, Diagnosis
from patients.models.case import CaseQuerySet
from patients.models.consent import ConsentQuerySet
from treatments.models import Plan, Session


class Stage(models.TextChoices):
    """The steps of the journey, in order; the last one reached counts."""

    ENQUIRY = "enquiry", "Enquiry"
    BOOKED = "booked", "Consultation booked"
    ASSESSED = "assessed", "Assessed"
    REFLECTING = "reflecting", "Reflecting"
    CONSENTED = "consented", "Consented"
    IN_TREATMENT = "in_treatment", "In treatment"
    IN_FOLLOW_UP = "in_follow_up", "In follow-up"
    MAINTENANCE = "maintenance", "Maintenance"
    DISCHARGED = "discharged", "Discharged"
    DECLINED = "declined", "Declined"
    LOST = "lost", "Lost to follow-up"


OPEN_STAGES = [
    Stage.ENQUIRY,
    Stage.BOOKED,
    Stage.ASSESSED,
    Stage.REFLECTING,
    Stage.CONSENTED,
    Stage.IN_TREATMENT,
    Stage.IN_FOLLOW_UP,
    Stage.MAINTENANCE,
]


def with_stage(cases: CaseQuerySet) -> CaseQuerySet:
    """Add `stage` to each case, worked out by the database."""
    return cases.annotate(
        stage=Choose(
            When(outcome=Case.Outcome.DISCHARGED, then=Value(Stage.DISCHARGED)),
            When(outcome=Case.Outcome.DECLINED, then=Value(Stage.DECLINED)),
            When(outcome=Case.Outcome.LOST, then=Value(Stage.LOST)),
            When(_has_signed_session() & _has_sessions_to_come(), then=Value(Stage.IN_TREATMENT)),
            When(_has_signed_session() & _has_reviews_to_come(), then=Value(Stage.IN_FOLLOW_UP)),
            When(_has_signed_session(), then=Value(Stage.MAINTENANCE)),
            When(_has_standing_treatment_consent(), then=Value(Stage.CONSENTED)),
            When(_has_information(), then=Value(Stage.REFLECTING)),
            When(_is_assessed(), then=Value(Stage.ASSESSED)),
            When(_is_booked(), then=Value(Stage.BOOKED)),
            default=Value(Stage.ENQUIRY),
            output_field=models.CharField(),
        )
    )


def _has_signed_session() -> Exists:
    return Exists(Session.objects.signed().filter(case=OuterRef("pk")))


def _has_sessions_to_come() -> Exists:
    signed = (
        Session.objects.signed()
        .filter(case=OuterRef("case"), technique=OuterRef("technique"), amends__isnull=True)
        .order_by()
        .values("case")
        .annotate(total=Count("pk"))
        .values("total")
    )
    plans = Plan.objects.standing().filter(case=OuterRef("pk"))
    return Exists(plans.alias(done=Coalesce(signed, 0)).filter(sessions_planned__gt=F("done")))


def _has_reviews_to_come() -> Exists:
    return Exists(Review.objects.outstanding().filter(case=OuterRef("pk")))


def _treatment_consents() -> ConsentQuerySet:
    return Consent.objects.filter(
        case=OuterRef("pk"), template__purpose=ConsentTemplate.Purpose.TREATMENT
    )


def _has_standing_treatment_consent() -> Exists:
    return Exists(_treatment_consents().whole())


def _has_information() -> Exists:
    """A text that waits for a signature: the patient's, or the clinician's after it."""
    return Exists(_treatment_consents().filter(withdrawn_at__isnull=True))


def _is_assessed() -> Exists:
    return Exists(Diagnosis.objects.standing().filter(case=OuterRef("pk")))


def _is_booked() -> Q:
    booked = Appointment.objects.live().filter(
        patient=OuterRef("patient"), starts_at__gte=OuterRef("opened_at")
    )
    return Q(Exists(booked))
