"""Sending the questions, taking them back, and what the database holds on to."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from clinic.audit.kinds import Kind
from clinic.audit.models import Event
from clinic.messaging.models import Message
from clinic.questionnaires.actions import answering, sending
from clinic.questionnaires.models import Decision, PatientAnswer, Questionnaire
from tests.factories.patients import PatientFactory
from tests.factories.questionnaires import QuestionnaireFactory, SentInFactory

pytestmark = pytest.mark.django_db


def send(patient, site, by):
    return sending.send_questionnaire(by=by, patient=patient, site=site, now=timezone.now())


def test_the_patient_is_sent_a_link_and_the_row_keeps_no_secret(patient, site, reception):
    questionnaire = send(patient, site, reception)
    message = Message.objects.get(channel="email")
    assert "/my/" in message.body
    secret = message.body.split("/my/")[1].split("/")[0]
    assert secret not in str(vars(questionnaire)) + str(vars(questionnaire.link))
    assert message.useless_after == questionnaire.link.expires_at
    assert Event.objects.filter(kind=Kind.QUESTIONNAIRE_SENT, patient_id=patient.pk).count() == 1


def test_sent_again_it_is_the_same_questionnaire_with_a_new_link(patient, site, reception):
    first = send(patient, site, reception)
    answering.save_answers(
        questionnaire=first, told={"hair": {"since": "2019"}}, about="", now=timezone.now()
    )
    second = send(patient, site, reception)
    assert second.pk == first.pk
    assert second.link_id != first.link_id
    first.link.refresh_from_db()
    assert first.link.revoked_at
    assert second.answers.get().value == {"since": "2019"}


def test_without_a_date_of_birth_nobody_is_asked(site, reception):
    unknown = PatientFactory(site=site, date_of_birth=None, email="x@example.test")
    with pytest.raises(ValidationError, match="date of birth is not known"):
        send(unknown, site, reception)
    with pytest.raises(ValidationError, match="date of birth is not known"):
        sending.hand_over_questionnaire(by=reception, patient=unknown, now=timezone.now())


def test_somebody_who_may_not_be_written_to_is_not(patient, site, reception):
    patient.contact_allowed = ["phone:visits"]
    patient.save()
    with pytest.raises(ValidationError, match="no way to send"):
        send(patient, site, reception)
    assert Message.objects.count() == Questionnaire.objects.count() == 0


def test_taken_back_it_takes_no_answer_and_its_link_is_closed(patient, site, reception):
    questionnaire = send(patient, site, reception)
    sending.revoke_questionnaire(by=reception, questionnaire=questionnaire, now=timezone.now())
    questionnaire.link.refresh_from_db()
    assert questionnaire.link.revoked_at
    with pytest.raises(ValidationError, match="does not need"):
        answering.save_answers(
            questionnaire=questionnaire, told={"hair": {}}, about="", now=timezone.now()
        )


def test_handed_over_here_the_link_that_was_sent_stays_open(patient, site, reception):
    sent = send(patient, site, reception)
    handed, _ = sending.hand_over_questionnaire(by=reception, patient=patient, now=timezone.now())
    sent.link.refresh_from_db()
    assert (handed.pk, sent.link.revoked_at) == (sent.pk, None)
    assert patient.links.open_at(timezone.now()).count() == 2


def test_an_empty_questionnaire_cannot_be_sent_in(patient):
    questionnaire = QuestionnaireFactory(patient=patient)
    with pytest.raises(ValidationError, match="at least one"):
        answering.send_in(questionnaire=questionnaire, now=timezone.now())


def refuses(write):
    with pytest.raises(IntegrityError), transaction.atomic():
        write()


def test_the_database_keeps_what_was_sent_in(patient):
    questionnaire = SentInFactory(patient=patient)
    rows = PatientAnswer.objects.filter(questionnaire=questionnaire)
    refuses(lambda: rows.update(value={"answer": "yes"}))
    refuses(lambda: rows.delete())
    refuses(
        lambda: PatientAnswer.objects.create(
            patient=patient, questionnaire=questionnaire, item="hair", answered_at=timezone.now()
        )
    )
    refuses(lambda: Questionnaire.objects.filter(pk=questionnaire.pk).update(sent_in_at=None))


def test_the_database_refuses_a_decision_on_what_is_not_sent_in(patient, clinician):
    questionnaire = QuestionnaireFactory(patient=patient)
    answer = PatientAnswer.objects.create(
        patient=patient, questionnaire=questionnaire, item="goals", answered_at=timezone.now()
    )
    refuses(
        lambda: Decision.objects.create(
            patient=patient,
            answer=answer,
            outcome="noted",
            decided_at=timezone.now(),
            decided_by=clinician,
        )
    )


def test_the_database_refuses_an_answer_of_another_patient(patient):
    questionnaire = QuestionnaireFactory(patient=patient)
    refuses(
        lambda: PatientAnswer.objects.create(
            patient=PatientFactory(),
            questionnaire=questionnaire,
            item="goals",
            answered_at=timezone.now(),
        )
    )
