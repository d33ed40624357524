"""What the patient is told: in the outbox with the change, and never of a time that is gone."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from icalendar import Calendar

from clinic.booking import actions, telling
from clinic.messaging.models import Message
from tests.booking.conftest import NOW, monday
from tests.factories.booking import AppointmentFactory
from tests.factories.practice import RoomFactory

pytestmark = pytest.mark.django_db

START = monday(10) + timedelta(days=7)


def waiting(appointment) -> list[str]:
    return sorted(
        message.purpose
        for message in Message.objects.waiting().filter(channel="email")
        if message.key.startswith(telling.key_prefix(appointment))
    )


def email(purpose: str) -> Message:
    return Message.objects.waiting().get(channel="email", purpose=purpose)


def event_in(message: Message):
    calendar = Calendar.from_ical(message.attachment_text)
    return str(calendar["method"]), calendar.walk("VEVENT")[0]


def test_booking_queues_a_confirmation_now_and_a_reminder_two_days_before(book):
    appointment = book(starts_at=START)
    assert waiting(appointment) == ["confirmation", "reminder"]
    assert email("confirmation").due_at == NOW
    reminder = email("reminder")
    assert reminder.due_at == START - timedelta(hours=48)
    assert reminder.useless_after == START
    assert "20261130T1000Z" in reminder.key


@pytest.mark.parametrize(
    ("ahead", "purposes"),
    [
        (timedelta(hours=48, minutes=59), ["confirmation"]),
        (timedelta(hours=49), ["confirmation", "reminder"]),
        (timedelta(hours=24), ["confirmation"]),
    ],
)
def test_a_reminder_that_would_come_at_once_is_left_out(book, ahead, purposes):
    assert waiting(book(starts_at=START, now=START - ahead)) == purposes


def test_the_texts_say_when_where_and_whom_to_call_but_not_what_for(book, settings):
    settings.SMS_BACKEND = "console"
    appointment = book(starts_at=START)
    for message in Message.objects.all():
        whole = message.subject + message.body + message.attachment_text
        assert appointment.service.name not in whole
        assert "Dr Amy Test" not in whole
        assert "Testperson" not in message.subject
    body = email("confirmation").body
    assert "Monday 30 November 2026 at 10:00" in body
    assert "1 Invented Street\nNowhere" in body
    assert "01632 960100" in body
    assert "Dear Invented," in body
    sms = Message.objects.get(channel="sms", purpose="confirmation").body
    assert "Monday 30 November 2026 at 10:00, Henley Test Site" in sms
    assert len(sms) <= 160


def test_every_message_says_which_clinic_writes(book, reception, settings):
    settings.SMS_BACKEND, settings.CLINIC_NAME = "console", "Invented Hair Clinic"
    appointment = book(starts_at=START)
    again = actions.move(
        by=reception,
        appointment=appointment,
        starts_at=START + timedelta(days=1),
        practitioner=appointment.practitioner,
        room=appointment.room,
        now=NOW,
    )
    actions.cancel(by=reception, appointment=again, reason="Unwell", now=NOW)
    messages = list(Message.objects.all())
    assert {message.purpose for message in messages} == {
        *("confirmation", "reminder", "moved", "cancelled")
    }
    for message in messages:
        assert "Invented Hair Clinic" in message.body
        if message.channel == "email":
            assert message.subject.startswith("Invented Hair Clinic: ")
            assert message.body.endswith("Invented Hair Clinic, Henley Test Site")
        else:
            assert message.body.startswith("Invented Hair Clinic: ")


def test_times_are_written_as_the_sites_clocks_show_them(book):
    summer = datetime(2027, 6, 1, 9, 0, tzinfo=UTC)
    book(starts_at=summer)
    assert "Tuesday 1 June 2027 at 10:00" in email("confirmation").body


def test_names_are_not_escaped_in_plain_text(book, patient, site):
    patient.preferred_name = "D'Arcy & Co"
    patient.save()
    book(starts_at=START)
    assert "Dear D'Arcy & Co," in email("confirmation").body


def test_the_calendar_file_says_the_time_in_utc(book):
    appointment = book(starts_at=datetime(2027, 6, 1, 9, 0, tzinfo=UTC))
    message = email("confirmation")
    method, event = event_in(message)
    assert message.attachment_name == "appointment.ics"
    assert (method, str(event["uid"]), event["sequence"]) == ("PUBLISH", str(appointment.pk), 0)
    assert "DTSTART:20270601T090000Z" in message.attachment_text
    assert event["dtend"].dt - event["dtstart"].dt == timedelta(minutes=30)
    assert str(event["organizer"]).startswith("mailto:")


def test_a_move_takes_back_what_waits_and_tells_and_reminds_anew(book, reception):
    appointment = book(starts_at=START)
    moved = actions.move(
        by=reception,
        appointment=appointment,
        starts_at=START + timedelta(days=1),
        practitioner=appointment.practitioner,
        room=appointment.room,
        now=NOW,
    )
    assert waiting(moved) == ["moved", "reminder"]
    assert email("reminder").due_at == START + timedelta(days=1) - timedelta(hours=48)
    assert "Tuesday 1 December 2026 at 10:00" in email("moved").body
    _, event = event_in(email("moved"))
    assert (str(event["uid"]), event["sequence"]) == (str(appointment.pk), 1)


def test_an_appointment_moved_away_and_back_is_reminded_of_once(book, reception):
    appointment = book(starts_at=START)
    for starts_at in (START + timedelta(days=1), START):
        actions.move(
            by=reception,
            appointment=appointment,
            starts_at=starts_at,
            practitioner=appointment.practitioner,
            room=appointment.room,
            now=NOW,
        )
    assert waiting(appointment) == ["moved", "reminder"]
    assert email("reminder").due_at == START - timedelta(hours=48)
    assert event_in(email("moved"))[1]["sequence"] == 2


def test_another_room_is_nothing_to_tell_the_patient(book, reception, site):
    appointment = book(starts_at=START)
    actions.move(
        by=reception,
        appointment=appointment,
        starts_at=START,
        practitioner=appointment.practitioner,
        room=RoomFactory(site=site),
        now=NOW,
    )
    assert waiting(appointment) == ["confirmation", "reminder"]


def test_a_cancellation_takes_back_what_waits_and_says_so(book, reception):
    appointment = book(starts_at=START)
    actions.cancel(by=reception, appointment=appointment, reason="Surgeon unwell", now=NOW)
    assert waiting(appointment) == ["cancelled"]
    message = email("cancelled")
    method, event = event_in(message)
    assert (method, str(event["status"]), event["sequence"]) == ("CANCEL", "CANCELLED", 1)
    assert "is cancelled" in message.body
    assert "Surgeon unwell" not in message.body


def test_nobody_is_told_of_the_cancellation_of_a_visit_that_is_past(reception, doctor, room):
    appointment = AppointmentFactory(
        room=room, practitioner=doctor, starts_at=NOW - timedelta(days=1)
    )
    actions.cancel(by=reception, appointment=appointment, reason="Entered twice", now=NOW)
    assert not Message.objects.exists()


def test_only_the_messages_of_this_appointment_are_taken_back(book, reception):
    first, second = book(starts_at=START), book(starts_at=START + timedelta(hours=2))
    actions.cancel(by=reception, appointment=first, reason="Unwell", now=NOW)
    assert waiting(second) == ["confirmation", "reminder"]


def test_a_booking_that_fails_queues_nothing(book):
    book(starts_at=START)
    before = Message.objects.count()
    with pytest.raises(ValidationError):
        book(starts_at=START)
    assert Message.objects.count() == before
