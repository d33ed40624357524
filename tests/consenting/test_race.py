"""The tablet, two tabs and a link at once: one signature."""

import pytest
from django.utils import timezone

from clinic.consenting.actions import signing
from patients.actions.consents import AlreadySignedError, sign_consent
from patients.actions.photo_uses import take_back_uses
from patients.models import Consent, PhotoNarrowing
from tests.factories.consenting import PassedCheckFactory, SigningRequestFactory
from tests.factories.patients import SignedConsentFactory
from tests.patients.consents import ZONE, fresh
from tests.patients.test_consent_race import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_twenty_signatures_by_tablet_and_link_at_once_are_one():
    asked = SigningRequestFactory()
    identity = PassedCheckFactory(link=asked.link)
    consent, now = asked.consent, timezone.now()
    read = signing.shown_digest(Consent.objects.get(pk=consent.pk))
    name = f"{asked.patient.given_names} {asked.patient.family_name}"

    def sign(place: int) -> Consent:
        if place % 2:
            return sign_consent(
                by=asked.sent_by, consent=consent, signed_name=name, zone=ZONE, now=now
            )
        return signing.sign_by_link(
            request=asked, identity=identity, read=read, signed_name=name, zone=ZONE, now=now
        )

    results = at_once(20, sign)
    assert sum(isinstance(each, Consent) for each in results) == 1
    assert sum(isinstance(each, AlreadySignedError) for each in results) == 19
    asked.refresh_from_db()
    assert (fresh(consent).signed_way == "link") == (asked.signed_at is not None)


def test_two_who_take_back_a_use_each_leave_no_consent_to_nothing():
    consent = SignedConsentFactory(
        template__purpose="photographs",
        template__technique="",
        photo_scopes=["clinical", "website"],
    )
    by = consent.information_given_by

    def take_back(place: int) -> bool:
        uses = [["clinical"], ["website"]][place]
        return take_back_uses(by=by, consent=consent, uses=uses, how="phone", now=timezone.now())

    results = at_once(2, take_back)
    assert sorted(results) == [False, True]
    assert fresh(consent).withdrawn_at is not None
    assert PhotoNarrowing.objects.count() == 1
