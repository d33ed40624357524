"""Reading, signing, asking and changing one's mind on one's own phone."""

import html
import re
from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from clinic.consenting.models import IdentityCheck
from clinic.messaging.models import Message
from clinic.portal import proof
from patients.consent.rules import may_send_marketing, may_use_photos
from patients.models import Consent, ConsentQuestion, Patient, PhotoNarrowing
from tests.factories.consenting import PassedCheckFactory, SigningRequestFactory
from tests.factories.documents import IssuedDocumentFactory, PrivateLinkFactory
from tests.factories.patients import (
    CaseFactory,
    ConsentTemplateFactory,
    DiscussedConsentFactory,
    PatientFactory,
    SignedConsentFactory,
)
from tests.factories.practice import SiteFactory
from tests.patients.consents import SIGNATURE, discussed, fresh

pytestmark = pytest.mark.django_db
SECRET = "invented-secret"
BORN = {"day": "22", "month": "11", "year": "1980"}  # as in the factory


def address(name, *rest):
    return reverse(f"portal:{name}", args=[SECRET, *rest])


def words(response, status=200):
    assert response.status_code == status, response
    return html.unescape(response.content.decode())


@pytest.fixture
def case():
    patient = PatientFactory(
        given_names="Ada", family_name="Okoro", email="ada@example.test", site=SiteFactory()
    )
    return CaseFactory(patient=patient)


@pytest.fixture
def link(case):
    return PrivateLinkFactory(secret=SECRET, patient=case.patient)


@pytest.fixture
def consent(case):
    return DiscussedConsentFactory(case=case)


@pytest.fixture
def asked(consent, link):
    return SigningRequestFactory(consent=consent, link=link)


@pytest.fixture
def inside(client, link):
    """A browser that gave the date of birth."""
    client.post(address("enter"), BORN)
    return client


def prove(client, link, **values):
    """Let a browser have given the right code."""
    check = PassedCheckFactory(link=link, **values)

    class Answer:
        def set_cookie(self, name, value, **_):
            client.cookies[name] = value

    proof.begin(Answer(), check)
    return client


@pytest.fixture
def known(inside, link):
    return prove(inside, link)


def signing(client, consent, **values):
    page = words(client.get(address("consent", consent.pk)))
    read = re.search(r'name="read" value="([0-9a-f]{64})"', page).group(1)
    typed = {"read": read, "agrees": "on", "signed_name": "Ada Okoro", "signature": SIGNATURE}
    return client.post(address("consent", consent.pk), typed | values)


def test_the_date_of_birth_alone_shows_nothing_of_what_is_to_be_signed(client, asked, consent):
    answer = client.post(address("enter"), BORN)
    assert answer.url == address("consents")
    for name, rest in [
        ("consents", []),
        ("consent", [consent.pk]),
        ("consent_question", [consent.pk]),
        ("change_mind", [consent.pk]),
    ]:
        assert client.get(address(name, *rest)).url == address("code")
    page = words(client.get(address("code")))
    assert consent.template.title not in page
    assert "Okoro" not in page
    assert "ada@" not in page


def test_without_the_date_of_birth_no_code_is_sent(client, asked):
    assert client.post(address("code"), {"send": "1"}).url == address("enter")
    assert not IdentityCheck.objects.exists()


def test_the_code_from_the_outbox_opens_the_text(inside, asked, consent):
    inside.post(address("code"), {"send": "1"})
    body = Message.objects.get(purpose="identity_code").body
    code = re.search(r"Your code is (\d{6})", body).group(1)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    assert "not the newest code that we sent or told you" in words(
        inside.post(address("code"), {"code": wrong}), 422
    )
    assert "6 digits" in words(inside.post(address("code"), {"code": "12"}), 422)
    assert inside.post(address("code"), {"code": f"{code[:3]} {code[3:]}"}).url == address(
        "consents"
    )
    assert consent.template.title in words(inside.get(address("consents")))
    page = words(inside.get(address("consent", consent.pk)))
    assert "Bleeding" in page
    asked.refresh_from_db()
    assert asked.opened_at


def test_a_code_given_by_another_link_opens_nothing(inside, asked, consent):
    prove(inside, PrivateLinkFactory(patient=consent.patient))
    assert inside.get(address("consents")).url == address("code")


