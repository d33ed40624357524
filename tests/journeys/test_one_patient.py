"""One patient's whole journey, from the first call to the summary on their own phone.

Everything is real: Chromium, PostgreSQL, the broker, a Celery worker, WeasyPrint, Pillow. The
clinic's clock is moved from visit to visit, for the web server and the worker alike, so that the
time to reflect, the reminder and the weeks until the review pass as they would.
"""

import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from zoneinfo import ZoneInfo

import pytest
from celery import current_app
from django.db import DatabaseError, IntegrityError, connection, transaction
from playwright.sync_api import expect
from pypdf import PdfReader

from clinic.booking.models import Appointment
from clinic.caseload.seed.clinic import Clinic, found
from clinic.documents.models import Opening
from clinic.messaging.models import Message
from patients.models import Patient
from tests.factories.photos import drawn_jpeg
from tests.journeys.clock import Clock
from tests.journeys.person import Person
from treatments.models import Session, Zone

LONDON = ZoneInfo("Europe/London")
FIRST_CALL = datetime(2026, 3, 2, 9, 0, tzinfo=LONDON)
REMINDER_IS_DUE = datetime(2026, 3, 4, 10, 1, tzinfo=LONDON)
CONSULTATION = datetime(2026, 3, 6, 9, 50, tzinfo=LONDON)
TREATMENT = datetime(2026, 3, 23, 8, 50, tzinfo=LONDON)
TREATED = datetime(2026, 3, 23, 10, 50, tzinfo=LONDON)
REVIEW = datetime(2026, 8, 31, 9, 0, tzinfo=LONDON)

DOCTOR = "Dr Ottoline Mockridge"
OTHER_DOCTOR = "Dr Barnaby Feignwell"


@dataclass
class Journey:
    """What the steps hand on to each other."""

    clinic: Clinic
    clock: Clock
    person: Callable[..., Person]
    phone_profile: dict[str, object]
    people: dict[str, Person] = field(default_factory=dict)
    patient: Patient = field(init=False)
    chart: str = ""
    link: str = ""

    def at_the_desk(self) -> Person:
        return self._signed_in("flora.deskley@example.test")

    def in_the_consulting_room(self) -> Person:
        clinician = self._signed_in("ottoline.mockridge@example.test")
        clinician.works_at("Henley-in-Arden")
        return clinician

    def in_the_office(self) -> Person:
        return self._signed_in("edith.overton@example.test")

    def _signed_in(self, email: str) -> Person:
        somebody = self.people.setdefault(email, self.person(email))
        somebody.signs_in(email, self.password_of(email))
        return somebody

    def password_of(self, email: str) -> str:
        return next(a.password for a in self.clinic.accounts if a.email == email)


@pytest.fixture
def journey(clock: Clock, person, phone_profile) -> Journey:
    clock.move_to(FIRST_CALL)
    clinic = found(Random(7), desks=4, now=FIRST_CALL, today=FIRST_CALL.date())
    return Journey(clinic, clock, person, phone_profile)


def test_one_patient_goes_through_the_clinic(journey: Journey):
    reception_registers_the_patient_and_is_warned_of_a_similar_one(journey)
    reception_books_a_consultation_that_nobody_can_book_again(journey)
    the_patient_is_reminded_once_and_of_the_new_time_only(journey)
    reception_checks_the_patient_in(journey)
    the_clinician_records_history_diagnosis_and_baseline(journey)
    the_clinician_plans_both_courses_and_gives_the_information(journey)
    the_patient_signs_once_the_time_to_reflect_is_over(journey)
    the_clinician_records_and_signs_a_micrograft_session(journey)
    the_clinician_records_and_signs_a_prp_session(journey)
    nothing_can_change_a_signed_session_but_an_addendum_can_be_added(journey)
    reception_books_the_review_that_is_due_from_the_list(journey)
    the_clinician_records_the_review_and_the_chart_shows_the_change(journey)
    the_worker_makes_the_summary(journey)
    the_patient_opens_it_on_a_phone_and_nobody_else_can(journey)
    the_admin_sees_the_case_and_who_looked(journey)


