"""A patient of whom the record holds one of everything, for tests that walk all pages."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from clinic.booking.models import Appointment
from clinic.photos import derivatives
from clinic.practice.models import Service, Site
from clinic.questionnaires.actions import deciding
from clinic.staff.models import User
from patients.actions.merging import merge
from patients.models import (
    Allergy,
    BloodResult,
    BloodSample,
    Case,
    ConditionStatement,
    ConsentQuestion,
    EarlierTreatment,
    HairStatement,
    HistoryEntry,
    Medicine,
    MedicinesReview,
    NoEarlierTreatments,
    Patient,
    PhotoNarrowing,
    PregnancyStatement,
    RelativeStatement,
)
from tests.factories.booking import AppointmentFactory
from tests.factories.consenting import PassedCheckFactory, SigningRequestFactory
from tests.factories.documents import IssuedDocumentFactory, PrivateLinkFactory
from tests.factories.followups import ExaminationFactory, MeasurementFactory, ReviewFactory
from tests.factories.messaging import MessageFactory
from tests.factories.patients import (
    CaseFactory,
    CauseFactory,
    ConsentTemplateFactory,
    DiagnosisFactory,
    DiscussedConsentFactory,
    PatientFactory,
    PatientSignedConsentFactory,
    PlannedWithoutFactory,
    RuleFactory,
    SignedConsentFactory,
    SignsFactory,
    StopFactory,
    StopReviewFactory,
)
from tests.factories.photos import PhotoFactory, PhotoSetFactory, drawn_jpeg
from tests.factories.practice import RoomFactory, ServiceFactory
from tests.factories.questionnaires import SentInFactory
from tests.factories.treatments import PlanFactory, SessionFactory, signed_session
from tests.patients.importing import checked, csv_file

SECRET = "invented-secret-of-one-patient"


@dataclass(frozen=True)
class Record:
    """One patient's record, by the names that the addresses use."""

    patient: Any
    site: Site
    rows: dict[str, Any]

    def ids(self) -> dict[str, Any]:
        return {name: row.pk for name, row in self.rows.items()} | {"patient_id": self.patient.pk}


def one_of_everything(site: Site, clinician: User) -> Record:
    """Make a patient of a site with one of everything that an address can lead to."""
    patient = PatientFactory(family_name="Examplewood", given_names="Ambrose", site=site)
    case = CaseFactory(patient=patient, clinician=clinician)
    double = _double_records(patient, site, clinician)  # A merge closes the links sent before.
    rows = {
        **double,
        **_history(case, clinician),
        **_visit_and_treatment(case, clinician, site),
        **_papers(case),
        **_questionnaire(patient, clinician),
    }
    rows |= _reviews(case, rows["signed_session"])
    _consent_by_link(rows["consent_id"], rows["link_id"])
    rows |= _stop(case, clinician)
    rows |= _import(patient, site, clinician)
    return Record(patient, site, rows)


def _stop(case: Case, clinician: User) -> dict[str, Any]:
    """Stop the pathway by what was found, after everything that needs it open."""
    stop = StopFactory(patient=case.patient, raised_by=clinician)
    SignsFactory(stop=stop, stated_by=clinician)
    CauseFactory(stop=stop, stated_by=clinician)
    StopReviewFactory(stop=stop, reviewed_by=clinician)
    return {"stop_id": stop}


def _double_records(patient: Patient, site: Site, clinician: User) -> dict[str, Any]:
    absorbed = PatientFactory(family_name="Examplewode", given_names="Ambrose", site=site)
    return {
        "other_id": PatientFactory(family_name="Examplewood", given_names="Amber", site=site),
        "merge_id": merge(
            by=clinician, survivor=patient, absorbed=absorbed, keep={}, now=timezone.now()
        ),
    }


def _import(patient: Patient, site: Site, clinician: User) -> dict[str, Any]:
    line = f"P1,Ambrose,Examplewood,{patient.date_of_birth:%d/%m/%Y},,"
    which = checked(clinician, site, csv_file(line))
    return {"import_id": which, "row_id": which.rows.get()}