def test_the_patient_signs_and_reads_what_happens_next(known, asked, consent):
    assert signing(known, consent).url == address("consent", consent.pk)
    signed = fresh(consent)
    assert (signed.signed_way, signed.signed_name) == ("link", "Ada Okoro")
    page = words(known.get(address("consent", consent.pk)))
    assert "What happens next" in page
    assert f"{signed.signed_by} reads what you signed" in page


def test_a_form_with_an_error_keeps_what_was_typed(known, asked, consent):
    page = words(signing(known, consent, agrees="", matters="That it does not hurt"), 422)
    assert "That it does not hurt" in page
    assert "ask us first" in page
    assert fresh(consent).signed_at is None


@pytest.mark.parametrize(
    "typed",
    [{"signed_name": "Somebody Else"}, {"signature": "", "signature_typed": "Somebody Else"}],
)
def test_nobody_signs_by_the_link_with_another_name_whatever_the_reason(
    known, asked, consent, typed
):
    page = words(signing(known, consent, name_reason="I am his brother.", **typed), 422)
    assert "This is not the name that we have for you" in page
    assert 'name="name_reason"' not in page
    assert fresh(consent).signed_at is None


def test_before_the_time_to_think_is_over_it_can_be_read_and_not_signed(known, case, link):
    now = timezone.now()
    consent = DiscussedConsentFactory(
        case=case,
        information_given_at=now - timedelta(days=2),
        reflect_until=now + timedelta(days=20),
    )
    SigningRequestFactory(consent=consent, link=link)
    page = words(known.get(address("consent", consent.pk)))
    assert "You can sign from" in page
    assert "Your signature" not in page
    forced = {"read": "0" * 64, "agrees": "on", "signed_name": "Ada Okoro", "signature": SIGNATURE}
    answer = words(known.post(address("consent", consent.pk), forced), 422)
    assert "You have time to think this over" in answer
    assert fresh(consent).signed_at is None


def test_who_may_sign_early_reads_until_when_they_could_think(known, case, link, client_of):
    now = timezone.now()
    consent = DiscussedConsentFactory(
        case=case,
        information_given_at=now - timedelta(days=2),
        reflect_until=now + timedelta(days=20),
    )
    asked = SigningRequestFactory(consent=consent, link=link, early_reason="Travels on Friday.")
    page = words(known.get(address("consent", consent.pk)))
    assert "your time to think would run until" in page
    assert "Your signature" in page
    signing(known, consent)
    told = words(
        client_of(consent.discussed_by).get(
            reverse("patients:countersign", args=[case.patient_id, consent.pk])
        )
    )
    assert f"Travels on Friday. (written by {asked.sent_by})" in told


def test_what_was_never_sent_or_is_another_patients_is_not_there(known, case):
    own = DiscussedConsentFactory(case=case)
    other = SigningRequestFactory().consent
    for consent in (own, other):
        assert known.get(address("consent", consent.pk)).status_code == 404


def test_taken_back_by_the_clinic_the_page_says_so(known, asked, consent):
    asked.revoked_at, asked.revoked_by = timezone.now(), asked.sent_by
    asked.save()
    page = words(known.get(address("consent", consent.pk)))
    assert "The clinic has taken this back" in page


def test_a_question_is_kept_for_the_talk_and_changes_nothing_else(known, asked, consent):
    before = fresh(consent)
    answer = known.post(
        address("consent_question", consent.pk), {"words": "How long does it hurt?"}
    )
    assert answer.status_code == 302
    question = ConsentQuestion.objects.get()
    assert question.consent.questions_open == [question]
    after = fresh(consent)
    assert (after.reflect_until, after.signed_at, after.discussed_at) == (
        before.reflect_until,
        None,
        before.discussed_at,
    )
    assert "We talk about it with you" in words(known.get(address("consent", consent.pk)))
    assert "Write your question." in words(
        known.post(address("consent_question", consent.pk), {"words": " "}), 422
    )


def test_who_asked_first_signs_after_the_answer(known, asked, consent):
    consent_page = address("consent", consent.pk)
    read = re.search(r'name="read" value="([0-9a-f]{64})"', words(known.get(consent_page))).group(1)
    known.post(address("consent_question", consent.pk), {"words": "How long does it hurt?"})
    page = words(known.get(consent_page))
    assert "How long does it hurt?" in page
    assert "Your signature" not in page
    typed = {"read": read, "agrees": "on", "signed_name": "Ada Okoro", "signature": SIGNATURE}
    assert "answer you before you sign" in words(known.post(consent_page, typed), 422)
    assert fresh(consent).signed_at is None
    newest = ConsentQuestion.objects.get().asked_at
    discussed(consent.discussed_by, consent, now=timezone.now(), asked_seen=newest)
    assert signing(known, consent).status_code == 302
    assert fresh(consent).signed_at