# 1 -----------------------------------------------------------------------------------------------


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


# 2 -----------------------------------------------------------------------------------------------


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


# 3 -----------------------------------------------------------------------------------------------


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


def the_clinician_records_history_diagnosis_and_baseline(journey: Journey) -> None:
    clinician = journey.in_the_consulting_room()
    clinician.is_on("My day")
    clinician.reads("EXAMPLEWOOD, Ambrose", "Arrived")
    clinician.follows("Open the chart")
    clinician.follows("History", within=clinician.page.get_by_label("Parts of this record"))
    records_history(clinician)
    records_medicine_allergy_and_diagnosis(clinician)
    becomes_responsible(journey, clinician)
    clinician.opens(journey.chart)
    clinician.reads("Allergic to Penicillin (Rash)", "Norwood-Hamilton III", DOCTOR)
    records_baseline(journey, clinician)


def records_history(clinician: Person) -> None:
    clinician.fills("Since when, where, how fast", "Crown thinning since 2019.")
    clinician.taps("Save", within=clinician.page.locator("#hair"))
    clinician.reads("Bring up to date", within=clinician.page.locator("#hair"))


def records_medicine_allergy_and_diagnosis(clinician: Person) -> None:
    clinician.unfolds("Add a medicine")
    medicines = clinician.page.locator("#medicines")
    clinician.picks("Kind", "Minoxidil, topical", within=medicines)
    clinician.fills("Dose and how often", "1 mL twice a day", within=medicines)
    clinician.taps("Save medicine")
    clinician.reads("1 mL twice a day", within=clinician.page.locator("#medicines"))
    clinician.unfolds("Add an allergy")
    clinician.fills("Allergic to", "Penicillin")
    clinician.fills("What happens", "Rash")
    clinician.taps("Save allergy")
    clinician.reads("Penicillin", within=clinician.page.locator("#patient-banner"))
    clinician.unfolds("Record the diagnosis")
    diagnosis = clinician.page.locator("#diagnosis")
    clinician.field("Diagnosis", within=diagnosis).select_option("aga_male")
    clinician.field("Scale and grade", within=diagnosis).select_option("norwood:III")
    clinician.taps("Save diagnosis")
    clinician.reads("III", "Record a new diagnosis", within=clinician.page.locator("#diagnosis"))
    clinician.looks_at_the_page()


def becomes_responsible(journey: Journey, clinician: Person) -> None:
    clinician.opens(f"{journey.chart}case/")
    clinician.picks("Responsible clinician", DOCTOR)
    clinician.presses("Save clinician")
    clinician.reads("The responsible clinician is saved.")


def records_baseline(journey: Journey, clinician: Person) -> None:
    clinician.opens(f"{journey.chart}reviews/")
    clinician.follows("Record the baseline")
    clinician.fills("Name of the target area", "Vertex")
    clinician.fills("How to find it again", "Tattoo dot, 12 cm behind the hairline")
    clinician.fills("Hair count", "0")
    clinician.fills("Hair count", "80")
    clinician.fills("Counted area", "0.65")
    expect(clinician.page.locator("[data-density]").first).to_contain_text("123.1")
    clinician.presses("Save")
    clinician.reads("123.1", "Vertex", "0.65")
    adds_photographs(journey, clinician, ("frontal", "vertex"), red=160, agreed="aloud")


