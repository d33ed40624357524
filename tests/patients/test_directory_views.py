import pytest
from django.urls import reverse

from clinic.audit.kinds import Kind
from clinic.audit.models import Event
from tests.factories.patients import PatientFactory
from tests.factories.practice import SiteFactory
from tests.factories.staff import ReceptionFactory

LIST = reverse("patients:list")
SEARCH = reverse("patients:search")


@pytest.fixture
def desk(client_of, reception):
    SiteFactory()
    return client_of(reception)


def test_the_list_finds_and_records_the_kind_of_search_but_not_the_text(desk):
    patient = PatientFactory(family_name="Okoro", given_names="Ada", phone="+441214960000")
    page = desk.get(LIST, {"q": "okoro"}).content.decode()
    assert "OKORO, Ada" in page
    assert "0121 496 0000" in page
    assert reverse("caseload:chart", args=[patient.pk]) in page
    event = Event.objects.get(kind=Kind.PATIENTS_SEARCHED)
    assert event.sentence == "searched for patients by name and found 1"
    assert "okoro" not in str(event.details).lower()


def test_the_list_without_a_text_shows_what_was_opened_last(desk, reception):
    patient = PatientFactory(family_name="Okoro", given_names="Ada")
    desk.get(reverse("patients:case", args=[patient.pk]))
    page = desk.get(LIST).content.decode()
    assert "Opened last" in page
    assert "OKORO, Ada" in page
    assert not Event.objects.filter(kind=Kind.PATIENTS_SEARCHED).exists()


def test_an_empty_list_says_what_will_be_there(desk):
    assert "The patients you open will be listed here" in desk.get(LIST).content.decode()


def test_nobody_found_says_what_to_try_next(desk):
    page = desk.get(LIST, {"q": "qqqq"}).content.decode()
    assert "Nobody found at your sites" in page
    assert "date of birth" in page


def test_pages_follow_each_other_and_odd_page_numbers_do_no_harm(desk):
    for number in range(30):
        PatientFactory(family_name="Okoro", given_names=f"Ada{number:02d}")
    first = desk.get(LIST, {"q": "okoro"}).content.decode()
    assert "1–25 of 30" in first
    second = desk.get(LIST, {"q": "okoro", "page": 2}).content.decode()
    assert "26–30 of 30" in second
    for odd in ("0", "-1", "x", "99999", "²", "9" * 40):
        assert desk.get(LIST, {"q": "okoro", "page": odd}).status_code == 200


def test_typing_shows_at_most_eight_and_how_many_there_are(desk):
    for number in range(10):
        PatientFactory(family_name="Okoro", given_names=f"Ada{number:02d}")
    page = desk.get(SEARCH, {"q": "oko"}).content.decode()
    assert page.count("search-hit-name") == 8
    assert "10 found" in page
    assert "<html" not in page
    assert not Event.objects.exists()


def test_the_empty_search_field_offers_the_last_patients(desk, reception):
    patient = PatientFactory(family_name="Okoro")
    desk.get(reverse("patients:case", args=[patient.pk]))
    assert "OKORO" in desk.get(SEARCH).content.decode()


@pytest.mark.parametrize("text", ["%", "o'; drop", "<script>alert(1)</script>", "x" * 5000])
def test_odd_texts_are_answered_and_never_run(desk, text):
    for address in (LIST, SEARCH):
        answer = desk.get(address, {"q": text})
        assert answer.status_code == 200
        assert "<script>alert" not in answer.content.decode()


def test_another_sites_patient_is_not_listed(db, client_of):
    here, elsewhere = SiteFactory(), SiteFactory()
    PatientFactory(site=elsewhere, family_name="Okoro")
    limited = client_of(ReceptionFactory(sites=[here]))
    for address in (LIST, SEARCH):
        assert "OKORO" not in limited.get(address, {"q": "okoro"}).content.decode()


@pytest.mark.parametrize("address", [LIST, SEARCH, reverse("patients:new")])
def test_an_evaluator_sees_no_patients(client_of, evaluator, address):
    assert client_of(evaluator).get(address).status_code == 403


@pytest.mark.parametrize("how_many", [1, 3])
def test_the_list_takes_as_many_queries_for_three_as_for_one(
    desk, how_many, django_assert_max_num_queries
):
    for _ in range(how_many):
        PatientFactory(family_name="Okoronkwo")
    desk.get(LIST, {"q": "okoronkwo"})
    # Session, user, sites twice, one search, a second for similar names, and the audit event.
    with django_assert_max_num_queries(12):
        desk.get(LIST, {"q": "okoronkwo"})
