"""No path signs a session without a consent that is whole, in time, and reconfirmed."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from patients.models import Consent
from tests.factories.patients import (
    ConsentTemplateFactory,
    PatientSignedConsentFactory,
    SignedConsentFactory,
)
from tests.factories.treatments import SessionFactory, signed_session
from treatments.actions.signing import sign_session
from treatments.completeness import blocking, gaps
from treatments.consents import consent_of
from treatments.models import Session

pytestmark = pytest.mark.django_db

NOW = timezone.now


def refused_by_the_database(why: str, **values) -> None:
    """Sign with raw rows, past every action; the database refuses and says why."""
    with pytest.raises(IntegrityError, match=why), transaction.atomic():
        signed_session(**values)
    assert not Session.objects.signed().exists()


def long_ago(**values) -> Consent:
    return SignedConsentFactory(information_given_at=NOW() - timedelta(days=100), **values)


def test_a_whole_consent_signs():
    consent = long_ago(template__valid_months=12)
    assert signed_session(case=consent.case, consent=consent).is_signed


def test_a_consent_that_its_clinician_has_not_signed_signs_nothing():
    consent = PatientSignedConsentFactory()
    refused_by_the_database("its clinician signed too", case=consent.case, consent=consent)


def test_an_expired_consent_signs_nothing_and_one_that_expired_after_the_start_does():
    consent = long_ago(template__valid_months=1)
    after = consent.expires_at + timedelta(minutes=1)
    refused_by_the_database(
        "has not expired",
        case=consent.case,
        consent=consent,
        started_at=after,
        performed_date=after.date(),
    )
    before = consent.expires_at - timedelta(minutes=1)
    session = signed_session(
        case=consent.case, consent=consent, started_at=before, performed_date=before.date()
    )
    assert session.is_signed


def test_an_older_text_is_blocked_where_the_newer_one_says_so_and_no_earlier_than_it_was_out():
    consent = long_ago(template__version=1)
    out = NOW() - timedelta(hours=1)
    ConsentTemplateFactory(
        version=2, published_at=out, earlier_consents="anew", earlier_reason="A risk."
    )
    refused_by_the_database("words that still hold", case=consent.case, consent=consent)
    before = out - timedelta(minutes=1)
    session = signed_session(
        case=consent.case, consent=consent, started_at=before, performed_date=before.date()
    )
    assert session.is_signed


def test_an_older_text_signs_where_the_newer_one_lets_it_stand():
    consent = long_ago(template__version=1)
    ConsentTemplateFactory(version=2, published_at=NOW() - timedelta(hours=1))
    assert signed_session(case=consent.case, consent=consent).is_signed


def test_without_being_reconfirmed_nothing_is_signed():
    nobody = {"consent_reconfirmed_at": None, "consent_reconfirmed_by": None}
    refused_by_the_database("reconfirmed with the patient", **nobody)
    later = {"consent_reconfirmed_at": NOW() + timedelta(hours=1)}
    refused_by_the_database("reconfirmed with the patient", **later)


def missing(session: Session) -> list[str]:
    found = gaps(session, consent_of(session), NOW())
    return [gap.text for gap in blocking(found) if "onsent" in gap.text]


def test_the_page_says_why_no_consent_stands(clinician):
    consent = PatientSignedConsentFactory(template__title="Micrograft")
    draft = SessionFactory(case=consent.case, consent=None)
    assert "has not signed it yet" in missing(draft)[0]
    expired = long_ago(template__valid_months=1)
    assert "it expired on" in missing(SessionFactory(case=expired.case, consent=None))[0]
    blocked = long_ago(template__version=900)
    ConsentTemplateFactory(
        version=901,
        published_at=NOW() - timedelta(days=1),
        earlier_consents="anew",
        earlier_reason="A new risk is known.",
    )
    words = missing(SessionFactory(case=blocked.case, consent=None))[0]
    assert "version 901 of the text must be signed anew: A new risk is known." in words
    with pytest.raises(ValidationError, match="signed anew"):
        session = Session.objects.get(case=blocked.case)
        sign_session(by=clinician, session=session, revision=0, now=NOW())


def test_reconfirming_is_one_tick_that_keeps_who_and_when(whole, clinician):
    session = whole()
    assert session.consent_reconfirmed_by == clinician
    first = session.consent_reconfirmed_at
    assert first is not None
    assert missing(session) == []
    unticked = whole(consent_reconfirmed="")
    assert unticked.consent_reconfirmed_at is None
    assert missing(unticked) == ["The consent was not reconfirmed with the patient at this session"]
