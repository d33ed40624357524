"""Several people, or several tabs, at once."""

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from clinic.audit.models import Event
from patients.actions.consent_templates import install_shipped_templates
from patients.actions.consents import (
    AlreadySignedError,
    give_information,
    sign_consent,
    withdraw_consent,
)
from patients.models import Consent, ConsentTemplate
from tests.factories.patients import DiscussedConsentFactory, SignedConsentFactory
from tests.factories.staff import AdminFactory
from tests.patients.consents import SIGNATURE, ZONE, case_of, fresh, text

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(count: int, action) -> list[object]:
    """Run an action in threads that start together; return what each got, an error included."""
    start, results = threading.Barrier(count), [None] * count

    def run(place: int) -> None:
        start.wait()
        try:
            results[place] = action(place)
        except ValidationError as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


def test_twenty_signatures_at_once_are_one():
    consent = DiscussedConsentFactory()
    now = timezone.now()

    def sign(place: int) -> Consent:
        return sign_consent(
            by=consent.information_given_by,
            consent=consent,
            signed_name=f"Tab {place}",
            name_reason="To tell the windows apart.",
            signature_png=SIGNATURE,
            zone=ZONE,
            now=now + timedelta(seconds=place),
        )

    results = at_once(20, sign)
    winners = [result for result in results if isinstance(result, Consent)]
    losers = [result for result in results if isinstance(result, AlreadySignedError)]
    assert (len(winners), len(losers)) == (1, 19)
    assert fresh(consent).signed_name == winners[0].signed_name
    assert Event.objects.filter(kind="patients.consent_signed").count() == 1


def test_the_information_is_given_once():
    case, template, now = case_of(), text(), timezone.now()

    def give(place: int) -> Consent:
        return give_information(by=case.clinician, case=case, template=template, zone=ZONE, now=now)

    results = at_once(6, give)
    assert sum(isinstance(result, Consent) for result in results) == 1
    assert sum(isinstance(result, ValidationError) for result in results) == 5
    assert Consent.objects.count() == 1
    assert Event.objects.count() == 1


def test_a_withdrawal_and_a_signature_at_once_leave_nothing_standing_behind_the_withdrawal():
    standing = SignedConsentFactory()
    waiting = DiscussedConsentFactory(case=standing.case, template=standing.template)
    now = timezone.now()

    def act(place: int) -> object:
        by = standing.information_given_by
        if place:
            return withdraw_consent(by=by, consent=standing, now=now + timedelta(seconds=1))
        name = f"{waiting.patient.given_names} {waiting.patient.family_name}"
        return sign_consent(by=by, consent=waiting, signed_name=name, zone=ZONE, now=now)

    _, ended = at_once(2, act)
    assert not fresh(standing).is_valid
    # Either the signature came first and was withdrawn with the other, or it came afterwards.
    assert (fresh(waiting).withdrawn_at is None) == (ended == 1)


def test_the_shipped_texts_are_installed_once_by_two_at_once():
    admin, now = AdminFactory(), timezone.now()
    results = at_once(4, lambda place: install_shipped_templates(by=admin, now=now))
    assert sum(len(result) for result in results) == 6
    assert ConsentTemplate.objects.count() == 6
    assert Event.objects.count() == 6