def adds_photographs(
    journey: Journey, clinician: Person, views: tuple[str, ...], *, red: int, agreed: str
) -> None:
    """Choose a drawn picture for each view; `red` makes one visit's differ from another's."""
    clinician.follows("Add photographs")
    if agreed == "aloud":
        clinician.ticks("The patient agreed today to be photographed")
    else:
        clinician.does_not_read("The patient agreed today to be photographed")
    for number, view in enumerate(views):
        picture = drawn_jpeg(640, 480, colour=(red, 90 + 40 * number, 60))
        clinician.page.locator(f"#id_{view}").set_input_files(
            {"name": f"{view}.jpg", "mimeType": "image/jpeg", "buffer": picture}
        )
    clinician.presses("Keep photographs")
    clinician.reads(f"{len(views)} photographs kept")
    journey.clock.wait_for_the_worker()
    clinician.opens(clinician.path)
    expect(clinician.page.locator("img[src*=thumbnail]")).to_have_count(len(views))


# 4 -----------------------------------------------------------------------------------------------


def the_clinician_plans_both_courses_and_gives_the_information(journey: Journey) -> None:
    clinician = journey.people["ottoline.mockridge@example.test"]
    clinician.opens(f"{journey.chart}plan/")
    clinician.follows("Plan a course")
    clinician.ticks("Plan Micrograft")
    clinician.ticks("Plan PRP")
    for sessions in clinician.page.get_by_label("Sessions").all():
        sessions.fill("1")
    clinician.presses("Save plan")
    clinician.reads("0 of 1", "Micrograft", "PRP")

    for title in ("Micrograft", "PRP", "Photo"):
        clinician.opens(f"{journey.chart}consents/")
        card = clinician.page.locator("section.card").filter(has_text=title)
        clinician.follows("Give the information", within=card)
        clinician.presses("The information was given")
        clinician.reads("Information given")

    a_session_cannot_be_signed_without_consent(journey, clinician)
    signs(clinician, journey, "Photo", uses=("My record, and documents given to me",))
    signs(clinician, journey, "PRP", early="Travels from abroad; has had PRP elsewhere before.")


def a_session_cannot_be_signed_without_consent(journey: Journey, clinician: Person) -> None:
    clinician.opens(f"{journey.chart}plan/")
    card = clinician.page.locator("section.card").filter(has_text="Micrograft")
    clinician.presses("Start session 1", within=card)
    draft = clinician.path
    clinician.opens(f"{draft}sign/")
    clinician.reads("There is no standing consent to Micrograft treatment")
    expect(clinician.page.get_by_role("button", name="Sign as")).to_have_count(0)
    clinician.opens(draft)
    clinician.taps("Discard draft")
    clinician.presses("Discard", within=clinician.page.get_by_role("dialog"))
    assert not Session.objects.exists()


def signs(
    clinician: Person, journey: Journey, title: str, *, early: str = "", uses: tuple[str, ...] = ()
) -> None:
    """The patient reads, ticks and draws a signature on the clinic's screen."""
    clinician.opens(f"{journey.chart}consents/")
    card = clinician.page.locator("section.card").filter(has_text=title)
    clinician.follows("Sign early" if early else "Sign with the patient", within=card)
    for use in uses:
        clinician.ticks(use)
    clinician.ticks("All of this is true for me")
    draws_a_signature(clinician)
    if early:
        clinician.presses("Sign")
        clinician.reads("Write down why, or sign after the time to think is over.")
        clinician.fills("Why sign before the time to think is over?", early)
        if clinician.page.get_by_text("Signature drawn.").count() == 0:
            draws_a_signature(clinician)
    clinician.presses("Sign")
    clinician.reads("Thank you, Ambrose", "call the clinic on 01632 960110")
    takes_the_tablet_back(clinician, journey)


def takes_the_tablet_back(clinician: Person, journey: Journey) -> None:
    """The record opens again only for somebody who confirms who they are."""
    page = clinician.page.locator("body")
    clinician.follows("Back to the record", within=page)
    clinician.is_on("Confirm it is you")
    clinician.reads("A patient held this device")
    clinician.fills("Password", journey.password_of("ottoline.mockridge@example.test"))
    clinician.presses("Confirm")
    clinician.is_on("Consents")


