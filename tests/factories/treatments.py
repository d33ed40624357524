"""Invented plans and sessions. A signed session is made whole: draft, children, then signature."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import factory
from django.utils import timezone

from clinic.practice.models import Technique
from patients.contraindications.rules import standing_rules
from patients.models import ContraindicationCheck
from tests.factories.patients import CaseFactory, ConsentTemplateFactory, SignedConsentFactory
from tests.factories.practice import SiteFactory
from treatments.models import (
    Lot,
    LotUse,
    MicrograftPreparation,
    Plan,
    PrpPreparation,
    Session,
    Spin,
    Zone,
)


class PlanFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Plan

    case = factory.SubFactory(CaseFactory)
    technique = Technique.MICROGRAFT
    sessions_planned = 3
    interval_days = 45
    planned_at = factory.LazyFunction(timezone.now)
    planned_by = factory.SelfAttribute("case.clinician")


def _long_before(session: Any) -> datetime:
    """Return when the patient was informed: two weeks before the consent, which is in time."""
    midnight = datetime.combine(session.performed_date, time(), tzinfo=UTC)
    return midnight - timedelta(days=60)


class SessionFactory(factory.django.DjangoModelFactory):
    """A draft micrograft session with its consent."""

    class Meta:
        model = Session

    case = factory.SubFactory(CaseFactory)
    patient = factory.SelfAttribute("case.patient")
    site = factory.SubFactory(SiteFactory)
    technique = Technique.MICROGRAFT
    number = 1
    performed_date = factory.LazyFunction(lambda: timezone.localdate())
    operator = factory.SelfAttribute("case.clinician")
    consent = factory.SubFactory(
        SignedConsentFactory,
        case=factory.SelfAttribute("..case"),
        information_given_at=factory.LazyAttribute(
            lambda consent: _long_before(consent.factory_parent)
        ),
        template=factory.SubFactory(
            ConsentTemplateFactory, technique=factory.SelfAttribute("...technique")
        ),
    )
    identity_confirmed = True
    contraindications_checked = True
    consent_reconfirmed_at = factory.LazyFunction(timezone.now)
    consent_reconfirmed_by = factory.SelfAttribute("operator")
    identity_confirmed_before_injection = True
    aftercare_given = True


class LotFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Lot

    kind = Lot.Kind.DEVICE
    product = "Tissue disruptor"
    lot_number = factory.Sequence(lambda n: f"LOT{n:04d}")
    expiry_date = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=365))


class LotUseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = LotUse

    session = factory.SubFactory(SessionFactory)
    lot = factory.SubFactory(LotFactory)


class ZoneFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Zone

    session = factory.SubFactory(SessionFactory)
    region = Zone.Region.VERTEX
    area_cm2 = Decimal("40.00")
    volume_ml = Decimal("4.00")
    points = 40
    depth_mm = Decimal("4.0")
    needle = "30G × 4 mm"
    syringes = 1


class MicrograftPreparationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = MicrograftPreparation

    session = factory.SubFactory(SessionFactory)
    donor_site = MicrograftPreparation.DonorSite.OCCIPITAL
    punches = 4
    punch_diameter_mm = Decimal("2.0")
    saline_ml = Decimal("4.50")
    device = "Tissue disruptor"
    processing_minutes = Decimal("2.0")
    suspension_ml = Decimal("4.00")
    closure = MicrograftPreparation.Closure.NONE


class PrpSessionFactory(SessionFactory):
    technique = Technique.PRP
    responsible_doctor = factory.SelfAttribute("case.clinician")


class PrpPreparationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PrpPreparation

    session = factory.SubFactory(PrpSessionFactory)
    blood_ml = Decimal("20.0")
    anticoagulant = PrpPreparation.Anticoagulant.ACD_A
    prp_ml = Decimal("4.00")
    blood_platelets = Decimal("250")
    prp_platelets = Decimal("1000")
    activator = PrpPreparation.Activator.NONE


class SpinFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Spin

    session = factory.SubFactory(PrpSessionFactory)
    order = 1
    rcf_g = Decimal("377.3")
    minutes = Decimal("10.0")


def checked(session: Session, *results: dict[str, Any], **values: Any) -> ContraindicationCheck:
    """Keep a check of contraindications of a session: these results, and no to every other rule."""
    said = {result.get("code") for result in results}
    others = [
        {
            "rule": str(rule.pk),
            "code": rule.code,
            "version": rule.version,
            "approved": rule.is_approved,
            "severity": rule.severity,
            "sentence": rule.sentence,
            "state": "does_not",
            "why": "Asked, and answered no",
            "reason": "",
        }
        for rule in standing_rules(session.technique)
        if rule.code not in said
    ]
    made = {
        "patient": session.patient,
        "case": session.case,
        "technique": session.technique,
        "step": "session",
        "about_id": session.pk,
        "moment_at": session.started_at or timezone.now(),
        "checked_at": timezone.now(),
        "checked_by": session.operator,
        "results": [*results, *others],
    }
    return ContraindicationCheck.objects.create(**made | values)


def signed_session(technique: str = Technique.MICROGRAFT, **values) -> Session:
    """Return a signed session with its preparation, a zone and a lot, not through actions."""
    if technique == Technique.PRP:
        session = PrpSessionFactory(**values)
        PrpPreparationFactory(session=session)
        SpinFactory(session=session)
        LotUseFactory(session=session, lot=LotFactory(kind=Lot.Kind.TUBE, product="PRP kit"))
    else:
        session = SessionFactory(technique=technique, **values)
        MicrograftPreparationFactory(session=session)
        LotUseFactory(session=session)
    ZoneFactory(session=session)
    checked(session)
    session.signed_at = timezone.now()
    session.signed_by = session.operator
    session.save()
    return session
