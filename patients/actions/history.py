"""What the patient brings: history, medicines and allergies."""

from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.base.templatetags.anagen import moment
from clinic.staff.models import User
from patients.models import (
    Allergy,
    HistoryEntry,
    Medicine,
    NoKnownAllergies,
    Patient,
)
from patients.partial_dates import Precision
from patients.turns import take_turn

ALLERGY_RECORDED_ALREADY = "This allergy is already recorded."


class RecordedMeanwhileError(ValidationError):
    """Somebody else recorded this topic while this person was writing. `latest` is theirs."""

    def __init__(self, latest: HistoryEntry) -> None:
        super().__init__(
            f"{latest.recorded_by} recorded this meanwhile ({moment(latest.recorded_at)}): "
            f"“{latest.text}” Your text is still in the field. Bring the two together and save."
        )
        self.latest = latest


@transaction.atomic
def record_history(
    *, by: User, patient: Patient, topic: str, text: str, seen: UUID | None, now: datetime
) -> HistoryEntry:
    """Record what is now known on a topic; earlier entries stay readable.

    `seen` is the entry that the person had before them. Raises `RecordedMeanwhileError` when
    another has come since, `ValidationError` when nothing changed.
    """
    take_turn(patient.pk)
    latest = _latest_entry(patient, topic)
    if latest and latest.pk != seen:
        raise RecordedMeanwhileError(latest)
    if latest and latest.text == text:
        raise ValidationError({"text": "Nothing was changed: this is what is recorded."})
    entry = HistoryEntry.check_and_create(
        patient=patient, topic=topic, text=text, recorded_at=now, recorded_by=by
    )
    audit.record(
        Kind.HISTORY_RECORDED,
        by=by,
        patient_id=patient.pk,
        subject=entry,
        topic=entry.get_topic_display().lower(),
    )
    return entry


@transaction.atomic
def record_medicine(
    *,
    by: User,
    patient: Patient,
    group: str,
    name: str,
    dose: str,
    started_date: date | None,
    now: datetime,
    started_precision: str = Precision.DAY,
    route: str = "",
) -> Medicine:
    """Record a medicine that the patient takes; one in use is not recorded twice.

    `started_date` is the first day of what is known, as exact as `started_precision` says.
    """
    take_turn(patient.pk)
    if patient.medicines.taken().filter(name__iexact=name).exists():
        raise ValidationError(
            {"name": f"{name} is on the list already. Stop it first if the dose changed."}
        )
    medicine = Medicine.check_and_create(
        patient=patient,
        group=group,
        name=name,
        dose=dose,
        route=route,
        started_date=started_date,
        started_precision=started_precision,
        recorded_at=now,
        recorded_by=by,
    )
    audit.record(
        Kind.MEDICINE_RECORDED, by=by, patient_id=patient.pk, subject=medicine, name=str(medicine)
    )
    return medicine


@transaction.atomic
def stop_medicine(
    *,
    by: User,
    medicine: Medicine,
    stopped_date: date,
    now: datetime,
    stopped_precision: str = Precision.DAY,
    stop_reason: str = "",
) -> Medicine:
    """Record since when a medicine is no longer taken, and why."""
    take_turn(medicine.patient_id)
    row = Medicine.objects.select_for_update().get(pk=medicine.pk)
    if row.stopped_date:
        raise ValidationError("This medicine is recorded as stopped already.")
    if row.withdrawn_at:
        raise ValidationError("This medicine is withdrawn already.")
    row.stopped_date, row.stopped_precision = stopped_date, stopped_precision
    row.stop_reason, row.stop_recorded_at, row.stop_recorded_by = stop_reason, now, by
    row.check_and_save()
    audit.record(
        Kind.MEDICINE_STOPPED, by=by, patient_id=row.patient_id, subject=row, name=row.name
    )
    return row


@transaction.atomic
def withdraw_medicine(*, by: User, medicine: Medicine, reason: str, now: datetime) -> Medicine:
    """Withdraw a medicine that was recorded by mistake; it stays readable."""
    take_turn(medicine.patient_id)
    row = Medicine.objects.select_for_update().get(pk=medicine.pk)
    if row.withdrawn_at:
        raise ValidationError("This medicine is withdrawn already.")
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_reason = now, by, reason
    row.check_and_save()
    audit.record(
        Kind.MEDICINE_REMOVED, by=by, patient_id=row.patient_id, subject=row, name=row.name
    )
    return row


@transaction.atomic
def record_allergy(
    *,
    by: User,
    patient: Patient,
    substance: str,
    reaction: str,
    now: datetime,
    certainty: str = "",
    severity: str = "",
) -> Allergy:
    """Record an allergy; it overtakes any statement that none are known."""
    take_turn(patient.pk)
    try:
        with transaction.atomic():
            allergy = Allergy.check_and_create(
                patient=patient,
                substance=substance,
                reaction=reaction,
                certainty=certainty,
                severity=severity,
                recorded_at=now,
                recorded_by=by,
            )
    except IntegrityError as error:
        raise ValidationError(ALLERGY_RECORDED_ALREADY) from error
    audit.record(
        Kind.ALLERGY_RECORDED,
        by=by,
        patient_id=patient.pk,
        subject=allergy,
        substance=substance,
    )
    return allergy


@transaction.atomic
def withdraw_allergy(*, by: User, allergy: Allergy, reason: str, now: datetime) -> Allergy:
    """Withdraw an allergy that was found to be wrong; it stays readable, with the reason."""
    take_turn(allergy.patient_id)
    row = Allergy.objects.select_for_update().get(pk=allergy.pk)
    if row.withdrawn_at:
        raise ValidationError("This allergy is withdrawn already.")
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_reason = now, by, reason
    row.check_and_save()
    audit.record(
        Kind.ALLERGY_REMOVED,
        by=by,
        patient_id=row.patient_id,
        subject=row,
        substance=row.substance,
    )
    return row


@transaction.atomic
def state_no_allergies(*, by: User, patient: Patient, now: datetime) -> NoKnownAllergies:
    """Record that this person asked and no allergies are known.

    Raises `ValidationError` while an allergy stands.
    """
    take_turn(patient.pk)
    standing = patient.allergies.standing().first()
    if standing:
        raise ValidationError(
            f"An allergy to {standing.substance} is recorded. Withdraw it first if it is wrong."
        )
    statement = NoKnownAllergies.check_and_create(patient=patient, stated_at=now, stated_by=by)
    audit.record(Kind.NO_ALLERGIES_STATED, by=by, patient_id=patient.pk, subject=statement)
    return statement


def _latest_entry(patient: Patient, topic: str) -> HistoryEntry | None:
    entries = patient.history_entries.filter(topic=topic).select_related("recorded_by")
    return entries.order_by("-recorded_at", "-id").first()