def draws_a_signature(clinician: Person) -> None:
    paper = clinician.page.locator("signature-pad canvas")
    paper.scroll_into_view_if_needed()
    box = paper.bounding_box()
    assert box
    mouse = clinician.page.mouse
    mouse.move(box["x"] + 40, box["y"] + 60)
    mouse.down()
    for step in range(1, 12):
        mouse.move(box["x"] + 40 + step * 12, box["y"] + 60 + (step % 3) * 14)
    mouse.up()
    clinician.reads("Signature drawn.")


def the_patient_signs_once_the_time_to_reflect_is_over(journey: Journey) -> None:
    journey.clock.move_to(TREATMENT)
    clinician = journey.in_the_consulting_room()
    signs(clinician, journey, "Micrograft")
    clinician.opens(f"{journey.chart}consents/")
    clinician.reads("Travels from abroad")


# 5 -----------------------------------------------------------------------------------------------


def the_clinician_records_and_signs_a_micrograft_session(journey: Journey) -> None:
    journey.clock.move_to(TREATED)
    clinician = journey.people["ottoline.mockridge@example.test"]
    starts(clinician, journey, "Micrograft")
    checks_who_and_how(clinician, started="09:05")
    clinician.picks("Donor site", "Occipital")
    clinician.fills("Number of punches", "4")
    clinician.fills("Punch diameter", "2.0")
    clinician.ticks("Left open, dressed")
    clinician.fills("Processing device", "Tissue disruptor")
    names_the_lot(clinician, "Tissue disruptor cartridge", "TD-0417", "2027-07-15")
    clinician.fills("Saline", "4.5")
    clinician.fills("Processing time", "2")
    clinician.fills("Suspension obtained", "4")
    fills_a_zone(clinician, area="40", volume="4", points="40", depth="4")
    finishes_and_signs(clinician, "Micrograft session 1", ended="10:10")
    clinician.reads("TD-0417", "Occipital", "2 mm")


def the_clinician_records_and_signs_a_prp_session(journey: Journey) -> None:
    clinician = journey.people["ottoline.mockridge@example.test"]
    starts(clinician, journey, "PRP")
    checks_who_and_how(clinician, started="10:15")
    clinician.picks("Responsible doctor", DOCTOR)
    clinician.fills("Blood drawn", "20")
    clinician.ticks("ACD-A")
    names_the_lot(clinician, "PRP kit 20 mL", "PK-2208", "2027-07-15")
    spin = clinician.page.locator("[prefix=spins] [data-rows] [data-row]").first
    clinician.fills("Speed", "1500", within=spin)
    clinician.fills("Rotor radius", "15", within=spin)
    clinician.fills("Time", "10", within=spin)
    clinician.fills("PRP obtained", "4")
    clinician.picks("Activation", "Not activated")
    clinician.fills("Platelets in blood", "250")
    clinician.fills("Platelets in PRP", "1000")
    fills_a_zone(clinician, area="40", volume="4", points="40", depth="4")
    finishes_and_signs(clinician, "PRP session 1", ended="10:45")
    clinician.reads("PK-2208", "377.3 g")


def starts(clinician: Person, journey: Journey, technique: str) -> None:
    clinician.opens(f"{journey.chart}plan/")
    card = clinician.page.locator("section.card").filter(has_text=technique)
    clinician.presses("Start session 1", within=card)
    clinician.is_on(f"{technique} session 1")


def checks_who_and_how(clinician: Person, *, started: str) -> None:
    clinician.ticks("The patient said their name and date of birth")
    clinician.ticks("Contraindications and allergies asked again")
    clinician.fills("Started", started)
    clinician.fills("Weight", "80")


def names_the_lot(clinician: Person, product: str, number: str, expiry: str) -> None:
    clinician.fills("Product", product)
    clinician.fills("Lot number", number)
    clinician.fills("Expiry", expiry)


