"""The only ways to a questionnaire."""

from datetime import datetime
from uuid import UUID

from django.db.models import F
from django.http import Http404

from clinic.documents.models import PrivateLink
from clinic.questionnaires.models import PatientAnswer, Questionnaire
from clinic.staff.models import User
from patients.models import Patient


def get_questionnaire(user: User, patient: Patient, questionnaire_id: UUID) -> Questionnaire:
    """Return one of a patient's questionnaires, or raise `Http404`; the patient is visible."""
    rows = Questionnaire.objects.select_related("patient", "asked_by", "link", "gone_through_by")
    found = rows.filter(
        pk=questionnaire_id, patient=patient, patient__in=Patient.objects.visible_to(user)
    ).first()
    if found is None:
        raise Http404("There is no such questionnaire of this patient.")
    return found


def get_answer(questionnaire: Questionnaire, answer_id: UUID) -> PatientAnswer:
    """Return an answer of this questionnaire, or raise `Http404`."""
    found = questionnaire.answers.select_related("patient").filter(pk=answer_id).first()
    if found is None:
        raise Http404("There is no such answer in this questionnaire.")
    found.questionnaire = questionnaire
    return found


def questionnaire_behind(link: PrivateLink) -> Questionnaire | None:
    """Return what the link's own patient is to answer: still open, else what they sent in."""
    rows = Questionnaire.objects.filter(patient=link.patient_id).select_related("patient")
    found = rows.with_patient() | rows.filter(sent_in_at__gte=link.created_at)
    return found.order_by(F("sent_in_at").desc(nulls_first=True)).first()


def wanted_until(patient: Patient) -> list[datetime]:
    """Return until when the questions that are with the patient want a link that opens."""
    waiting = Questionnaire.objects.with_patient().filter(patient=patient)
    return list(waiting.values_list("link__expires_at", flat=True))


def to_fill_in(link: PrivateLink) -> Questionnaire | None:
    """Return the questionnaire that the link's patient can still write in, or None."""
    rows = Questionnaire.objects.with_patient().filter(patient=link.patient_id)
    return rows.select_related("patient").first()
