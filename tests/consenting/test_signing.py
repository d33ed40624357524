"""A signature by the patient's own link: as strong as one at the clinic, and refused as plainly."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from clinic.audit.models import Event
from clinic.consenting import refusals
from clinic.consenting.actions import sending, signing
from clinic.consenting.models import SigningRequest
from clinic.documents.actions import revoke_link
from clinic.messaging.models import Message
from patients.actions.consents import AlreadySignedError, countersign
from patients.consent.clock import expires_at
from patients.consent.discussion import Discussion
from patients.consent.wording import digest
from patients.models import Consent, ContraindicationCheck
from tests.consenting.signing import sign
from tests.factories.consenting import PassedCheckFactory, SigningRequestFactory
from tests.factories.documents import PrivateLinkFactory
from tests.factories.patients import ConsentTemplateFactory, DiscussedConsentFactory
from tests.factories.practice import SiteFactory
from tests.patients.consents import ZONE, discussed, fresh

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked():
    return SigningRequestFactory()


@pytest.fixture
def identity(asked):
    return PassedCheckFactory(link=asked.link)


def test_the_signature_says_how_the_patient_was_known_and_waits_for_who_held_the_talk(
    asked, identity
):
    signed = sign(asked, identity)
    consent = fresh(signed)
    assert (consent.signed_way, consent.identity_checked_at) == ("link", identity.passed_at)
    assert "a code sent to the e-mail address" in consent.identity_check
    assert consent.awaits_clinician
    assert consent.signed_by == consent.discussed_by
    asked.refresh_from_db()
    assert (asked.signed_at, asked.identity) == (consent.signed_at, identity)
    event = Event.objects.get(kind="patients.consent_signed_by_link")
    assert (event.actor_label, event.actor) == ("Patient", None)
    by = consent.discussed_by
    whole = countersign(by=by, consent=consent, name=str(by), now=timezone.now())
    assert "signed alone, by their own private link" in whole.clinician_statement
    assert "I saw the patient sign" not in whole.clinician_statement


def test_a_second_signature_changes_nothing(asked, identity):
    first = sign(asked, identity)
    with pytest.raises(AlreadySignedError):
        sign(asked, identity, signed_name="Somebody Else", name_reason="Another window open.")
    assert fresh(first).signed_name == first.signed_name


def test_before_the_time_to_think_is_over_nothing_is_signed_unless_a_clinician_said_why():
    now = timezone.now()
    consent = DiscussedConsentFactory(
        information_given_at=now - timedelta(days=1), reflect_until=now + timedelta(days=20)
    )
    asked = SigningRequestFactory(consent=consent)
    identity = PassedCheckFactory(link=asked.link)
    with pytest.raises(ValidationError, match="time to think"):
        sign(asked, identity)
    asked.early_reason = "Travels from abroad on Friday."
    asked.save()
    reason = sign(asked, identity).early_reason
    assert reason == f"Travels from abroad on Friday. (written by {asked.sent_by})"


def close_case(asked):
    case = asked.consent.case
    case.closed_at, case.closed_by, case.outcome = timezone.now(), case.clinician, "declined"
    case.save()


def replace_text(asked):
    old = asked.consent.template
    ConsentTemplateFactory(
        purpose=old.purpose, technique=old.technique, version=old.version + 1, title="Newer"
    )


def doubt_capacity(asked):
    Consent.objects.filter(pk=asked.consent_id).update(
        capacity="assessed",
        can_understand=False,
        can_retain=True,
        can_weigh=True,
        can_communicate=True,
        capacity_note="Could not say what it is about.",
    )


def make_a_minor(asked):
    asked.patient.date_of_birth = timezone.localdate() - timedelta(days=17 * 365)
    asked.patient.save()


def take_back(asked):
    sending.revoke_request(by=asked.sent_by, request=asked, now=timezone.now())


def let_the_clinician_leave(asked):
    asked.consent.discussed_by.is_active = False
    asked.consent.discussed_by.save()


def take_the_role_away(asked):
    asked.consent.discussed_by.roles = ["reception"]
    asked.consent.discussed_by.save()


@pytest.mark.parametrize("leave", [let_the_clinician_leave, take_the_role_away])
def test_no_link_is_sent_where_nobody_could_sign_for_the_talk(asked, leave):
    leave(asked)
    asked.patient.email = "ada@example.test"
    asked.patient.save()
    with pytest.raises(ValidationError, match="Hold the talk anew"):
        sending.send_link(
            by=asked.sent_by, consent=asked.consent, site=SiteFactory(), now=timezone.now()
        )


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (let_the_clinician_leave, refusals.TALK_AGAIN),
        (take_the_role_away, refusals.TALK_AGAIN),
        (close_case, refusals.CASE_CLOSED),
        (replace_text, refusals.NEW_TEXT),
        (doubt_capacity, refusals.TALK_AGAIN),
        (make_a_minor, refusals.NOT_OLD_ENOUGH),
    ],
)
def test_what_keeps_it_from_being_signed_is_said_in_plain_words(asked, identity, spoil, said):
    spoil(asked)
    with pytest.raises(ValidationError) as refused:
        sign(asked, identity)
    assert refused.value.messages == [said]
    assert fresh(asked.consent).signed_at is None


def test_taken_back_it_is_signed_by_no_link_and_can_be_sent_anew(asked, identity):
    take_back(asked)
    asked.refresh_from_db()
    assert asked.revoked_at
    asked.link.refresh_from_db()
    assert asked.link.revoked_at
    with pytest.raises(ValidationError):
        sign(asked, identity)
    other = PassedCheckFactory(link=PrivateLinkFactory(patient=asked.patient))
    with pytest.raises(ValidationError, match="taken this back"):
        sign(asked, other)


def test_a_closed_link_and_an_old_code_prove_nothing(asked, identity):
    later = timezone.now() + timedelta(minutes=50)
    with pytest.raises(ValidationError, match="gave us the code"):
        sign(asked, identity, now=later)
    revoke_link(by=asked.sent_by, link=asked.link, now=timezone.now())
    with pytest.raises(ValidationError, match="gave us the code"):
        sign(asked, identity)


def test_the_code_of_another_patient_proves_nothing(asked):
    with pytest.raises(ValidationError, match="gave us the code"):
        sign(asked, PassedCheckFactory())


def test_another_name_is_refused_whatever_the_reason(asked, identity):
    with pytest.raises(ValidationError, match="not the name that we have"):
        sign(asked, identity, signed_name="Somebody Else", name_reason="Signs for his brother.")
    assert fresh(asked.consent).signed_at is None


def test_what_the_clinic_wrote_down_since_is_read_before_it_is_signed(asked, identity):
    read = signing.shown_digest(asked.consent)
    talk = Discussion(risks_added=["Infection"], no_treatment_discussed=True)
    discussed(asked.sent_by, asked.consent, now=timezone.now(), discussion=talk)
    with pytest.raises(ValidationError, match="Read the text again"):
        sign(asked, identity, read=read)


def refused(change):
    with pytest.raises(IntegrityError), transaction.atomic():
        change()


def test_the_database_wants_the_identity_beside_a_signature_by_a_link(asked, identity):
    rows = Consent.objects.filter(pk=asked.consent_id)
    refused(lambda: rows.update(signed_way="link"))
    refused(lambda: rows.update(identity_check="Looked right", identity_checked_at=timezone.now()))
    now = timezone.now()
    requests = SigningRequest.objects.filter(pk=asked.pk)
    refused(lambda: requests.update(signed_at=now, identity=identity, opened_at=now))
    sign(asked, identity)
    refused(lambda: rows.update(signed_way="tablet"))
    refused(lambda: requests.update(identity=None))
    refused(lambda: requests.delete())


def at_the_end_of_the_transaction():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def signed_past_the_application(asked, **values):
    """What a direct hand at the database would write: a signature by a link, whole in itself."""
    now = timezone.now()
    whole = {
        "signed_at": now,
        "signed_by": asked.consent.discussed_by_id,
        "signed_way": "link",
        "signed_name": "Ada Okoro",
        "signed_text": "Words.",
        "signed_text_sha256": digest("Words."),
        "early_reason": "None that anybody knows.",
        "expires_at": expires_at(now, asked.consent.template.valid_months, ZONE),
        "identity_check": "Date of birth, and a code",
        "identity_checked_at": now - timedelta(minutes=1),
    }
    rows = Consent.objects.filter(pk=asked.consent_id)
    assert rows.update(**whole | values) == 1
    at_the_end_of_the_transaction()


def test_past_the_application_nothing_is_signed_by_a_link_without_its_request(asked, identity):
    with pytest.raises(IntegrityError, match="has its request"), transaction.atomic():
        signed_past_the_application(asked)
    with pytest.raises(IntegrityError, match="has its request"), transaction.atomic():
        signed_past_the_application(asked, identity_checked_at=identity.passed_at)
    sign(asked, identity)
    at_the_end_of_the_transaction()


def test_a_request_that_was_sent_after_the_signature_is_none(asked, identity):
    later = timezone.now() + timedelta(hours=2)
    SigningRequest.objects.filter(pk=asked.pk).update(sent_at=later)
    sign(asked, identity)
    with pytest.raises(IntegrityError, match="has its request"):
        at_the_end_of_the_transaction()


def test_the_check_at_a_signature_by_the_link_is_nobody_s_of_the_clinic(asked, identity):
    sign(asked, identity)
    check = ContraindicationCheck.objects.get(about_id=asked.consent_id)
    assert check.checked_by is None
    assert check.checked_by_in_words == "by the program, as the patient signed by their own link"
    event = Event.objects.get(kind="patients.contraindications")
    assert (event.actor, event.actor_label) == (None, "Anagen")
    for step in ("plan", "session"):
        with pytest.raises(IntegrityError, match="checked_paired"), transaction.atomic():
            ContraindicationCheck.objects.create(
                patient=check.patient,
                case=check.case,
                technique=check.technique,
                step=step,
                about_id=check.about_id,
                moment_at=check.moment_at,
                results=[],
                checked_at=check.checked_at,
            )


def test_the_link_goes_by_e_mail_and_tells_nothing(asked):
    asked.patient.email = "ada@example.test"
    asked.patient.save()
    site = SiteFactory()
    again = sending.send_link(
        by=asked.sent_by, consent=asked.consent, site=site, now=timezone.now()
    )
    assert again.pk == asked.pk
    message = Message.objects.get(purpose="consent")
    title = asked.consent.template.title
    assert message.channel == "email"
    for told in (message.subject, message.body, message.text_to_show):
        assert title not in told
        assert "consent" not in told.lower()
    assert message.text_to_show.count("/my/…") == 1


def test_without_an_e_mail_address_staff_read_why_nothing_is_sent(asked, settings):
    settings.SMS_BACKEND = "none"
    asked.patient.email = ""
    asked.patient.save()
    with pytest.raises(ValidationError, match="no way to send the link"):
        sending.send_link(
            by=asked.sent_by, consent=asked.consent, site=SiteFactory(), now=timezone.now()
        )
    assert not Message.objects.exists()


def test_an_early_reason_of_a_few_letters_is_none(asked):
    asked.patient.email = "ada@example.test"
    asked.patient.save()
    late = asked.consent.reflect_until - timedelta(hours=1)
    with pytest.raises(ValidationError, match="letters or more"):
        sending.send_link(
            by=asked.sent_by,
            consent=asked.consent,
            site=SiteFactory(),
            now=late,
            early_reason="soon",
        )