def _history(case: Case, clinician: User) -> dict[str, Any]:
    now, patient = timezone.now(), case.patient
    by = {"recorded_at": now, "recorded_by": clinician}
    HistoryEntry.objects.create(patient=patient, topic="hair", text="Since 2019.", **by)
    diagnosis = DiagnosisFactory(case=case, made_by=clinician)
    PlannedWithoutFactory(case=case, planned_by=clinician)
    _statements(patient, clinician)
    sample = BloodSample.objects.create(patient=patient, taken_date=timezone.localdate(), **by)
    return {
        "diagnosis_id": diagnosis,
        "result_id": BloodResult.objects.create(
            patient=patient, sample=sample, analyte="platelets", value=250, unit="10^9/L", **by
        ),
        "treatment_id": EarlierTreatment.objects.create(patient=patient, kind="prp", **by),
        "medicine_id": Medicine.objects.create(
            patient=patient, group="finasteride", name="Finasteride", dose="1 mg", **by
        ),
        "allergy_id": Allergy.objects.create(
            patient=patient, substance="Penicillin", reaction="Rash", **by
        ),
    }


def _statements(patient: Any, clinician: User) -> None:
    stated = {"patient": patient, "stated_at": timezone.now(), "stated_by": clinician}
    ConditionStatement.objects.create(item="diabetes", answer="yes", **stated)
    RelativeStatement.objects.create(item="mother", answer="no", **stated)
    HairStatement.objects.create(course="gradual", **stated)
    PregnancyStatement.objects.create(pregnancy="no", breastfeeding="no", **stated)
    MedicinesReview.objects.create(takes_none=False, **stated)
    NoEarlierTreatments.objects.create(**stated)


def _visit_and_treatment(case: Case, clinician: User, site: Site) -> dict[str, Any]:
    ServiceFactory(purpose=Service.Purpose.REVIEW)
    signed = signed_session(case=case, site=site)
    waiting = DiscussedConsentFactory(
        case=case, template__technique="prp", template__title="PRP treatment"
    )
    return {
        "appointment_id": _appointment(case, clinician, site),
        "plan_id": PlanFactory(case=case),
        "signed_session": signed,
        "session_id": SessionFactory(case=case, site=site, number=2, consent=signed.consent),
        "consent_id": waiting,
        "signed_consent": signed.consent,
        "template_id": waiting.template,
        "rule_id": RuleFactory(),
        "half_signed_consent": PatientSignedConsentFactory(
            case=case,
            template__purpose="gp",
            template__technique="",
            template__title="Letters to your GP",
            signed_by=clinician,
        ),
        "draft_text": ConsentTemplateFactory(
            version=900, technique="prp", published_at=None, published_by=None
        ),
    }


def _appointment(case: Case, clinician: User, site: Site) -> Appointment:
    room = RoomFactory(site=site)
    appointment: Appointment = AppointmentFactory(
        patient=case.patient, practitioner=clinician, room=room
    )
    return appointment


def _papers(case: Case) -> dict[str, Any]:
    MessageFactory(patient=case.patient)
    SignedConsentFactory(
        case=case,
        template__purpose="photographs",
        template__technique="",
        template__title="Photographs",
        photo_scopes=["clinical", "website"],
    )
    photo = PhotoFactory(photo_set=PhotoSetFactory(case=case), jpeg=drawn_jpeg(640, 480))
    derivatives.derive(photo_id=photo.pk, now=timezone.now())
    return {
        "photo_id": photo,
        "document_id": IssuedDocumentFactory(case=case),
        "link_id": PrivateLinkFactory(patient=case.patient, secret=SECRET),
    }


def _questionnaire(patient: Patient, clinician: User) -> dict[str, Any]:
    """Make one that was sent in, with an answer that was decided on and one that waits."""
    questionnaire = SentInFactory(patient=patient, asked_by=clinician)
    left_out, waiting = questionnaire.answers.order_by("item")
    deciding.leave_out(by=clinician, answer=left_out, note="", now=timezone.now())
    return {"questionnaire_id": questionnaire, "answer_id": waiting}


def _consent_by_link(consent: Any, link: Any) -> None:
    """Put a consent before the patient, who asks something, and narrow the one to photographs."""
    now, patient = timezone.now(), consent.patient
    SigningRequestFactory(consent=consent, link=link)
    PassedCheckFactory(link=link)
    ConsentQuestion.objects.create(
        patient=patient, consent=consent, words="Does it hurt?", asked_at=now
    )
    photographs = patient.consents.get(template__purpose="photographs")
    PhotoNarrowing.objects.create(
        patient=patient,
        consent=photographs,
        uses=["website"],
        narrowed_at=now,
        narrowed_by=photographs.signed_by,
        narrowed_how="phone",
    )


def _reviews(case: Case, after: Any) -> dict[str, Any]:
    MeasurementFactory(examination=ExaminationFactory(case=case))
    return {"review_id": ReviewFactory(after_session=after)}