def fills_a_zone(clinician: Person, *, area: str, volume: str, points: str, depth: str) -> None:
    zone = clinician.page.locator("[prefix=zones] [data-rows] [data-row]").first
    clinician.ticks("Name and date of birth confirmed again before injection")
    clinician.picks("Region", Zone.Region.VERTEX.label, within=zone)
    clinician.fills("Area", area, within=zone)
    clinician.fills("Volume", volume, within=zone)
    clinician.fills("Injection points", points, within=zone)
    clinician.fills("Depth", depth, within=zone)
    clinician.fills("Syringes used", "1", within=zone)


def finishes_and_signs(clinician: Person, session: str, *, ended: str) -> None:
    clinician.ticks("Aftercare explained and given in writing")
    clinician.fills("Ended", ended)
    clinician.reads("Saved ")
    clinician.presses("Review and sign")
    clinician.is_on(f"Sign {session}")
    clinician.presses("Sign as Dr Ottoline Mockridge")
    clinician.reads(f"{session} is signed", "Signed by Dr Ottoline Mockridge")


def nothing_can_change_a_signed_session_but_an_addendum_can_be_added(journey: Journey) -> None:
    clinician = journey.people["ottoline.mockridge@example.test"]
    session = Session.objects.get(technique="micrograft")
    for attempt in (
        "UPDATE treatments_session SET observations = 'other' WHERE id = %s",
        "DELETE FROM treatments_session WHERE id = %s",
        "UPDATE treatments_zone SET volume_ml = 1 WHERE session_id = %s",
        "DELETE FROM treatments_lotuse WHERE session_id = %s",
        "UPDATE treatments_micrograftpreparation SET punches = 9 WHERE session_id = %s",
    ):
        with refused_by_the_database(), connection.cursor() as cursor:
            cursor.execute(attempt, [session.pk])
    clinician.opens(f"{journey.chart}sessions/{session.pk}/")
    expect(clinician.page.locator("main form input[type=text]")).to_have_count(0)
    clinician.follows("Add addendum")
    clinician.fills("What is to be added", "The patient called: no pain on day one.")
    clinician.presses("Add addendum")
    clinician.reads("The patient called: no pain on day one.")


@contextmanager
def refused_by_the_database() -> Iterator[None]:
    with pytest.raises(DatabaseError, match=r"(?i)signed|locked"), transaction.atomic():
        yield


# 6 -----------------------------------------------------------------------------------------------


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


# 7 -----------------------------------------------------------------------------------------------


def the_clinician_records_the_review_and_the_chart_shows_the_change(journey: Journey) -> None:
    clinician = journey.in_the_consulting_room()
    clinician.opens(f"{journey.chart}reviews/")
    clinician.follows("Record the 23 weeks review")
    clinician.fills("Hair count", "98")
    clinician.fills("How satisfied is the patient?", "8")
    clinician.fills("Findings and note", "Visibly denser at the vertex.")
    clinician.presses("Save")
    clinician.reads("8 of 10", "150.8", "27.7")
    adds_photographs(journey, clinician, ("frontal", "vertex"), red=200, agreed="in writing")
    clinician.opens(f"{journey.chart}photos/compare/")
    expect(clinician.page.locator("img[src*=display]")).to_have_count(2)
    clinician.opens(journey.chart)
    clinician.reads("Vertex: 123.1 to 150.8 hairs/cm²", "+27.7")
    expect(clinician.page.locator("figure.chart svg")).to_be_visible()


# 8 -----------------------------------------------------------------------------------------------


