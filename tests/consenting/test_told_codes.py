"""Who can be written to one way only is told the code by somebody who makes sure who they are."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import Event
from clinic.caseload.summary_delivery import send_link as send_summary_link
from clinic.consenting.actions import identity, sending
from clinic.consenting.models import IdentityCheck
from clinic.documents.models import PrivateLink
from clinic.messaging.models import Message
from clinic.questionnaires.actions.sending import hand_over_questionnaire, send_questionnaire
from tests.consenting.signing import sign
from tests.factories.consenting import PassedCheckFactory, SigningRequestFactory
from tests.factories.documents import IssuedDocumentFactory, PrivateLinkFactory
from tests.factories.patients import CaseFactory, DiscussedConsentFactory, PatientFactory
from tests.factories.practice import SiteFactory
from tests.patients.consents import fresh

pytestmark = pytest.mark.django_db
PHONE = "+447700900123"
PHONED, FACE_TO_FACE = IdentityCheck.Told.PHONE, IdentityCheck.Told.HERE


@pytest.fixture
def site():
    return SiteFactory()


@pytest.fixture
def patient(site, settings):
    """An invented patient with an e-mail address and a telephone."""
    settings.SMS_BACKEND = "clinic.messaging.sms.FileSms"
    return PatientFactory(email="ada@example.test", phone=PHONE, site=site)


@pytest.fixture
def asked(patient):
    consent = DiscussedConsentFactory(case=CaseFactory(patient=patient))
    return SigningRequestFactory(
        consent=consent, link=PrivateLinkFactory(patient=patient, way="email")
    )


def only_by_e_mail(patient, settings):
    settings.SMS_BACKEND = "none"
    return patient


def only_by_text(patient):
    patient.email = ""
    patient.save()


def newest_link(patient):
    return PrivateLink.objects.open_at(timezone.now()).get(patient=patient)


def told(link, by, how=FACE_TO_FACE):
    return identity.tell_code(by=by, link=link, how=how, now=timezone.now())


def bodies(purpose):
    return {each.channel: each.body for each in Message.objects.filter(purpose=purpose)}


def test_every_link_goes_one_way_and_a_text_message_only_says_that_there_is_an_e_mail(
    asked, patient, clinician, site
):
    case = asked.consent.case
    IssuedDocumentFactory(case=case)
    about = {"by": clinician, "patient": patient, "site": site, "now": timezone.now()}
    send_questionnaire(**about)
    assert newest_link(patient).way == "email"
    send_summary_link(key="summary", **about)
    assert newest_link(patient).way == "email"
    for purpose in ("questionnaire", "summary_ready"):
        texts = bodies(purpose)
        assert "/my/" in texts["email"]
        assert "/my/" not in texts["sms"]
        assert "to your e-mail address" in texts["sms"]


def test_a_link_goes_by_text_message_to_who_has_no_e_mail_address(patient, clinician, site):
    only_by_text(patient)
    send_questionnaire(by=clinician, patient=patient, site=site, now=timezone.now())
    assert newest_link(patient).way == "sms"
    texts = bodies("questionnaire")
    assert list(texts) == ["sms"]
    assert "/my/" in texts["sms"]


def test_a_link_by_text_message_gets_its_code_by_e_mail(patient, clinician, site):
    patient.contact_allowed = ["text:visits", "email:care", "text:care"]
    patient.save()
    send_questionnaire(by=clinician, patient=patient, site=site, now=timezone.now())
    check = identity.send_code(link=newest_link(patient), site=site, now=timezone.now())
    assert (newest_link(patient).way, check.channel) == ("sms", "email")


def test_on_the_clinic_s_own_device_a_code_goes_to_the_patient_s_phone(patient, clinician, site):
    hand_over_questionnaire(by=clinician, patient=patient, now=timezone.now())
    check = identity.send_code(link=newest_link(patient), site=site, now=timezone.now())
    assert (newest_link(patient).way, check.channel) == ("here", "sms")


@pytest.mark.parametrize("way", ["email", "unknown"])
def test_no_code_goes_the_way_of_the_link_nor_where_that_is_not_known(patient, site, settings, way):
    only_by_e_mail(patient, settings)
    link = PrivateLinkFactory(patient=patient, way=way)
    with pytest.raises(ValidationError, match="no second way to send you a code"):
        identity.send_code(link=link, site=site, now=timezone.now())
    assert not IdentityCheck.objects.exists()


@pytest.mark.parametrize("way", ["email", "unknown"])
def test_the_database_takes_no_code_that_goes_the_way_of_its_link(patient, way):
    link = PrivateLinkFactory(patient=patient, way=way)
    with pytest.raises(IntegrityError, match="another way"), transaction.atomic():
        PassedCheckFactory(link=link, channel="email")
    with pytest.raises(IntegrityError, match="never change"), transaction.atomic():
        PrivateLink.objects.filter(pk=link.pk).update(way="sms")


def test_a_told_code_is_right_once_and_says_who_told_it_and_how(asked, clinician):
    check, code = told(asked.link, clinician, PHONED)
    assert Message.objects.filter(purpose="identity_code").count() == 0
    assert code not in str(vars(IdentityCheck.objects.get()))
    passed, why_not = identity.check_code(link=asked.link, code=code, now=timezone.now())
    assert (passed, why_not) == (check, "")
    signed = fresh(sign(asked, passed))
    assert signed.identity_check == (
        f"Date of birth, and a code told on the phone by {clinician}, who made sure who it was"
    )
    event = Event.objects.get(kind="consenting.code_told")
    assert (event.actor, event.sentence.endswith("told a code on the phone")) == (
        clinician,
        True,
    )
    assert identity.check_code(link=asked.link, code=code, now=timezone.now())[0] is None


def test_a_told_code_takes_the_place_of_the_one_that_was_sent(asked, site, clinician):
    now = timezone.now()
    identity.send_code(link=asked.link, site=site, now=now - timedelta(minutes=1))
    sent = re.search(r"\d{6}", Message.objects.get(purpose="identity_code").body).group()
    _, code = told(asked.link, clinician)
    if sent != code:
        assert identity.check_code(link=asked.link, code=sent, now=now)[0] is None
    assert identity.check_code(link=asked.link, code=code, now=timezone.now())[0] is not None


def test_no_code_is_told_on_a_number_that_is_newer_than_the_link(asked, patient, clinician):
    an_hour_ago = timezone.now() - timedelta(hours=1)
    link = PrivateLinkFactory(patient=patient, way="email", created_at=an_hour_ago)
    patient.phone = "+447700900456"
    patient.save()
    with pytest.raises(ValidationError, match="changed after the link was sent"):
        told(link, clinician, PHONED)
    told(link, clinician, FACE_TO_FACE)


def test_staff_are_not_offered_to_tell_it_on_such_a_number(patient, reception, client_of):
    an_hour_ago = timezone.now() - timedelta(hours=1)
    PrivateLinkFactory(patient=patient, way="email", created_at=an_hour_ago)
    browser = client_of(reception)
    assert "On the phone: I called" in page(browser, patient).content.decode()
    patient.phone = "+447700900456"
    patient.save()
    said = page(browser, patient).content.decode()
    assert "On the phone: I called" not in said
    assert "changed after the link was sent" in said
    assert page(browser, patient, told_how="phone").status_code == 422
    assert not IdentityCheck.objects.exists()


def test_no_code_is_told_for_a_link_that_is_closed_or_was_tried_too_often(asked, clinician):
    for _ in range(2):
        PassedCheckFactory(link=asked.link, channel="sms", passed_at=None, wrong_answers=5)
    with pytest.raises(ValidationError, match="Too many wrong codes"):
        told(asked.link, clinician)
    sending.revoke_request(by=clinician, request=asked, now=timezone.now())
    with pytest.raises(ValidationError, match="No link of this patient opens"):
        told(asked.link, clinician)


def test_the_database_wants_each_code_sent_or_told_by_somebody(asked, clinician):
    def refused(**values):
        with pytest.raises(IntegrityError), transaction.atomic():
            PassedCheckFactory(link=asked.link, **values)

    refused(channel="")
    refused(channel="", told_by=clinician)
    refused(channel="", told_how="phone")
    refused(channel="sms", told_by=clinician, told_how="phone")
    PassedCheckFactory(link=asked.link, channel="", told_by=clinician, told_how="phone")


def page(browser, patient, **typed):
    address = reverse("consenting:tell_code", args=[patient.pk])
    return browser.post(address, typed) if typed else browser.get(address)


def test_reception_sees_a_code_to_tell_once_they_said_how_they_made_sure(
    asked, patient, reception, client_of, client
):
    browser = client_of(reception)
    assert "01632" not in page(browser, patient).content.decode()
    refused = page(browser, patient, told_how="guessed")
    assert refused.status_code == 422
    assert not IdentityCheck.objects.exists()
    answer = page(browser, patient, told_how="phone")
    assert answer["Cache-Control"] == "private, no-store"
    code = "".join(re.search(r">(\d{3}) (\d{3})<", answer.content.decode()).groups())
    assert asked.consent.template.title not in answer.content.decode()
    check, _ = identity.check_code(link=asked.link, code=code, now=timezone.now())
    assert (check.told_by, check.told_how) == (reception, "phone")


def test_the_page_of_the_link_says_that_the_code_is_told(
    asked, patient, clinician, client_of, settings
):
    browser = client_of(clinician)
    address = reverse("consenting:link", args=[patient.pk, asked.consent_id])
    both = browser.get(address).content.decode()
    assert "another way than the link" in both
    assert "Tell a code" not in both
    only_by_e_mail(patient, settings)
    one = browser.get(address).content.decode()
    assert "that somebody here tells them" in one
    assert "Tell a code" in one


def test_without_a_link_that_opens_nothing_can_be_told(patient, reception, client_of):
    answer = page(client_of(reception), patient)
    assert "No link of this patient opens" in answer.content.decode()
    assert "Show a code" not in answer.content.decode()
    page(client_of(reception), patient, told_how="here")
    assert not IdentityCheck.objects.exists()
