"""The code that proves who holds a link: short-lived, few tries, known to nobody else."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from clinic.consenting.actions import identity
from clinic.consenting.models import IdentityCheck
from clinic.messaging.models import Message
from tests.factories.documents import PrivateLinkFactory
from tests.factories.patients import PatientFactory
from tests.factories.practice import SiteFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def link():
    return PrivateLinkFactory(patient=PatientFactory(email="ada@example.test", phone=""))


@pytest.fixture
def site():
    return SiteFactory()


def send(link, site, now=None):
    identity.send_code(link=link, site=site, now=now or timezone.now())
    message = Message.objects.filter(purpose="identity_code").order_by("-created_at").first()
    return re.search(r"Your code is (\d{6})", message.body).group(1), message


def wrong_one(code):
    return f"{(int(code) + 1) % 10**6:06}"


def test_the_right_code_is_right_once(link, site):
    code, _ = send(link, site)
    check, why_not = identity.check_code(link=link, code=code, now=timezone.now())
    assert (check.link, why_not) == (link, "")
    assert identity.check_code(link=link, code=code, now=timezone.now()) == (None, identity.RUN_OUT)


def test_no_row_and_no_page_of_staff_holds_the_code(link, site):
    code, message = send(link, site)
    assert code not in str(vars(IdentityCheck.objects.get()))
    assert code not in message.text_to_show
    assert code not in message.subject


def test_a_code_runs_out_after_ten_minutes(link, site):
    code, _ = send(link, site)
    late = timezone.now() + timedelta(minutes=11)
    assert identity.check_code(link=link, code=code, now=late) == (None, identity.RUN_OUT)


def test_after_five_wrong_answers_the_right_one_is_too_late(link, site):
    code, _ = send(link, site)
    for _ in range(5):
        found = identity.check_code(link=link, code=wrong_one(code), now=timezone.now())
        assert found == (None, identity.WRONG)
    assert identity.check_code(link=link, code=code, now=timezone.now())[0] is None


def test_after_ten_wrong_answers_the_link_takes_no_code_any_more(link, site):
    now = timezone.now()
    for turn in range(2):
        at = now + timedelta(minutes=turn)
        code, _ = send(link, site, at)
        for _ in range(5):
            identity.check_code(link=link, code=wrong_one(code), now=at)
    with pytest.raises(ValidationError, match="Too many wrong codes"):
        send(link, site, now + timedelta(hours=2))


def test_only_the_newest_code_is_right(link, site):
    first, _ = send(link, site)
    now = timezone.now() + timedelta(minutes=1)
    send(link, site, now)
    check, why_not = identity.check_code(link=link, code=first, now=now)
    second_is_the_same = why_not == ""
    assert check is None or second_is_the_same


def test_codes_are_not_sent_one_after_the_other(link, site):
    now = timezone.now()
    send(link, site, now)
    with pytest.raises(ValidationError, match="just sent"):
        send(link, site, now + timedelta(seconds=5))
    for minute in range(1, 5):
        send(link, site, now + timedelta(minutes=minute))
    with pytest.raises(ValidationError, match="many codes"):
        send(link, site, now + timedelta(minutes=10))


def test_no_more_than_fifteen_codes_a_day_are_sent(link, site):
    now = timezone.now()
    for turn in range(15):
        send(link, site, now + timedelta(hours=turn))
    with pytest.raises(ValidationError, match="many codes today"):
        send(link, site, now + timedelta(hours=15))
    send(link, site, now + timedelta(hours=25))


def test_the_code_goes_another_way_than_the_link_where_there_is_one(site, settings):
    settings.SMS_BACKEND = "clinic.messaging.sms.FileSms"
    both = PatientFactory(email="ada@example.test", phone="+447700900123")
    now = timezone.now()
    by_mail = PrivateLinkFactory(patient=both, way="email")
    identity.send_code(link=by_mail, site=site, now=now)
    by_text = PrivateLinkFactory(patient=both, way="sms")
    identity.send_code(link=by_text, site=site, now=now + timedelta(minutes=1))
    assert [(each.channel, each.recipient) for each in Message.objects.order_by("due_at")] == [
        ("sms", "+447700900123"),
        ("email", "ada@example.test"),
    ]


def test_no_code_goes_to_an_address_that_is_newer_than_the_link(link, site):
    patient = link.patient
    an_hour_ago = timezone.now() - timedelta(hours=1)
    link = PrivateLinkFactory(patient=patient, created_at=an_hour_ago)
    patient.town = "Elsewhere"
    patient.save()
    send(link, site)
    patient.email = "somebody.else@example.test"
    patient.save()
    with pytest.raises(ValidationError, match="was changed after we sent"):
        send(link, site, timezone.now() + timedelta(minutes=1))
    anew = PrivateLinkFactory(patient=patient, created_at=timezone.now() + timedelta(seconds=1))
    send(anew, site, timezone.now() + timedelta(minutes=2))


def test_who_cannot_be_written_to_is_sent_no_code(site, settings):
    settings.SMS_BACKEND = "none"
    nobody = PrivateLinkFactory(patient=PatientFactory(email=""))
    with pytest.raises(ValidationError, match="no second way to send you a code"):
        identity.send_code(link=nobody, site=site, now=timezone.now())


def test_the_database_takes_no_code_as_right_out_of_its_time(link, site):
    send(link, site)
    row = IdentityCheck.objects.filter(link=link)

    def refused(**values):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.update(**values)

    refused(passed_at=timezone.now() + timedelta(hours=1))
    refused(passed_at=timezone.now(), wrong_answers=5)
    refused(code_hmac="0" * 64)