def test_the_patient_takes_a_consent_back_on_a_second_page(known, case):
    consent = SignedConsentFactory(case=case)
    page = words(known.get(address("change_mind", consent.pk)))
    assert "What follows at once" in page
    assert fresh(consent).withdrawn_at is None
    known.post(address("change_mind", consent.pk))
    ended = fresh(consent)
    assert (ended.withdrawn_by, ended.withdrawn_how) == (None, "own_page")
    assert "You took this back" in words(known.get(address("consent", consent.pk)))


def test_the_patient_is_told_that_something_was_done_and_whom_to_call_but_not_what(
    known, asked, consent
):
    signing(known, consent)
    known.post(address("change_mind", consent.pk))
    told = Message.objects.filter(subject="Was this you?").order_by("created_at")
    assert ["signed" in told[0].body, "taken back" in told[1].body] == [True, True]
    for message in told:
        assert message.recipient == "ada@example.test"
        assert "Was it not you? Call us on" in message.body
        assert consent.template.title not in message.body
        assert "/my/" not in message.body


def test_one_use_of_photographs_is_taken_back_and_the_rest_stands(known, case):
    consent = SignedConsentFactory(
        case=case,
        template__purpose="photographs",
        template__technique="",
        photo_scopes=["clinical", "website"],
    )
    assert "Tick at least one" in words(known.post(address("change_mind", consent.pk)), 422)
    known.post(address("change_mind", consent.pk), {"uses": ["website"]})
    narrowing = PhotoNarrowing.objects.get()
    assert (narrowing.uses, narrowing.narrowed_by) == (["website"], None)
    assert may_use_photos(case.patient, "clinical")
    assert not may_use_photos(case.patient, "website")
    known.post(address("change_mind", consent.pk), {"uses": ["clinical"]})
    assert fresh(consent).withdrawn_at


def test_news_are_wished_by_the_ways_that_are_ticked_and_by_no_other(known, case, link):
    consent = DiscussedConsentFactory(
        case=case, template__purpose="marketing", template__technique=""
    )
    SigningRequestFactory(consent=consent, link=link)
    page = words(known.get(address("consent", consent.pk)))
    assert not re.search(r'name="news_by"[^>]*checked', page)
    assert "Tick at least one way" in words(signing(known, consent), 422)
    signing(known, consent, news_by=["email"])
    wishes = Patient.objects.get(pk=case.patient_id).contact_allowed
    assert [wish for wish in wishes if wish.endswith(":news")] == ["email:news"]
    assert "News by: e-mail" in Consent.objects.get(pk=consent.pk).signed_text
    assert not may_send_marketing(case.patient)  # the clinician has not signed yet


def test_the_paper_of_a_consent_is_listed_and_opens_after_the_code_alone(inside, link, case):
    paper = IssuedDocumentFactory(case=case, kind="signed_consent", title="Consent: Micrograft")
    summary = IssuedDocumentFactory(case=case)
    page = words(inside.get(address("enter")))
    assert paper.title not in page
    assert summary.title in page
    assert inside.get(address("document", paper.pk)).url == address("code")
    assert not paper.openings.exists()
    prove(inside, link)
    assert paper.title in words(inside.get(address("enter")))
    opened = inside.get(address("document", paper.pk))
    assert opened.status_code == 200
    opened.close()


def test_what_was_sent_after_the_code_ran_out_is_kept_and_signs_after_a_new_one(
    client, known, link, asked, consent
):
    page = words(known.get(address("consent", consent.pk)))
    read = re.search(r'name="read" value="([0-9a-f]{64})"', page).group(1)
    typed = {"read": read, "agrees": "on", "matters": "No pain & <calm>", "signature": SIGNATURE}
    typed |= {"signed_name": "Ada Okoro"}
    known.cookies.clear()
    late = known.post(address("consent", consent.pk), typed)
    told = words(late, 422)
    assert "what you wrote is kept" in told
    assert consent.template.title not in told
    sent = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', late.content.decode()))
    del sent["csrfmiddlewaretoken"]
    assert {name: html.unescape(value) for name, value in sent.items()} == typed
    assert fresh(consent).signed_at is None
    prove(known, link)
    assert known.post(address("consent", consent.pk), typed).status_code == 302
    assert fresh(consent).matters == "No pain & <calm>"


