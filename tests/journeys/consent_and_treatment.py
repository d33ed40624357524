"""The patient's signatures, and the sessions that they allow."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, connection, transaction
from playwright.sync_api import expect

from tests.journeys.journey import DOCTOR, TREATED, TREATMENT, Journey
from tests.journeys.person import Person
from treatments.models import Session, Zone


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
    clinician.follows("Talk about it" if early else "Sign with the patient", within=card)
    talks_it_over(clinician, early)
    for use in uses:
        clinician.ticks(use)
    clinician.ticks("All of this is true for me")
    draws_a_signature(clinician)
    clinician.presses("Sign")
    clinician.reads("Thank you, Ambrose", "call the clinic on 01632 960110")
    takes_the_tablet_back(clinician, journey)
    signs_as_the_clinician(clinician)


def talks_it_over(clinician: Person, early: str) -> None:
    """What was talked about, and why it is signed early, comes before the tablet goes over."""
    clinician.is_on("Talk about it")
    if clinician.page.get_by_label("Bleeding").count():
        clinician.ticks("Bleeding")
        clinician.ticks("We talked about having no treatment, and what then happens")
    elif clinician.page.get_by_label("Bruises").count():
        clinician.ticks("Bruises")
        clinician.ticks("We talked about having no treatment, and what then happens")
    clinician.presses("Hand over for the signature")
    if early:
        clinician.reads("The time to reflect is not over. Write why it is signed now")
        clinician.fills("Why sign before the time to think is over?", early)
        clinician.presses("Hand over for the signature")
        clinician.reads(early)


def signs_as_the_clinician(clinician: Person) -> None:
    """The consent stands once the clinician has signed too."""
    clinician.ticks("This is true, and I sign it")
    clinician.fills("Your full name", "Ottoline Mockridge")
    clinician.presses("Sign as Dr Ottoline Mockridge")
    clinician.is_on("Consents")


def takes_the_tablet_back(clinician: Person, journey: Journey) -> None:
    """The record opens again only for somebody who confirms who they are."""
    page = clinician.page.locator("body")
    clinician.follows("Back to the record", within=page)
    clinician.is_on("Confirm it is you")
    clinician.reads("A patient held this device")
    clinician.fills("Password", journey.password_of("ottoline.mockridge@example.test"))
    clinician.presses("Confirm")
    clinician.is_on("Sign as the clinician")


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
    clinician.ticks("Consent reconfirmed: the patient was asked today and still agrees")
    for question in clinician.page.locator(".questions-of-the-day fieldset").all():
        question.get_by_label("No", exact=True).check()
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
