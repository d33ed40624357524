"""The patient's own pages: the link, the date of birth, and nothing for anybody else."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.audit.kinds import Kind
from clinic.audit.models import Event
from clinic.documents.models import Opening
from tests.factories.booking import AppointmentFactory
from tests.factories.documents import PDF, IssuedDocumentFactory, PrivateLinkFactory
from tests.factories.followups import ReviewFactory
from tests.factories.patients import PatientFactory
from tests.factories.practice import SiteFactory
from tests.factories.treatments import SessionFactory, signed_session

pytestmark = pytest.mark.django_db
SECRET = "invented-secret"
BORN = {"day": "22", "month": "11", "year": "1980"}  # as in the factory
WRONG = BORN | {"day": "21"}


def address(secret=SECRET):
    return reverse("portal:enter", args=[secret])


@pytest.fixture
def link():
    return PrivateLinkFactory(secret=SECRET, patient=PatientFactory(given_names="Adalbert"))


@pytest.fixture
def inside(client, link):
    """A browser that gave the right answer."""
    client.post(address(), BORN)
    return client


def test_it_asks_for_the_date_of_birth_and_tells_nothing(client, link):
    response = client.get(address())
    page = response.content.decode()
    assert response.status_code == 200
    assert "Your date of birth" in page
    assert "Adalbert" not in page
    assert link.patient.family_name not in page


@pytest.mark.parametrize(
    "answer",
    [
        BORN,
        {"day": " 22 ", "month": "Nov", "year": "1980"},
        {"day": "22.", "month": "November", "year": " 1980"},
    ],
)
def test_the_right_answer_opens_the_page(client, link, answer):
    response = client.post(address(), answer)
    assert (response.status_code, response.url) == (302, address())
    cookie = response.cookies["anagen_my"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/my/", True, "Lax")
    assert cookie["max-age"] == 30 * 60
    assert SECRET not in cookie.value
    assert "Hello Adalbert" in client.get(address()).content.decode()
    event = Event.objects.get(kind=Kind.LINK_OPENED)
    assert (event.actor_label, event.patient_id) == ("Patient", link.patient_id)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"day": "31", "month": "2", "year": "1980"}, "not a date"),
        ({"day": "x", "month": "y", "year": "z"}, "not a date"),
        ({"day": "22", "month": "11", "year": "80"}, "four digits"),
        ({"day": "22", "month": "", "year": "1980"}, "Write the day, the month and the year"),
        ({"day": "22", "month": "11", "year": "9" * 11}, "not a date"),
        ({}, "Write the day, the month and the year"),
    ],
)
def test_what_is_no_date_is_not_counted_as_a_wrong_answer(client, link, answer, words):
    response = client.post(address(), answer)
    assert response.status_code == 422
    assert words in response.content.decode()
    link.refresh_from_db()
    assert link.wrong_answers == 0


def test_a_wrong_answer_is_counted_and_keeps_what_was_typed(client, link):
    response = client.post(address(), WRONG)
    assert response.status_code == 422
    page = response.content.decode()
    assert "You can try 4 more times" in page
    assert 'value="21"' in page
    assert Event.objects.filter(kind=Kind.LINK_REFUSED, patient_id=link.patient_id).count() == 1


def test_too_many_wrong_answers_lock_the_link_for_the_right_one_too(client, link, settings):
    settings.LINK_MAX_ATTEMPTS = 2
    assert client.post(address(), WRONG).status_code == 422
    assert client.post(address(), WRONG).status_code == 404
    assert client.post(address(), BORN).status_code == 404


def test_unknown_expired_closed_and_locked_links_look_the_same(client, clinician):
    SiteFactory(name="Henley-in-Arden", phone="+441632960100")
    now = timezone.now()
    PrivateLinkFactory(secret="expired", expires_at=now)
    PrivateLinkFactory(secret="closed", revoked_at=now, revoked_by=clinician)
    PrivateLinkFactory(secret="locked", wrong_answers=5)
    answers = [client.get(address(s)) for s in ("unknown", "expired", "closed", "locked")]
    assert {answer.status_code for answer in answers} == {404}
    pages = {re.sub(r"X-CSRFToken\S+ \S+", "", answer.content.decode()) for answer in answers}
    assert len(pages) == 1
    assert "01632 960100" in pages.pop()


def test_a_locked_out_reader_inside_is_shut_out_when_the_link_is_closed(inside, link, clinician):
    link.revoked_at, link.revoked_by = timezone.now(), clinician
    link.save()
    assert inside.get(address()).status_code == 404


def test_after_half_an_hour_it_asks_again(inside, time_machine):
    assert "Hello" in inside.get(address()).content.decode()
    time_machine.move_to(timezone.now() + timedelta(minutes=31))
    assert "Your date of birth" in inside.get(address()).content.decode()


def test_the_answer_for_one_link_does_not_open_another(inside):
    PrivateLinkFactory(secret="another")
    assert "Your date of birth" in inside.get(address("another")).content.decode()


def test_a_forged_cookie_opens_nothing(client, link):
    client.cookies["anagen_my"] = str(link.pk)
    assert "Your date of birth" in client.get(address()).content.decode()


def test_leaving_closes_the_page(inside):
    inside.get(reverse("portal:leave", args=[SECRET]))
    assert "Your date of birth" in inside.get(address()).content.decode()


def test_a_review_whose_time_is_over_is_no_date_to_come(inside, link):
    signed = signed_session(case__patient=link.patient)
    days_ago = [timezone.localdate() - timedelta(days=days) for days in (90, 75, 60)]
    ReviewFactory(
        after_session=signed,
        window_starts_date=days_ago[0],
        due_date=days_ago[1],
        window_ends_date=days_ago[2],
    )
    page = inside.get(address()).content.decode()
    assert "You were due to see us after your Micrograft treatment about" in page
    assert f"{days_ago[1]:%d-%b-%Y}" in page
    assert f"About {days_ago[1]:%d-%b-%Y}" not in page


def test_the_page_says_what_was_done_what_comes_and_who_to_call(inside, link):
    case_of = {"case__patient": link.patient}
    signed = signed_session(**case_of, site__name="Invented Clinic", site__phone="+441632960111")
    SessionFactory(case=signed.case, number=2, consent=signed.consent)
    review = ReviewFactory(after_session=signed)
    visit = AppointmentFactory(patient=link.patient, service__name="Second visit")
    AppointmentFactory(
        patient=link.patient,
        service__name="Called off",
        starts_at=visit.starts_at + timedelta(days=1),
        cancelled_at=timezone.now(),
        cancelled_by=signed.operator,
    )
    document = IssuedDocumentFactory(case=signed.case)
    page = inside.get(address()).content.decode()
    assert "Micrograft, session 1" in page
    assert "Micrograft, session 2" not in page, "a draft is not told"
    assert "Second visit" in page
    assert "Called off" not in page
    assert review.due_date.strftime("%d-%b-%Y") in page
    assert reverse("portal:document", args=[SECRET, document.pk]) in page
    assert "01632 960100" in page, "the site of the next visit"
    assert "999" in page


def test_a_document_opens_and_each_opening_is_on_record(inside, link):
    document = IssuedDocumentFactory(case__patient=link.patient)
    for _ in range(2):
        response = inside.get(reverse("portal:document", args=[SECRET, document.pk]))
        assert b"".join(response.streaming_content) == PDF
    assert response["Cache-Control"] == "private, no-store"
    assert Opening.objects.filter(link=link, document=document).count() == 2
    assert Event.objects.filter(kind=Kind.DOCUMENT_VIEWED, actor_label="Patient").count() == 2


def test_another_patients_document_does_not_exist(inside):
    other = IssuedDocumentFactory()
    assert inside.get(reverse("portal:document", args=[SECRET, other.pk])).status_code == 404
    assert not Opening.objects.exists()


def test_without_the_answer_a_document_leads_to_the_question(client, link):
    document = IssuedDocumentFactory(case__patient=link.patient)
    response = client.get(reverse("portal:document", args=[SECRET, document.pk]))
    assert response.url == address()
    assert not Opening.objects.exists()


def test_no_page_is_kept_or_tells_where_the_reader_was(inside, link):
    document = IssuedDocumentFactory(case__patient=link.patient)
    pages = [
        address(),
        address("unknown"),
        reverse("portal:document", args=[SECRET, document.pk]),
        reverse("portal:leave", args=[SECRET]),
    ]
    for page in pages:
        response = inside.get(page)
        assert "no-store" in response["Cache-Control"]
        assert response["Referrer-Policy"] == "no-referrer"
        if response.streaming:
            assert b"".join(response.streaming_content) == PDF
    asked = inside.get(address())
    assert asked["Referrer-Policy"] == "strict-origin", "the form itself must pass as our own"


def test_the_form_is_protected_against_forgery(link):
    browser = Client(enforce_csrf_checks=True)
    assert browser.post(address(), BORN).status_code == 403


def test_many_answers_from_one_place_are_slowed_down(client):
    for number in range(16):
        PrivateLinkFactory(secret=f"secret-{number}")
    codes = [client.post(address(f"secret-{n % 15}"), WRONG).status_code for n in range(60)]
    assert codes == [422] * 60
    answer = client.post(address("secret-15"), BORN)
    assert answer.status_code == 429
    assert "many wrong answers" in answer.content.decode()


def test_two_phones_behind_one_address_do_not_shut_each_other_out(client, link):
    PrivateLinkFactory(secret="guessed")
    codes = [client.post(address("guessed"), WRONG).status_code for _ in range(5)]
    assert codes == [422] * 4 + [404], "the tries that were promised, and no fewer"
    assert Client().post(address(), BORN).status_code == 302


def test_slips_and_right_answers_slow_nobody_down(client, link):
    for _ in range(35):
        assert (
            client.post(address(), {"day": "31", "month": "2", "year": "1980"}).status_code == 422
        )
        assert client.post(address(), BORN).status_code == 302


def test_the_clinic_and_whom_to_call_stand_on_every_page(client, link, settings):
    settings.CLINIC_NAME = "Invented Hair Clinic"
    SiteFactory(phone="+441632960100")
    cache.set(f"portal:link:{PrivateLinkFactory(secret='slow').pk}", 10)
    pages = [
        client.get(address()),
        client.post(address("slow"), BORN),
        client.get(address("unknown")),
        client.get(reverse("portal:leave", args=[SECRET])),
    ]
    assert [page.status_code for page in pages] == [200, 429, 404, 200]
    for page in pages:
        assert "01632 960100" in page.content.decode()
        assert "Invented Hair Clinic" in page.content.decode()


def test_many_answers_for_one_link_are_slowed_down(client, link, settings):
    settings.LINK_MAX_ATTEMPTS = 100
    codes = [client.post(address(), WRONG).status_code for _ in range(11)]
    assert codes[-2:] == [422, 429]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_number_of_queries_does_not_grow(inside, link, rows, django_assert_max_num_queries):
    for number in range(rows):
        document = IssuedDocumentFactory(case__patient=link.patient) if not number else None
        if document is None:
            IssuedDocumentFactory(patient=link.patient)
        starts = timezone.now() + timedelta(days=2 + number)
        AppointmentFactory(patient=link.patient, starts_at=starts)
    with django_assert_max_num_queries(8):
        inside.get(address())
