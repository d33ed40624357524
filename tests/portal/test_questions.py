"""The questions on the patient's phone: saved as they go, theirs alone, locked once sent."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.questionnaires.actions import answering
from clinic.questionnaires.forms import fingerprint
from tests.factories.documents import PrivateLinkFactory
from tests.factories.patients import PatientFactory
from tests.factories.questionnaires import QuestionnaireFactory

pytestmark = pytest.mark.django_db
SECRET = "invented-secret"
BORN = {"day": "22", "month": "11", "year": "1980"}
GOALS = {"text": "Fuller at the front"}


def address(name, *more, secret=SECRET):
    return reverse(f"portal:{name}", args=[secret, *more])


@pytest.fixture
def asked():
    patient = PatientFactory(given_names="Adalbert")
    return QuestionnaireFactory(
        patient=patient, link=PrivateLinkFactory(secret=SECRET, patient=patient)
    )


@pytest.fixture
def inside(client, asked):
    client.post(address("enter"), BORN)
    return client


def told(asked) -> dict:
    return dict(asked.answers.values_list("item", "value"))


def sent(prefix, value, was=None, **more):
    fields = {f"{prefix}-{name}": each for name, each in value.items()}
    return {**fields, f"{prefix}-was": fingerprint(was or {}), **more}


def test_the_date_of_birth_leads_to_the_questions(client, asked):
    assert client.post(address("enter"), BORN).url == address("questions")
    assert "Hello Adalbert" in client.get(address("questions")).content.decode()
    asked.refresh_from_db()
    assert asked.opened_at


@pytest.mark.parametrize("page", ["questions", "check_answers"])
def test_without_the_date_of_birth_nothing_opens(client, asked, page):
    assert client.get(address(page)).url == address("enter")
    client.post(address("enter"), BORN | {"day": "21"})
    assert client.get(address(page)).url == address("enter")


def test_a_link_that_ran_out_or_was_closed_opens_nothing(inside, asked, clinician):
    link = asked.link
    link.expires_at = timezone.now()
    link.save()
    part = address("question_part", "goals")
    assert inside.get(part).status_code == 404
    assert inside.post(part, sent("goals", GOALS, saves="goals")).status_code == 404
    assert told(asked) == {}


def test_another_patients_answers_are_behind_another_link(client, asked):
    other = PatientFactory(given_names="Other")
    theirs = QuestionnaireFactory(patient=other)
    answering.save_answers(
        questionnaire=theirs, told={"goals": GOALS}, about="", now=timezone.now()
    )
    client.post(address("enter"), BORN)
    assert GOALS["text"] not in client.get(address("check_answers")).content.decode()
    unknown = address("check_answers", secret="no-such-secret")
    assert client.get(unknown).status_code == 404


def test_without_a_script_a_screen_saves_and_leads_on(inside, asked):
    part = address("question_part", "goals")
    answer = inside.post(part, sent("goals", GOALS))
    assert answer.url == address("question_part", "more")
    assert told(asked) == {"goals": GOALS}
    assert GOALS["text"] in inside.get(part).content.decode()
    back = inside.post(part, sent("goals", GOALS, was=GOALS, go="back"))
    assert back.url == address("question_part", "treatments")


def test_one_answer_saves_itself_and_says_when(inside, asked):
    body = sent("condition-thyroid", {"answer": "not_known"}, saves="condition-thyroid")
    answer = inside.post(address("question_part", "body"), body)
    assert list(answer.json()) == ["saved"]
    assert told(asked) == {"condition.thyroid": {"answer": "not_known"}}


def test_what_was_saved_is_there_in_another_browser(inside, asked):
    inside.post(address("question_part", "goals"), sent("goals", GOALS))
    elsewhere = Client()
    elsewhere.post(address("enter"), BORN)
    page = elsewhere.get(address("question_part", "goals")).content.decode()
    assert GOALS["text"] in page


def test_after_half_an_hour_a_save_says_that_nobody_is_inside(client, asked):
    answer = client.post(address("question_part", "goals"), sent("goals", GOALS, saves="goals"))
    assert answer.status_code == 401
    assert told(asked) == {}


def test_an_old_window_takes_back_nothing_that_a_newer_one_said(inside, asked):
    part = address("question_part", "body")
    inside.post(part, sent("condition-heart", {"answer": "yes"}))
    stale = sent("condition-heart", {}) | sent("condition-thyroid", {"answer": "no"})
    inside.post(part, stale)
    assert told(asked) == {
        "condition.heart": {"answer": "yes"},
        "condition.thyroid": {"answer": "no"},
    }


def test_what_cannot_be_read_comes_back_as_typed_and_the_rest_is_saved(inside, asked):
    body = sent("condition-heart", {"answer": "yes", "since": "some time"})
    body |= sent("condition-liver", {"answer": "no"})
    answer = inside.post(address("question_part", "body"), body)
    assert answer.status_code == 422
    assert "some time" in answer.content.decode()
    assert told(asked) == {"condition.liver": {"answer": "no"}}


def test_a_list_grows_row_by_row_and_counts_only_with_a_yes(inside, asked):
    part = address("question_part", "medicines")
    row = {"name": "Finasteride", "dose": "1 mg"}
    body = sent("medicines", {"answer": "yes"}) | sent("medicine-1", row, go="more")
    assert inside.post(part, body).url == f"{part}#next-row"
    assert 'name="medicine-2-name"' in inside.get(part).content.decode()
    inside.post(part, sent("medicines", {"answer": "no"}, was={"answer": "yes"}))
    assert "Finasteride" not in inside.get(address("check_answers")).content.decode()


def test_once_sent_nothing_changes_any_more(inside, asked):
    inside.post(address("question_part", "goals"), sent("goals", GOALS))
    assert inside.post(address("check_answers")).url == address("questions")
    assert "Thank you, Adalbert" in inside.get(address("questions")).content.decode()
    late = sent("goals", {"text": "Other"}, was=GOALS)
    assert inside.post(address("question_part", "goals"), late).url == address("questions")
    assert (
        inside.post(address("question_part", "goals"), late | {"saves": "goals"}).status_code == 409
    )
    assert inside.post(address("check_answers")).url == address("questions")
    assert told(asked) == {"goals": GOALS}


def test_who_comes_back_after_sending_reads_that_the_answers_arrived(inside, asked):
    assert "You sent them on" not in inside.get(address("enter")).text
    inside.post(address("question_part", "goals"), sent("goals", GOALS, saves="goals"))
    inside.post(address("check_answers"))
    page = inside.get(address("enter")).text
    assert "You sent them on" in page
    assert GOALS["text"] not in page, "the answers themselves are for those who treat"


def test_nothing_answered_is_not_sent(inside, asked):
    answer = inside.post(address("check_answers"))
    assert answer.status_code == 422
    assert "at least one question" in answer.content.decode()


def test_no_page_is_kept_by_a_cache_or_tells_its_address(inside):
    answer = inside.get(address("question_part", "hair"))
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Referrer-Policy"] == "strict-origin"


def test_a_part_that_is_not_asked_is_not_there(inside):
    assert inside.get(address("question_part", "nothing")).status_code == 404
