"""Everything that a full registration asks, from the form to the database."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from patients.actions.registration import change_details
from patients.contact import ALL_WAYS, About, Channel, in_order, in_words, usual_ways
from patients.details import PatientDetails
from patients.models import Patient
from tests.factories.patients import PatientFactory
from tests.factories.practice import SiteFactory
from tests.factories.staff import ReceptionFactory

NEW = reverse("patients:new")


@pytest.fixture
def site(db):
    return SiteFactory(name="Henley-in-Arden")


@pytest.fixture
def desk(client_of, reception, site):
    return client_of(reception)


@pytest.fixture
def typed(site):
    return {
        "family_name": "Okoro",
        "given_names": "Ada",
        "date_of_birth": "22 Nov 1980",
        "phone": "07700 900123",
        "site": str(site.pk),
        "pronouns": "she/her",
        "nhs_number": "944 930 5552",
        "nhs_number_status": "seen",
        "second_phone": "+353 20 912 3456",
        "address": "1 Imaginary Lane",
        "town": "Fictionbury",
        "postcode": "b913ab",
        "country": "GB",
        "gp_name": "Dr Mockhurst",
        "gp_practice": "Story Street Surgery",
        "gp_address": "2 Story Street\r\nFictionbury",
        "gp_phone": "01632 960001",
        "gp_email": "Surgery@example.test",
        "emergency_name": "Robin Invented",
        "emergency_relationship": "Partner",
        "emergency_phone": "07700 900124",
        "contact_allowed": ["email:news", "email:visits", "phone:visits"],
        "language": "pl",
        "needs_interpreter": "on",
        "access_needs": ["large_print", "step_free"],
        "access_note": "Dim lights",
        "heard_of": "other",
        "heard_of_words": "A poster",
    }


@pytest.fixture
def patient(desk, typed):
    assert desk.post(NEW, typed).status_code == 302
    return Patient.objects.get()


def as_sent(form) -> dict[str, object]:
    """What a browser sends of a form that nobody touched."""
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value is not None}


def test_all_that_was_asked_is_stored_in_one_form(patient):
    assert (patient.nhs_number, patient.nhs_number_status) == ("9449305552", "seen")
    assert patient.second_phone == "+353209123456"
    assert patient.address_lines == ["1 Imaginary Lane", "Fictionbury", "B91 3AB"]
    assert patient.gp_lines == [
        *("Dr Mockhurst", "Story Street Surgery", "2 Story Street", "Fictionbury")
    ]
    assert (patient.gp_phone, patient.gp_email) == ("+441632960001", "surgery@example.test")
    assert (patient.emergency_name, patient.emergency_phone) == ("Robin Invented", "+447700900124")
    assert patient.contact_allowed == ["phone:visits", "email:visits", "email:news"]
    assert patient.needs == ["Interpreter: Polish", "Step-free access", "Large print", "Dim lights"]
    assert (patient.heard_of, patient.heard_of_words) == ("other", "A poster")


def test_what_is_stored_is_what_the_page_of_the_details_shows_and_sends_again(desk, patient):
    address = reverse("patients:edit", args=[patient.pk])
    page = desk.get(address)
    form = page.context["form"]
    sent = as_sent(form)
    before = PatientDetails.of(patient)
    assert desk.post(address, sent).status_code == 302
    patient.refresh_from_db()
    assert PatientDetails.of(patient) == before
    assert patient.revision == 0, "saving what stands there is no change"


def test_the_folded_parts_say_what_they_hold(desk, patient):
    page = desk.get(reverse("patients:edit", args=[patient.pk])).content.decode()
    for words in (
        "1 Imaginary Lane · Fictionbury · B91 3AB · United Kingdom · +353 20 912 3456",
        "Robin Invented · Partner · 07700 900124",
        "Polish · Interpreter needed · Step-free access, Large print · Dim lights",
        "Visits by phone call, e-mail; news and offers by e-mail",
        "Something else · A poster",
    ):
        assert words in page
    assert '<details class="fold" open>' not in page


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("postcode", "B91", "no postcode of the United Kingdom"),
        ("second_phone", "12", "Write a number that can be called"),
        ("gp_phone", "12", "Write a number that can be called"),
        ("gp_email", "surgery", "Write the whole address"),
        ("emergency_name", "", "Write who it is."),
        ("heard_of_words", "", "Write what it was."),
        ("heard_of", "dream", "Choose one of those listed."),
        ("language", "xx", "Choose one of those listed."),
        ("language", "other", "Write which language it is."),
        ("language_words", "Klingon", "Choose “Another language” for this one"),
        ("country", "XX", "Choose one of those listed."),
        ("contact_allowed", ["pigeon:visits"], "Choose one of those listed."),
        ("access_needs", ["wings"], "Choose one of those listed."),
        ("nhs_number_status", "guessed", "Choose one of those listed."),
        ("pronouns", "x" * 31, "at most 30 characters"),
    ],
)
def test_a_mistake_is_said_in_an_open_part_and_everything_typed_stays(
    desk, typed, field, value, said
):
    answer = desk.post(NEW, {**typed, field: value})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert f'href="#{"id_" + field}' in page, "the summary leads to the field"
    assert '<details class="fold" open>' in page
    for kept in ("1 Imaginary Lane", "Robin Invented", "Dr Mockhurst"):
        assert kept in page or field == "emergency_name"
    assert not Patient.objects.exists()


def test_a_new_page_expects_the_home_country_and_everything_but_news(desk):
    form = desk.get(NEW).context["form"]
    assert form["country"].value() == "GB"
    ticked = [box["value"] for wish in form.wishes() for box in wish.boxes if box["checked"]]
    assert ticked == usual_ways()
    assert [box["value"] for wish in form.wishes() for box in wish.boxes] == ALL_WAYS


def test_the_home_country_alone_is_no_address(desk, typed):
    nowhere = {"address": "", "town": "", "postcode": "", "country": "GB"}
    desk.post(NEW, typed | nowhere)
    assert Patient.objects.get().country == ""


def test_an_address_abroad_names_its_country(desk, typed):
    desk.post(NEW, typed | {"postcode": "d02 x285", "country": "IE"})
    assert Patient.objects.get().address_lines[-2:] == ["D02 X285", "Ireland"]


# -- the NHS number and its check ----------------------------------------------------------------


def changed(patient, **values) -> PatientDetails:
    return PatientDetails(**{**vars(PatientDetails.of(patient)), **values})


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"nhs_number": "9434765919"}, "said"),
        ({"nhs_number": "9434765919", "nhs_number_status": "traced"}, "traced"),
        ({"nhs_number_status": "traced"}, "traced"),
        ({"nhs_number": None}, ""),
        ({"nhs_number": None, "nhs_number_status": "traced"}, ""),
    ],
)
def test_another_nhs_number_is_not_checked_unless_that_is_said_of_it(reception, db, values, status):
    patient = PatientFactory(nhs_number="9449305552", nhs_number_status="seen")
    change_details(by=reception, patient=patient, details=changed(patient, **values), revision=0)
    patient.refresh_from_db()
    assert patient.nhs_number_status == status


@pytest.mark.parametrize(("status", "shown"), [("said", True), ("seen", False), ("traced", False)])
def test_the_banner_says_of_an_nhs_number_that_it_is_not_checked(desk, status, shown):
    patient = PatientFactory(nhs_number="9449305552", nhs_number_status=status)
    page = desk.get(reverse("patients:edit", args=[patient.pk])).content.decode()
    assert ("(not checked)</span>" in page) == shown


def test_the_banner_says_what_has_to_be_prepared_and_how_to_speak_of_the_patient(desk, patient):
    page = desk.get(reverse("patients:case", args=[patient.pk])).content.decode()
    banner = page[page.index("patient-banner") : page.index("</section>")]
    for words in ("she/her", "Interpreter: Polish", "Step-free access", "Large print"):
        assert words in banner


def test_a_patient_without_needs_has_none_in_the_banner(desk):
    page = desk.get(reverse("patients:edit", args=[PatientFactory().pk])).content.decode()
    assert "status-information" not in page[: page.index("</section>")]


# -- the second of two editors -------------------------------------------------------------------


def test_the_second_editor_reads_the_other_ones_wishes_and_codes_in_words(desk, client_of, patient):
    other = client_of(ReceptionFactory())
    address = reverse("patients:edit", args=[patient.pk])
    form = desk.get(address).context["form"]
    sent = as_sent(form)
    theirs = {"country": "IE", "contact_allowed": ["post:care"], "access_needs": []}
    assert other.post(address, sent | theirs).status_code == 302

    told = desk.post(address, sent | {"reason": "Thinning"})

    page = " ".join(told.content.decode().split())
    assert told.status_code == 409
    assert "they wrote “Ireland” and you did not change it" in page
    assert "they wrote “Care by letter” and you did not change it" in page
    assert "they wrote “None” and you did not change it" in page
    assert page.count('<details class="fold" open>') == 3


# -- the database --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"second_phone": "0121"}, "second_phone_e164"),
        ({"gp_phone": "0121"}, "gp_phone_e164"),
        ({"emergency_name": "R", "emergency_phone": "0121"}, "emergency_phone_e164"),
        ({"emergency_phone": "+447700900123"}, "emergency_named"),
        ({"country": "uk"}, "country_form"),
        ({"country": "GB", "postcode": "nowhere"}, "postcode_form"),
        ({"contact_allowed": ["pigeon:visits"]}, "contact_known"),
        ({"access_needs": ["wings"]}, "access_known"),
        ({"language": "other"}, "language_named"),
        ({"language_words": "Klingon"}, "language_named"),
        ({"heard_of": "other"}, "heard_of_in_words"),
        ({"nhs_number": "9449305552", "nhs_number_status": ""}, "nhs_number_status_known"),
        ({"nhs_number_status": "seen"}, "nhs_number_status_known"),
    ],
)
def test_the_database_refuses_what_cannot_be(db, values, rule):
    with pytest.raises(IntegrityError, match=f"patients_{rule}"), transaction.atomic():
        PatientFactory(**values)


def test_wishes_are_said_in_a_sentence():
    assert in_words([]) == "No contact"
    assert in_words(["email:care", "phone:visits"]) == "Visits by phone call; care by e-mail"
    assert in_order(list(reversed(ALL_WAYS))) == ALL_WAYS


def test_only_what_was_agreed_to_is_allowed(db):
    patient = PatientFactory(contact_allowed=["text:visits"])
    allowed = [(c, a) for c in Channel for a in About if patient.may_be_contacted(c, a)]
    assert allowed == [(Channel.TEXT, About.VISITS)]
    assert not any(PatientFactory().may_be_contacted(c, About.NEWS) for c in Channel)