def test_behind_a_closed_link_nothing_is_handed_back(known, asked, consent, link):
    link.revoked_at, link.revoked_by = timezone.now(), asked.sent_by
    link.save()
    answer = known.post(address("consent", consent.pk), {"matters": "No pain"})
    assert answer.status_code == 404
    assert b"No pain" not in answer.content


def test_the_code_lets_in_for_as_long_as_it_proves(known, asked):
    del known.cookies["anagen_my"]
    assert known.get(address("consents")).status_code == 200


def test_a_consent_that_is_over_or_replaced_does_not_read_as_if_it_counted(known, case):
    over = SignedConsentFactory(case=case, template__valid_months=12)  # signed years ago
    replaced = SignedConsentFactory(case=case, template__technique="prp")
    ConsentTemplateFactory(
        technique="prp",
        version=replaced.template.version + 1,
        earlier_consents="anew",
        earlier_reason="A risk was missing.",
    )
    listed = words(known.get(address("consents")))
    assert "counted until" in listed
    assert "does not count any more" in listed
    assert "Your consent counted until" in words(known.get(address("consent", over.pk)))
    page = words(known.get(address("consent", replaced.pk)))
    assert "what you signed does not count any more" in page
    assert "We ask you again before" not in page


def test_the_pdf_is_named_once_it_is_there(known, case):
    consent = SignedConsentFactory(case=case)
    assert "We are making a PDF" in words(known.get(address("consent", consent.pk)))
    paper = IssuedDocumentFactory(case=case, kind="signed_consent", subject_id=consent.pk)
    assert address("document", paper.pk) in words(known.get(address("consent", consent.pk)))


def test_an_old_code_is_no_wrong_try_and_too_many_tries_are_told_as_such(inside, link):
    PassedCheckFactory(link=link)
    for _ in range(12):
        assert "has run out" in words(inside.post(address("code"), {"code": "123456"}), 422)
    PassedCheckFactory(link=link, passed_at=None, sent_at=timezone.now())
    for _ in range(10):
        inside.post(address("code"), {"code": "123456"})
        IdentityCheck.objects.filter(passed_at=None).update(wrong_answers=0)
    told = words(inside.post(address("code"), {"code": "123456"}), 429)
    assert "Too many wrong tries" in told
    assert "many codes" not in told


def test_leaving_forgets_the_code_too(known, asked):
    known.get(address("leave"))
    assert known.get(address("consents")).url == address("enter")
    known.post(address("enter"), BORN)
    assert known.get(address("consents")).url == address("code")


@pytest.mark.parametrize("purpose", ["photographs", "marketing", "research", "gp"])
def test_only_who_is_treated_reads_that_they_are_asked_again_before_each_treatment(
    known, case, purpose
):
    shared = SignedConsentFactory(
        case=case,
        template__purpose=purpose,
        template__technique="",
        template__reflection_days=0,
        photo_scopes=["clinical"] if purpose == "photographs" else [],
    )
    treated = SignedConsentFactory(case=case)
    assert "before each treatment" not in words(known.get(address("consent", shared.pk)))
    assert "before each treatment" in words(known.get(address("consent", treated.pk)))


def test_what_was_signed_when_one_signature_was_enough_names_no_second(case):
    signed = SignedConsentFactory(case=case)
    about = {"state": "counts", "token": SECRET, "patient": case.patient, "site": SiteFactory()}
    first = Consent(process=1, pk=signed.pk, template=signed.template, signed_at=signed.signed_at)
    page = render_to_string("portal/consents/signed.html", {**about, "consent": first})
    assert "has signed too" not in page
    assert "We are making a PDF" not in page
    page = render_to_string("portal/consents/signed.html", {**about, "consent": signed})
    assert "has signed too" in page


def test_who_can_be_written_to_one_way_only_reads_that_the_clinic_tells_the_code(
    client, link, asked, settings
):
    settings.SMS_BACKEND = "none"
    PrivateLinkFactory(secret="another-secret", patient=link.patient, way="email")
    code = reverse("portal:code", args=["another-secret"])
    client.post(reverse("portal:enter", args=["another-secret"]), BORN)
    page = words(client.get(code))
    assert "The clinic tells you a code" in page
    assert "Send me a code" not in page
    assert 'name="code"' in page
    assert "no second way" in words(client.post(code, {"send": "1"}), 422)
