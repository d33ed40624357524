"""Each message goes out once, or says why not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinic.audit.kinds import Kind
from clinic.audit.models import Event
from clinic.messaging import delivery
from clinic.messaging.models import Message
from tests.factories.messaging import MessageFactory, TextMessageFactory
from tests.messaging import backends

pytestmark = pytest.mark.django_db
SMS = "tests.messaging.backends."


@pytest.fixture(autouse=True)
def _providers(settings):
    settings.SMS_BACKEND = SMS + "SlowSms"
    backends.handed_over.clear()


def test_a_due_message_is_sent_once(mailoutbox):
    message = MessageFactory()
    assert delivery.send_due() == 1
    assert delivery.send_due() == 0
    message.refresh_from_db()
    assert message.status == "sent"
    assert message.claimed_until is None
    assert Event.objects.get(kind=Kind.MESSAGE_SENT).subject_id == message.pk
    (mail,) = mailoutbox
    assert mail.to == [message.recipient]
    assert str(message.pk) in mail.extra_headers["Message-ID"]


def test_a_calendar_file_goes_along(mailoutbox):
    MessageFactory(attachment_name="visit.ics", attachment_text="BEGIN:VCALENDAR\nEND:VCALENDAR\n")
    delivery.send_due()
    assert mailoutbox[0].attachments[0].mimetype == "text/calendar"


def test_a_message_waits_for_its_time(mailoutbox):
    MessageFactory(due_at=timezone.now() + timedelta(seconds=30))
    assert delivery.send_due() == 0
    assert mailoutbox == []


def test_a_message_that_is_of_no_use_any_more_is_not_sent(mailoutbox):
    message = MessageFactory(useless_after=timezone.now() - timedelta(seconds=1))
    assert delivery.send_due() == 0
    message.refresh_from_db()
    assert (message.status, message.failure) == ("cancelled", delivery.TOO_LATE)
    assert mailoutbox == []


def test_a_patient_who_changed_their_mind_is_left_alone(mailoutbox):
    message = MessageFactory(patient__contact_allowed=["text:visits", "email:care"])
    assert delivery.send_due() == 0
    message.refresh_from_db()
    assert (message.status, message.failure) == ("cancelled", delivery.NOT_WANTED)


def test_a_message_goes_to_the_address_that_was_put_right_meanwhile(mailoutbox):
    message = MessageFactory(recipient="somebody-else@example.test")
    assert delivery.send_due() == 1
    message.refresh_from_db()
    assert mailoutbox[0].to == [message.patient.email]
    assert message.recipient == message.patient.email
    kinds = (
        Event.objects.filter(subject_id=message.pk).order_by("id").values_list("kind", flat=True)
    )
    assert list(kinds) == [Kind.MESSAGE_READDRESSED, Kind.MESSAGE_SENT]


def test_a_text_goes_to_the_number_that_was_put_right_meanwhile():
    message = TextMessageFactory(recipient="+447700900999")
    assert delivery.send_due() == 1
    message.refresh_from_db()
    assert message.recipient == message.patient.phone != "+447700900999"


def test_a_message_to_an_address_that_was_taken_off_the_record_is_not_sent(mailoutbox):
    message = MessageFactory(patient__email="", recipient="somebody-else@example.test")
    assert delivery.send_due() == 0
    message.refresh_from_db()
    assert (message.status, message.failure) == ("cancelled", delivery.NO_ADDRESS)
    assert mailoutbox == []


def test_a_message_cancelled_after_it_was_claimed_is_not_sent(settings):
    settings.SMS_BACKEND = SMS + "CancellingSms"
    first, second = TextMessageFactory(), TextMessageFactory()
    assert delivery.send_due() == 1
    first.refresh_from_db()
    second.refresh_from_db()
    assert len(backends.handed_over) == 1
    assert first.status == "sent", "what the patient has is on record as sent"
    assert second.status == "cancelled"


def test_the_message_of_a_dead_worker_is_taken_over(mailoutbox):
    now = timezone.now()
    dead = MessageFactory(attempts=1, claimed_until=now - timedelta(seconds=1))
    alive = MessageFactory(attempts=1, claimed_until=now + timedelta(minutes=1))
    assert delivery.send_due() == 1
    dead.refresh_from_db()
    alive.refresh_from_db()
    assert (dead.status, alive.status) == ("sent", "waiting")


def test_a_message_that_kills_every_worker_is_given_up(mailoutbox):
    message = MessageFactory(attempts=delivery.MAX_ATTEMPTS)
    assert delivery.send_due() == 0
    message.refresh_from_db()
    assert (message.status, message.failure) == ("failed", delivery.INTERRUPTED)


def test_an_unreachable_provider_is_tried_again_later_and_then_given_up(settings, time_machine):
    settings.EMAIL_BACKEND = SMS + "UnreachableMail"
    message = MessageFactory()
    pauses = []
    for _ in range(delivery.MAX_ATTEMPTS - 1):
        now = timezone.now()
        time_machine.move_to(now, tick=False)
        delivery.send_due()
        message.refresh_from_db()
        assert message.status == "waiting"
        pauses.append(message.due_at - now)
        time_machine.move_to(message.due_at)
    delivery.send_due()
    message.refresh_from_db()
    assert message.status == "failed"
    assert pauses == sorted(pauses)
    assert pauses[0] >= timedelta(seconds=30)
    assert "example.test" not in message.failure
    assert Event.objects.filter(kind=Kind.MESSAGE_FAILED).count() == 1


@pytest.mark.parametrize("backend", ["GreylistingMail", "UnreachableMail"])
def test_a_passing_trouble_is_not_the_end(settings, backend):
    settings.EMAIL_BACKEND = SMS + backend
    message = MessageFactory()
    delivery.send_due()
    message.refresh_from_db()
    assert (message.status, message.attempts) == ("waiting", 1)
    assert message.due_at > timezone.now()


def test_an_address_that_does_not_exist_fails_at_once(settings):
    settings.EMAIL_BACKEND = SMS + "UnknownRecipientMail"
    message = MessageFactory()
    delivery.send_due()
    message.refresh_from_db()
    assert (message.status, message.attempts) == ("failed", 1)
    assert message.failure == "The mail server refused the address (code 550)."


@pytest.mark.parametrize(
    ("backend", "status"),
    [("RefusingSms", "failed"), ("UnavailableSms", "waiting"), ("BrokenSms", "waiting")],
)
def test_text_messages_follow_the_same_rules(settings, backend, status, mailoutbox):
    settings.SMS_BACKEND = SMS + backend
    text, mail = TextMessageFactory(), MessageFactory()
    assert delivery.send_due() == 1, "one message in trouble does not hold up the next"
    text.refresh_from_db()
    mail.refresh_from_db()
    assert (text.status, mail.status) == (status, "sent")
    assert text.recipient not in text.failure


def test_the_secret_of_a_link_stays_behind_nowhere(mailoutbox):
    message = MessageFactory(body="Open https://anagen.example.test/my/kX9-secret_Zz/ today.")
    delivery.send_due()
    message.refresh_from_db()
    assert "kX9-secret_Zz" in mailoutbox[0].body
    assert message.body == "Open https://anagen.example.test/my/…/ today."
    assert not hasattr(message.past_versions.first(), "body")


def test_a_second_worker_that_is_overtaken_does_not_undo_what_was_sent():
    message = MessageFactory()
    (claimed,) = delivery._claim(timezone.now())
    Message.objects.filter(pk=message.pk).update(attempts=2)
    assert not delivery._deliver(claimed)
    message.refresh_from_db()
    assert message.status == "waiting"
