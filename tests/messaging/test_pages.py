"""The outbox as staff read it, and the demo's letter box."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import Event
from clinic.messaging import delivery
from clinic.messaging.models import Message
from tests.factories.messaging import MessageFactory, TextMessageFactory
from tests.factories.practice import SiteFactory
from tests.factories.staff import ReceptionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def outbox():
    return reverse("messaging:outbox")


def test_it_says_what_was_sent_where_and_when(client_of, reception, outbox):
    message = MessageFactory(sent_at=timezone.now(), subject="Booked", body="See you on Monday.")
    page = client_of(reception).get(outbox).content.decode()
    for words in ("Sent", message.recipient, "Booked", "See you on Monday.", str(message.patient)):
        assert words in page


def test_an_empty_outbox_says_what_will_be_there(client_of, reception, outbox):
    assert "No messages yet" in client_of(reception).get(outbox).content.decode()


def test_the_newest_stands_first(client_of, reception, outbox):
    old = MessageFactory(due_at=timezone.now() - timedelta(days=1), subject="Old one")
    new = MessageFactory(subject="New one")
    page = client_of(reception).get(outbox).content.decode()
    assert page.index(new.subject) < page.index(old.subject)


@pytest.mark.parametrize(
    ("status", "ending"),
    [("sent", "sent_at"), ("failed", "failed_at"), ("cancelled", "cancelled_at")],
)
def test_it_narrows_to_a_status(client_of, reception, outbox, status, ending):
    MessageFactory(subject="Still waiting")
    MessageFactory(**{ending: timezone.now()}, subject="Ended")
    client = client_of(reception)
    page = client.get(outbox, {"status": status}).content.decode()
    assert "Ended" in page
    assert "Still waiting" not in page
    page = client.get(outbox, {"status": "waiting"}).content.decode()
    assert "Ended" not in page
    assert "Still waiting" in page


def test_it_narrows_to_a_purpose(client_of, reception, outbox):
    MessageFactory(subject="Confirmed")
    MessageFactory(purpose=Message.Purpose.REMINDER, subject="Reminded")
    page = client_of(reception).get(outbox, {"purpose": "reminder"}).content.decode()
    assert "Reminded" in page
    assert "Confirmed" not in page


def test_a_made_up_status_is_refused_with_the_whole_list(client_of, reception, outbox):
    MessageFactory(subject="Shown all the same")
    response = client_of(reception).get(outbox, {"status": "body"})
    assert response.status_code == 422
    assert "Shown all the same" in response.content.decode()


def test_messages_of_another_site_do_not_exist(client_of, outbox):
    here, elsewhere = SiteFactory(), SiteFactory()
    MessageFactory(patient__site=here, subject="Seen here")
    MessageFactory(patient__site=elsewhere, subject="Seen elsewhere")
    page = client_of(ReceptionFactory(sites=[here])).get(outbox).content.decode()
    assert "Seen here" in page
    assert "Seen elsewhere" not in page


def test_the_messages_of_one_patient_are_theirs_alone(client_of, reception, outbox):
    here = MessageFactory(subject="Asked for")
    MessageFactory(subject="Of somebody else")
    answer = client_of(reception).get(outbox, {"patient": here.patient_id, "status": "waiting"})
    page = answer.content.decode()
    assert "Asked for" in page
    assert "Of somebody else" not in page
    assert f'name="patient" value="{here.patient_id}"' in page
    opened = Event.objects.about_patient(here.patient_id).filter(kind="patients.viewed")
    assert opened.count() == 1


def test_another_sites_patient_has_no_messages_to_look_at(client_of, outbox):
    message = MessageFactory()
    client = client_of(ReceptionFactory(sites=[SiteFactory()]))
    assert client.get(outbox, {"patient": message.patient_id}).status_code == 404
    assert client.get(outbox, {"patient": "junk"}).status_code == 404


def test_an_evaluator_may_not_look(client_of, evaluator, outbox):
    assert client_of(evaluator).get(outbox).status_code == 403


def test_a_waiting_link_is_shown_without_its_secret(client_of, reception, outbox):
    MessageFactory(body="Open https://anagen.example.test/my/top-secret-word/ now")
    page = client_of(reception).get(outbox).content.decode()
    assert "top-secret-word" not in page
    assert "/my/…/ now" in page


@pytest.mark.parametrize("rows", [1, 3])
def test_the_number_of_queries_does_not_grow(
    client_of, reception, outbox, rows, django_assert_max_num_queries
):
    MessageFactory.create_batch(rows)
    client = client_of(reception)
    with django_assert_max_num_queries(6):
        client.get(outbox)


def test_it_is_paged(client_of, reception, outbox):
    MessageFactory.create_batch(27)
    client = client_of(reception)
    assert "1–25 of 27" in client.get(outbox).content.decode()
    assert "26–27 of 27" in client.get(outbox, {"page": 2}).content.decode()


def test_the_letter_box_shows_what_was_really_written(client_of, reception, settings, tmp_path):
    settings.DEMO, settings.EMAIL_FILE_PATH = True, str(tmp_path / "mail")
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.SMS_BACKEND = "clinic.messaging.sms.FileSms"
    link = "http://127.0.0.1:8000/my/secret-of-the-patient/"
    mail = MessageFactory(
        subject="Żółta karta", body=f"Open {link}\n", attachment_name="a.ics", attachment_text="X"
    )
    text = TextMessageFactory(body=f"Open {link} jetzt: größer")
    assert delivery.send_due() == 2
    page = client_of(reception).get(reverse("messaging:demo_mail")).content.decode()
    assert page.count(f'href="{link}"') == 2
    for words in ("Żółta karta", "a.ics", mail.recipient, text.recipient, "größer"):
        assert words in page


def test_outside_the_demo_there_is_no_letter_box(client_of, reception, client):
    assert client_of(reception).get(reverse("messaging:demo_mail")).status_code == 404
    assert client.get(reverse("messaging:demo_mail")).status_code == 302
