"""Putting the questions to a patient, and taking them back."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.documents import actions as documents
from clinic.documents.models import PrivateLink
from clinic.messaging import actions as messaging
from clinic.messaging.models import Message
from clinic.practice.models import Site
from clinic.questionnaires.models import Questionnaire
from clinic.staff.models import User
from patients.models import Patient
from patients.phone import readable
from patients.turns import take_turn

NOT_REACHABLE = (
    "There is no way to send the questions: record an e-mail address or a phone number, "
    "and that the patient may be written to about visits."
)
NO_BIRTH_DATE = (
    "The date of birth is not known, and the link asks for it. "
    "Write it into the patient's details first."
)
SUBJECT = "Some questions before your visit"
ON_THE_TABLET = timedelta(hours=2)


def obstacle_to_asking(patient: Patient) -> str:
    """Return why this patient cannot be asked at all, in a sentence, or ""."""
    return NO_BIRTH_DATE if patient.date_of_birth is None else ""


def obstacle_to_sending(patient: Patient) -> str:
    """Return why the questions cannot be sent to this patient, in a sentence, or ""."""
    if found := obstacle_to_asking(patient):
        return found
    reached = messaging.channels_of(patient, Message.Purpose.QUESTIONNAIRE)
    return "" if reached else NOT_REACHABLE


@transaction.atomic
def send_questionnaire(*, by: User, patient: Patient, site: Site, now: datetime) -> Questionnaire:
    """Send the patient a link to the questions; who also reads text messages is told of it there.

    Where they have begun already, they get a new link to what they wrote. Raises
    `ValidationError` without a date of birth, and where the patient cannot be reached.
    """
    take_turn(patient.pk)
    patient = Patient.objects.get(pk=patient.pk)
    if obstacle := obstacle_to_sending(patient):
        raise ValidationError(obstacle)
    link, secret = documents.create_link(
        by=by,
        patient=patient,
        way=messaging.way_of_link(patient, Message.Purpose.QUESTIONNAIRE),
        now=now,
        lasts=timedelta(days=settings.QUESTIONNAIRE_LINK_DAYS),
    )
    questionnaire = _ask(by, patient, link, now)
    _write(by, questionnaire, secret, site, now)
    audit.record(Kind.QUESTIONNAIRE_SENT, by=by, patient_id=patient.pk, subject=questionnaire)
    return questionnaire


@transaction.atomic
def hand_over_questionnaire(
    *, by: User, patient: Patient, now: datetime
) -> tuple[Questionnaire, str]:
    """Open the questions on a device of the clinic; return them and the link's secret.

    The link is short, and leaves others open: the patient may go on at home.
    """
    take_turn(patient.pk)
    patient = Patient.objects.get(pk=patient.pk)
    if obstacle := obstacle_to_asking(patient):
        raise ValidationError(obstacle)
    link, secret = documents.create_link(
        by=by,
        patient=patient,
        way=PrivateLink.Way.HERE,
        now=now,
        lasts=ON_THE_TABLET,
        closes_earlier=False,
    )
    open_one = patient.questionnaires.with_patient().first()
    questionnaire = open_one or _ask(by, patient, link, now)
    audit.record(Kind.QUESTIONNAIRE_HANDED, by=by, patient_id=patient.pk, subject=questionnaire)
    return questionnaire, secret


@transaction.atomic
def revoke_questionnaire(*, by: User, questionnaire: Questionnaire, now: datetime) -> None:
    """Take the questions back; what was written in them is kept, and nobody adds to it."""
    take_turn(questionnaire.patient_id)
    row = Questionnaire.objects.select_for_update(of=("self",)).get(pk=questionnaire.pk)
    if row.sent_in_at:
        raise ValidationError("The patient has sent it in already: go through it instead.")
    if row.revoked_at:
        return
    row.revoked_at, row.revoked_by = now, by
    row.check_and_save()
    documents.close_unless_wanted(by=by, link=row.link, now=now)
    messaging.cancel_waiting(by=by, key_prefix=_key(row), now=now)
    audit.record(Kind.QUESTIONNAIRE_REVOKED, by=by, patient_id=row.patient_id, subject=row)


def _ask(by: User, patient: Patient, link: PrivateLink, now: datetime) -> Questionnaire:
    """Return the questionnaire that is with the patient, with this link; a new one if none is."""
    row = patient.questionnaires.with_patient().select_for_update().first()
    if row is None:
        return Questionnaire.check_and_create(patient=patient, asked_at=now, asked_by=by, link=link)
    row.link = link
    row.check_and_save()
    return row


def _key(questionnaire: Questionnaire) -> str:
    return f"questionnaire:{questionnaire.pk}:"


def _write(by: User, questionnaire: Questionnaire, secret: str, site: Site, now: datetime) -> None:
    link = questionnaire.link
    messaging.cancel_waiting(by=by, key_prefix=_key(questionnaire), now=now)
    about = {
        "patient": questionnaire.patient,
        "link": link,
        "address": settings.PUBLIC_URL + reverse("portal:enter", args=[secret]),
        "site": site,
        "clinic_name": settings.CLINIC_NAME,
        "phone": readable(site.phone),
    }
    with timezone.override(site.zone):
        messaging.queue(
            by=by,
            patient=questionnaire.patient,
            purpose=Message.Purpose.QUESTIONNAIRE,
            key=f"{_key(questionnaire)}{link.pk}",
            due_at=now,
            subject=SUBJECT,
            body=render_to_string("emails/questionnaire.txt", about).strip(),
            sms_body=render_to_string("emails/questionnaire_sms.txt", about).strip(),
            useless_after=link.expires_at,
        )
