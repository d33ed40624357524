import re
from datetime import date

import pytest
from django.urls import reverse

from patients.contact import usual_ways
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
        "family_name": " Okoro ",
        "given_names": "Ada  Béatrix",
        "date_of_birth": "22 Nov 1980",
        "sex": "female",
        "nhs_number": "944 930 5552",
        "phone": "07700 900123",
        "email": "Ada@Example.test",
        "address": "1 Invented Street\r\nNowhere",
        "contact_allowed": ["email:visits", "post:care"],
        "site": str(site.pk),
    }


def test_a_registered_patient_is_stored_tidily_and_the_chart_opens(desk, typed, site):
    answer = desk.post(NEW, typed)
    patient = Patient.objects.get()
    assert answer.status_code == 302
    assert answer.url == reverse("caseload:chart", args=[patient.pk])
    assert (patient.family_name, patient.given_names) == ("Okoro", "Ada Béatrix")
    assert patient.date_of_birth == date(1980, 11, 22)
    assert (patient.phone, patient.nhs_number) == ("+447700900123", "9449305552")
    assert patient.email == "ada@example.test"
    assert patient.address == "1 Invented Street\nNowhere"
    assert patient.contact_allowed == ["email:visits", "post:care"]
    assert patient.registrations.get().site == site


@pytest.mark.parametrize("field", ["family_name", "given_names", "preferred_name"])
def test_a_long_pasted_name_is_refused_in_words_and_comes_back_whole(desk, typed, field):
    long = "Okoro " * 60
    answer = desk.post(NEW, {**typed, field: long})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert re.search(r"Write at most \d+ characters; these are 359\.", page)
    assert long.strip() in page
    assert "maxlength" not in page
    assert not Patient.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("date_of_birth", "31/02/1980", "There is no 31 February 1980."),
        ("date_of_birth", "01/01/2999", "lies in the future"),
        ("phone", "12", "Write a number that can be called"),
        ("nhs_number", "9449305553", "last digit does not fit"),
        ("email", "nobody", "Write the whole address"),
        ("family_name", "123", "Write the name in letters."),
        ("family_name", "", "Write the family name."),
        ("family_name", "x" * 81, "at most 80 characters"),
        ("site", "", "Choose the site"),
        ("sex", "other", "Choose one of those listed."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(desk, typed, field, value, said):
    answer = desk.post(NEW, {**typed, field: value})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert 'value="07700 900123"' in page or field == "phone"
    assert "Invented Street" in page
    assert not Patient.objects.exists()


def test_a_similar_patient_comes_back_with_reasons_and_a_way_on(desk, typed):
    similar = PatientFactory(
        family_name="Okoro", given_names="Ada", date_of_birth=date(1980, 11, 22)
    )
    answer = desk.post(NEW, typed)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Is this the same person?" in page
    assert "Same date of birth and a similar name" in page
    way = rf'<a class="btn[^>]*href="{reverse("caseload:chart", args=[similar.pk])}"[^>]*>Open<'
    assert re.search(way, page), "a button opens the similar record"
    assert "Register anyway: this is another person" in page
    assert 'value="07700 900123"' in page

    confirmed = desk.post(NEW, {**typed, "other_people": str(similar.pk)})
    assert confirmed.status_code == 302
    assert Patient.objects.count() == 2


def test_the_same_nhs_number_offers_no_way_on(desk, typed):
    PatientFactory(nhs_number="9449305552")
    page = desk.post(NEW, {**typed, "other_people": "not-an-id"}).content.decode()
    assert "A patient with this NHS number is registered already" in page
    assert "Register anyway" not in page


def test_a_match_at_another_site_stays_hidden_but_its_nhs_number_is_refused(client_of, site, typed):
    PatientFactory(
        site=SiteFactory(), family_name="Hiddenname", nhs_number="9449305552", phone="+447700900123"
    )
    limited = client_of(ReceptionFactory(sites=[site]))
    answer = limited.post(NEW, typed)
    assert answer.status_code == 422
    assert "Hiddenname".upper() not in answer.content.decode().upper()
    assert limited.post(NEW, {**typed, "nhs_number": ""}).status_code == 302


def test_a_person_of_one_site_cannot_choose_another(client_of, site, typed):
    limited = client_of(ReceptionFactory(sites=[SiteFactory()]))
    answer = limited.post(NEW, typed)
    assert answer.status_code == 422
    assert "Henley-in-Arden" not in answer.content.decode()


def test_only_those_who_may_edit_register_and_edit(client_of, evaluator):
    edit = reverse("patients:edit", args=[PatientFactory().pk])
    for address in (NEW, edit):
        assert client_of(evaluator).get(address).status_code == 403
        assert client_of(evaluator).post(address).status_code == 403


def form_of(patient, **changed) -> dict[str, object]:
    return {
        "family_name": patient.family_name,
        "given_names": patient.given_names,
        "date_of_birth": "22-Nov-1980",
        "sex": patient.sex,
        "phone": patient.phone,
        "email": patient.email,
        "contact_allowed": usual_ways(),
        "revision": "0",
        **changed,
    }


def test_details_are_shown_as_people_write_them_and_saved(desk):
    patient = PatientFactory(phone="+447700900123", nhs_number="9449305552")
    address = reverse("patients:edit", args=[patient.pk])
    page = desk.get(address).content.decode()
    for text in ("22-Nov-1980", "07700 900123", "944 930 5552"):
        assert f'value="{text}"' in page
    assert desk.post(address, form_of(patient, reason="Thinning")).status_code == 302
    patient.refresh_from_db()
    assert (patient.reason, patient.revision) == ("Thinning", 1)


def test_the_second_editor_reads_what_the_first_changed_and_can_save_again(desk, client_of):
    patient = PatientFactory()
    other = client_of(ReceptionFactory(given_name="Robin", family_name="Faster"))
    address = reverse("patients:edit", args=[patient.pk])
    other.post(address, form_of(patient, phone="0121 496 0000"))

    told = desk.post(address, form_of(patient, reason="Thinning"))

    page = told.content.decode()
    assert told.status_code == 409
    assert "Robin Faster changed these details" in page
    assert 'value="Thinning"' in page
    assert 'value="0121 496 0000"' in page
    assert 'name="revision" value="1"' in page
    patient.refresh_from_db()
    assert patient.reason == ""


@pytest.mark.parametrize("revision", ["", "-1", "x", "9" * 30])
def test_an_odd_revision_is_no_server_error(desk, revision):
    patient = PatientFactory()
    address = reverse("patients:edit", args=[patient.pk])
    assert desk.post(address, form_of(patient, revision=revision)).status_code in (409, 422)


def test_another_sites_patient_does_not_exist_for_editing(client_of, site):
    theirs = PatientFactory(site=SiteFactory())
    limited = client_of(ReceptionFactory(sites=[site]))
    for name in ("patients:edit", "patients:case"):
        assert limited.get(reverse(name, args=[theirs.pk])).status_code == 404
    assert limited.post(reverse("patients:add_site", args=[theirs.pk])).status_code == 404


def test_a_site_is_added_from_the_details_page(desk, site):
    patient = PatientFactory(site=SiteFactory())
    address = reverse("patients:add_site", args=[patient.pk])
    assert desk.post(address, {"site": str(site.pk)}).status_code == 302
    assert patient.registrations.count() == 2
    assert desk.post(address, {"site": "nonsense"}).status_code == 302
    assert desk.get(address).status_code == 405
