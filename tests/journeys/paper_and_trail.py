"""The summary on the patient's own phone, and what the office sees of it all."""

import io

from playwright.sync_api import expect
from pypdf import PdfReader

from clinic.documents.models import Opening
from tests.journeys.journey import DOCTOR, Journey
from tests.journeys.person import Person


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
    summary = patient.page.get_by_role("listitem").filter(has_text="Treatment summary")
    document = summary.get_by_role("link", name="Open").get_attribute("href")
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
