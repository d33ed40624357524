"""What reception does for the patient, and what the clinic sends them."""

import re

import pytest
from celery import current_app
from django.db import IntegrityError, transaction
from playwright.sync_api import expect

from clinic.booking.models import Appointment
from clinic.messaging.models import Message
from patients.models import Patient
from tests.journeys.journey import (
    CONSULTATION,
    DOCTOR,
    OTHER_DOCTOR,
    REMINDER_IS_DUE,
    REVIEW,
    Journey,
)
from tests.journeys.person import Person


def reception_registers_the_patient_and_is_warned_of_a_similar_one(journey: Journey) -> None:
    reception = journey.at_the_desk()
    reception.is_on("Today at Henley-in-Arden")
    reception.opens("/patients/")
    reception.follows("Register a patient")
    reception.fills("Family name", "Examplewood")
    reception.fills("Given names", "Ambrose")
    reception.fills("Date of birth", "31 11 1980")
    reception.presses("Register")
    reception.reads("There is no 31")
    expect(reception.field("Family name")).to_have_value("Examplewood")
    reception.fills("Date of birth", "22 11 1980")
    reception.unfolds("More about the patient")
    reception.ticks("Male")
    reception.fills("NHS number", "943 476 5919")
    reception.fills("Phone", "07700 900123")
    reception.fills("E-mail", "ambrose@example.test")
    reception.fills("Reason for coming", "Thinning at the crown")
    reception.presses("Register")
    reception.reads("EXAMPLEWOOD, Ambrose", "Born 22-Nov-1980 (45y)", "943 476 5919")
    journey.patient = Patient.objects.get(family_name="Examplewood")
    journey.chart = f"/patients/{journey.patient.pk}/"

    reception.opens("/patients/new/")
    reception.fills("Family name", "Examplewod")
    reception.fills("Given names", "Ambros")
    reception.fills("Date of birth", "22 11 1980")
    reception.presses("Register")
    reception.reads("Is this the same person?", "EXAMPLEWOOD, Ambrose")
    assert Patient.objects.count() == 1
    expect(reception.field("Family name")).to_have_value("Examplewod")
    reception.presses("Register anyway: this is another person")
    assert Patient.objects.count() == 2


def reception_books_a_consultation_that_nobody_can_book_again(journey: Journey) -> None:
    reception = journey.people["flora.deskley@example.test"]
    other = Patient.objects.get(family_name="Examplewod")
    reception.opens(journey.chart)
    reception.follows("Book a visit")
    asks_for(reception, "Free consultation", on="2026-03-05", at="10:00", doctor=DOCTOR)
    reception.picks("Room", "Consulting 1")
    reception.presses("Book")
    reception.is_on("Free consultation")
    reception.reads("Booked for 05-Mar-2026 10:00 with Dr Ottoline Mockridge")
    appointment = Appointment.objects.get()
    reception.opens("/diary/?date=2026-03-05")
    reception.reads("10:00 EXAMPLEWOOD")

    reception.opens(f"/diary/new/?patient={other.pk}")
    asks_for(reception, "Free consultation", on="2026-03-05", at="10:15", doctor=DOCTOR)
    reception.presses("Book")
    in_the_way = "EXAMPLEWOOD, Ambrose"
    reception.reads(in_the_way, "10:00")
    asks_for(reception, "Free consultation", on="2026-03-05", at="10:15", doctor=OTHER_DOCTOR)
    reception.picks("Room", "Consulting 1")
    reception.presses("Book")
    reception.reads(in_the_way, "Consulting 1")
    reception.opens(f"/diary/new/?patient={journey.patient.pk}")
    asks_for(reception, "Free consultation", on="2026-03-05", at="10:15", doctor=OTHER_DOCTOR)
    reception.picks("Room", "Consulting 2")
    reception.presses("Book")
    reception.reads("10:00")
    assert Appointment.objects.count() == 1

    with pytest.raises(IntegrityError, match="never_twice"), transaction.atomic():
        appointment.pk, appointment.patient = None, other
        Appointment.objects.bulk_create([appointment])


