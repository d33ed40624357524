"""A record that a later signed one replaces is history."""

import pytest

from tests.factories.patients import CaseFactory
from tests.factories.treatments import SessionFactory, signed_session
from treatments.models import Session

pytestmark = pytest.mark.django_db


def test_a_session_stands_until_the_record_that_replaces_it_is_signed():
    case = CaseFactory()
    wrong = signed_session(case=case)
    draft = SessionFactory(case=case, number=1, amends=wrong, consent=wrong.consent)
    assert list(Session.objects.standing()) == [wrong]
    Session.objects.filter(pk=draft.pk).delete()
    right = signed_session(case=case, amends=wrong, consent=wrong.consent)
    assert list(Session.objects.standing()) == [right]
    assert set(Session.objects.signed()) == {wrong, right}


def test_a_draft_does_not_stand():
    SessionFactory()
    assert not Session.objects.standing().exists()
