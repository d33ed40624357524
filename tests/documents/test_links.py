"""Private links: only the checksum of the secret is kept."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinic.audit.kinds import Kind
from clinic.audit.models import Event
from clinic.documents import actions
from clinic.documents.access import link_of
from clinic.documents.models import PrivateLink
from tests.factories.documents import PrivateLinkFactory
from tests.factories.patients import PatientFactory

pytestmark = pytest.mark.django_db


def test_the_secret_is_long_and_stored_nowhere(clinician):
    link, secret = actions.create_link(
        by=clinician, patient=PatientFactory(), way="email", now=timezone.now()
    )
    assert len(secret) >= 43
    stored = PrivateLink.objects.filter(pk=link.pk).values().get()
    assert secret not in str(stored)
    assert secret not in str(list(Event.objects.values()))
    assert link_of(secret, timezone.now()) == link


def test_it_opens_for_a_limited_time(clinician, settings):
    settings.SUMMARY_LINK_DAYS = 7
    now = timezone.now()
    link, secret = actions.create_link(by=clinician, patient=PatientFactory(), way="email", now=now)
    assert link_of(secret, now + timedelta(days=7, seconds=-1)) == link
    assert link_of(secret, now + timedelta(days=7)) is None


def test_a_new_link_closes_those_that_were_open(clinician):
    now = timezone.now()
    patient = PatientFactory()
    elsewhere = PrivateLinkFactory()
    first, old = actions.create_link(by=clinician, patient=patient, way="email", now=now)
    second, new = actions.create_link(by=clinician, patient=patient, way="email", now=now)
    assert link_of(old, now) is None
    assert link_of(new, now) == second
    first.refresh_from_db()
    assert (first.revoked_at, first.revoked_by) == (now, clinician)
    assert Event.objects.get(kind=Kind.LINK_REVOKED).subject_id == first.pk
    elsewhere.refresh_from_db()
    assert elsewhere.revoked_at is None, "another patient's link stays open"


def test_wrong_answers_lock_it_and_a_right_one_starts_again(settings):
    settings.LINK_MAX_ATTEMPTS = 3
    link = PrivateLinkFactory()
    right, wrong = link.patient.date_of_birth, link.patient.date_of_birth + timedelta(days=1)

    def answer(given):
        return actions.open_link(link=link, date_of_birth=given, now=timezone.now())

    assert [answer(wrong), answer(wrong), answer(right)] == [False, False, True]
    assert [answer(wrong), answer(wrong), answer(wrong)] == [False, False, False]
    assert answer(right) is False, "a locked link does not open for the right answer either"
    link.refresh_from_db()
    assert link.status_at(timezone.now()) == "locked"
    assert Event.objects.filter(kind=Kind.LINK_REFUSED).count() == 5
    assert Event.objects.get(kind=Kind.LINK_OPENED).actor_label == "Patient"