def the_worker_makes_the_summary(journey: Journey) -> None:
    clinician = journey.people["ottoline.mockridge@example.test"]
    clinician.opens(f"{journey.chart}documents/")
    clinician.follows("Treatment summary")
    clinician.reads("2 signed sessions", "Photographs: the first and the newest set")
    clinician.ticks("Yes, send a link")
    clinician.presses("Make the summary")
    clinician.is_on("Documents")
    journey.clock.wait_for_the_worker()
    expect(clinician.page.get_by_text("Ready")).to_be_visible(timeout=10_000)
    clinician.looks_at_the_page()

    reception = journey.people["flora.deskley@example.test"]
    reception.opens("/demo/mail/")
    letter = reception.page.locator("article").filter(has_text="Something from the clinic")
    link = letter.first.get_by_role("link").first.get_attribute("href")
    assert link
    journey.link = link


def the_patient_opens_it_on_a_phone_and_nobody_else_can(journey: Journey) -> None:
    stranger = journey.person("a stranger", **journey.phone_profile)
    stranger.opens(journey.link)
    answers(stranger, "1", "1", "1980")
    stranger.reads("That is not the date of birth we have for this link.")
    stranger.does_not_read("Ambrose")

    patient = journey.person("the patient", **journey.phone_profile)
    patient.opens(journey.link)
    answers(patient, "22", "11", "1980")
    patient.reads("Hello Ambrose", "Treatment summary", "Your next visits")
    document = patient.page.get_by_role("link", name="Open").get_attribute("href")
    refused = stranger.context.request.get(f"{stranger.base_url}{document}")
    assert "pdf" not in refused.headers["content-type"]
    assert not Opening.objects.exists()
    answer = patient.context.request.get(f"{patient.base_url}{document}")
    assert answer.headers["content-type"] == "application/pdf"
    reads_the_summary(answer.body())
    opening = Opening.objects.get()
    assert opening.link is not None
    assert opening.link.patient == journey.patient


def answers(somebody: Person, day: str, month: str, year: str) -> None:
    somebody.fills("Day", day)
    somebody.fills("Month", month)
    somebody.fills("Year", year)
    somebody.presses("Open my page")


def reads_the_summary(pdf: bytes) -> None:
    reader = PdfReader(io.BytesIO(pdf))
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    for words in (
        *("EXAMPLEWOOD", "22-Nov-1980", "Micrograft", "PRP", "TD-0417", "PK-2208"),
        *("123.1", "150.8", "do not touch", "01632 960110"),
    ):
        assert words in text, f"{words!r} is not in the summary: {text}"
    assert sum(len(page.images) for page in reader.pages) >= 2


# 9 -----------------------------------------------------------------------------------------------


def the_admin_sees_the_case_and_who_looked(journey: Journey) -> None:
    admin = journey.in_the_office()
    admin.is_on("Caseload")
    row = admin.page.get_by_role("row").filter(has_text="EXAMPLEWOOD, Ambrose")
    admin.reads(DOCTOR, "31-Aug-2026", within=row)
    admin.follows("EXAMPLEWOOD, Ambrose", within=row)
    admin.reads("Norwood")
    admin.opens(f"/audit/?patient={journey.patient.number}")
    seen = whole_trail(admin)
    for words in (
        *("Flora Deskley registered patient", "Flora Deskley booked Free consultation"),
        *("Flora Deskley moved Free consultation", "Patient opened the private link"),
        *("Dr Ottoline Mockridge opened the chart", "Dr Ottoline Mockridge signed Micrograft"),
        "Dr Ottoline Mockridge took the signed consent for PRP treatment",
        "Somebody gave a wrong date of birth for the private link",
        "Patient opened the document Treatment summary",
        *("sent the message “Appointment reminder”", "Edith Overton opened the chart"),
    ):
        assert words in seen, f"{words!r} is not on the trail:\n{seen}"


def whole_trail(admin: Person) -> str:
    """Read the trail page by page."""
    seen = ""
    while True:
        rows = admin.page.locator("tbody tr").all()
        seen += "\n".join(" ".join(row.inner_text().split()) for row in rows)
        if not admin.page.get_by_role("link", name="Older").count():
            return seen
        admin.follows("Older")
