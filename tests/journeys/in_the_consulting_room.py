"""What the clinician finds, plans and measures, at the first visit and at the review."""

from playwright.sync_api import expect

from tests.factories.photos import drawn_jpeg
from tests.journeys.consent_and_treatment import a_session_cannot_be_signed_without_consent, signs
from tests.journeys.journey import DOCTOR, Journey
from tests.journeys.person import Person


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
    clinician.page.locator("#hair summary").first.click()
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
    answers_about_conditions(clinician)
    clinician.unfolds("Record the diagnosis")
    diagnosis = clinician.page.locator("#diagnosis")
    clinician.field("Diagnosis", within=diagnosis).select_option("aga_male")
    clinician.field("Scale and grade", within=diagnosis).select_option("norwood:III")
    clinician.taps("Save diagnosis")
    clinician.reads("III", "Record a new diagnosis", within=clinician.page.locator("#diagnosis"))
    # The page is read at its end, the message stands at its top: it comes to where one is.
    expect(clinician.page.locator("#messages .alert").last).to_be_in_viewport()
    clinician.looks_at_the_page()


def answers_about_conditions(clinician: Person) -> None:
    """Say yes to one, and no to the rest of each group by its button."""
    clinician.unfolds("Ask about conditions")
    conditions = clinician.page.locator("#conditions")
    skin = conditions.locator("answer-group").filter(has_text="Keloid")
    skin.get_by_role("group", name="Keloid or raised scars").get_by_label("Yes").check()
    clinician.fills("Since", "2015", within=skin.locator(".answer").filter(has_text="Keloid"))
    for group in conditions.locator("answer-group").all():
        clinician.taps("Unanswered: no", within=group)
    clinician.looks_at_the_page()
    clinician.taps("Save answers", within=conditions)
    clinician.reads("Keloid or raised scars · since 2015", within=conditions)
    clinician.reads("Skin disease of the scalp", within=conditions.locator("dl"))


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
    chooses_a_picture_by_keyboard_on_a_phone(clinician)
    clinician.ticks("Looked for all of these: none")
    clinician.presses("Save")
    clinician.reads("123.1", "Vertex", "0.65", "Norwood-Hamilton III")
    adds_photographs(journey, clinician, ("frontal", "vertex"), red=160, agreed="aloud")


def chooses_a_picture_by_keyboard_on_a_phone(clinician: Person) -> None:
    """Go from one card to the next with the arrows; the list says the same."""
    page = clinician.page
    before = page.viewport_size
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator("#id_diagnosis-condition").select_option("aga_male")
    page.locator("input[value='norwood:II']").focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator("input[value='norwood:III']")).to_be_checked()
    expect(page.locator("#id_diagnosis-graded")).to_have_value("norwood:III")
    clinician.looks_at_the_page()
    if before:
        page.set_viewport_size(before)


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
        clinician.ticks("None needed")
        clinician.presses("The information was given")
        clinician.reads("Information given")

    a_session_cannot_be_signed_without_consent(journey, clinician)
    signs(clinician, journey, "Photo", uses=("My record, and documents given to me",))
    signs(clinician, journey, "PRP", early="Travels from abroad; has had PRP elsewhere before.")


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