def asks_for(reception: Person, service: str, *, on: str, at: str, doctor: str) -> None:
    """Fill the booking form with a time of one's own choice."""
    reception.picks("Service", service)
    reception.fills("Day", on)
    reception.picks("With", doctor)
    reception.unfolds("Another time, length or room")
    reception.ticks("The time written here")
    reception.fills("Another time", at)


def the_patient_is_reminded_once_and_of_the_new_time_only(journey: Journey) -> None:
    reception = journey.people["flora.deskley@example.test"]
    journey.clock.wait_for_the_worker()
    assert purposes_sent() == {"confirmation": 2}  # one mail, one text message

    appointment = Appointment.objects.get()
    reception.opens(f"/appointments/{appointment.pk}/")
    reception.follows("Move")
    reception.fills("Day", "2026-03-06")
    reception.page.get_by_label("10:00").check(force=True)
    reception.presses("Move")
    reception.reads("06-Mar-2026 10:00")
    journey.clock.wait_for_the_worker()
    assert purposes_sent() == {"confirmation": 2, "moved": 2}
    assert Message.objects.filter(purpose="reminder", cancelled_at=None).count() == 2
    assert Message.objects.filter(purpose="reminder").count() == 4

    # Two days before the new time; that of the first reminder is past by then.
    journey.clock.move_to(REMINDER_IS_DUE)
    journey.clock.start_beat()
    reception = journey.at_the_desk()
    journey.clock.wait_for_beat(lambda: "reminder" in purposes_sent())
    for _ in range(2):
        current_app.send_task("messaging.send_due")
        journey.clock.wait_for_the_worker()
    assert purposes_sent() == {"confirmation": 2, "moved": 2, "reminder": 2}
    reception.opens("/demo/mail/")
    reception.reads("Friday 6 March 2026 at 10:00", "Your appointment has been moved")
    letters = reception.page.locator("article")
    expect(letters.filter(has_text="A reminder of your appointment")).to_have_count(1)
    reception.opens("/messages/?purpose=reminder")
    reception.reads("Sent", "Not sent")


def purposes_sent() -> dict[str, int]:
    sent: dict[str, int] = {}
    for purpose in Message.objects.filter(sent_at__isnull=False).values_list("purpose", flat=True):
        sent[purpose] = sent.get(purpose, 0) + 1
    return sent


def reception_checks_the_patient_in(journey: Journey) -> None:
    journey.clock.move_to(CONSULTATION)
    reception = journey.at_the_desk()
    reception.opens("/arrivals/")
    expected = reception.page.get_by_role("region", name="Expected")
    reception.reads("10:00 EXAMPLEWOOD, Ambrose", within=expected)
    reception.taps(re.compile("^Check in"), within=expected)
    reception.reads("waiting 0 min", within=reception.page.get_by_role("region", name="Arrived"))
    reception.looks_at_the_page()
    assert Appointment.objects.get().status == "arrived"


def reception_books_the_review_that_is_due_from_the_list(journey: Journey) -> None:
    clinician = journey.people["ottoline.mockridge@example.test"]
    clinician.opens(f"{journey.chart}reviews/")
    clinician.reads("23 weeks", "31-Aug-2026", "58 weeks", "26 months", "12 weeks")

    journey.clock.move_to(REVIEW)
    reception = journey.at_the_desk()
    reception.reads("Reviews to book", "23 weeks")
    reception.opens("/followups/overdue/")
    reception.follows("Book the 23 weeks review of EXAMPLEWOOD, Ambrose")
    expect(reception.field("Service")).to_have_value("review")
    reception.page.get_by_label("10:00").check(force=True)
    reception.presses("Book")
    reception.reads("Booked for 31-Aug-2026 10:00")
    reception.opens("/followups/overdue/")
    expect(reception.page.get_by_role("row").filter(has_text="23 weeks")).to_have_count(0)
