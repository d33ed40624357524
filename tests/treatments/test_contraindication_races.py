"""Somebody writes in the record, or in the clinic's rules, while a session is being signed."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from patients.actions.contraindications import (
    ReasonsMissingError,
    approve_rule,
    publish_rule,
    retire_rule,
)
from patients.actions.history import record_medicine
from patients.models import ContraindicationCheck, Medicine
from tests.factories.patients import RuleFactory
from tests.factories.staff import AdminFactory
from tests.races import in_its_own_connection, one_after_the_other
from tests.treatments.test_races import whole_draft
from treatments.actions import signing
from treatments.models import Session

pytestmark = pytest.mark.django_db(transaction=True)


def sign(session):
    return signing.sign_session(
        by=session.operator, session=session, revision=0, now=timezone.now()
    )


def takes_apixaban(session):
    return record_medicine(
        by=session.operator,
        patient=session.patient,
        group=Medicine.Group.ANTICOAGULANT,
        name="Apixaban",
        dose="5 mg twice a day",
        started_date=None,
        now=timezone.now(),
    )


def test_a_medicine_that_is_being_recorded_is_waited_for_and_seen_by_the_signature():
    RuleFactory()
    session = whole_draft()
    recorded, refused = one_after_the_other(lambda: takes_apixaban(session), lambda: sign(session))
    assert recorded.pk
    assert isinstance(refused, ReasonsMissingError)
    assert "Takes Apixaban" in str(refused)
    assert not Session.objects.signed().exists()


def test_a_medicine_waits_for_a_signature_under_way():
    RuleFactory()
    session = whole_draft()
    signed, recorded = one_after_the_other(lambda: sign(session), lambda: takes_apixaban(session))
    assert signed.is_signed
    assert recorded.recorded_at > signed.signed_at
    assert [each.is_refused for each in ContraindicationCheck.objects.all()] == [False]


def test_of_two_signatures_one_is_kept_with_one_check():
    RuleFactory()
    session = whole_draft()
    signed, refused = one_after_the_other(lambda: sign(session), lambda: sign(session))
    assert signed.is_signed
    assert "signed this session" in str(refused)
    assert ContraindicationCheck.objects.filter(about_id=session.pk).count() == 1


def a_new_rule(old, by):
    return RuleFactory(code="thought-of-meanwhile")


def an_approved_version(old, by):
    values = {name: getattr(old, name) for name in ("technique", "kind", "parameters", "source")}
    now = timezone.now()
    newer = publish_rule(
        **{"by": by, "code": old.code, "after_version": old.version, "now": now, **values},
        sentence="Stricter",
        severity="absolute",
    )
    return approve_rule(by=by, rule=newer, now=now)


@pytest.mark.parametrize("change", [a_new_rule, an_approved_version])
def test_a_rule_published_between_check_and_signature_keeps_the_signature_back(monkeypatch, change):
    old, by = RuleFactory(), AdminFactory()
    session = whole_draft()
    checked, changed = threading.Event(), threading.Event()
    go_on = signing._sign

    def wait_and_sign(*values):
        checked.set()
        assert changed.wait(timeout=30)
        return go_on(*values)

    monkeypatch.setattr(signing, "_sign", wait_and_sign)
    with ThreadPoolExecutor(1) as pool:
        signing_now = pool.submit(in_its_own_connection, lambda: sign(session))
        assert checked.wait(timeout=30)
        change(old, by)
        changed.set()
        refused = signing_now.result(timeout=30)
    assert isinstance(refused, ValidationError)
    assert "rules of contraindications changed just now" in str(refused)
    assert not Session.objects.signed().exists()
    assert not ContraindicationCheck.objects.exists(), "the check went with the signature"


def test_a_rule_retired_between_check_and_signature_does_not_hold_it_up(monkeypatch):
    old, by = RuleFactory(), AdminFactory()
    session = whole_draft()
    go_on = signing._sign

    def retire_and_sign(*values):
        with ThreadPoolExecutor(1) as pool:
            reason = "The clinic thought better of it"
            retire = {"by": by, "rule": old, "reason": reason, "now": timezone.now()}
            pool.submit(in_its_own_connection, lambda: retire_rule(**retire)).result(timeout=30)
        return go_on(*values)

    monkeypatch.setattr(signing, "_sign", retire_and_sign)
    assert sign(session).is_signed
