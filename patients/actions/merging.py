"""Making two records of one person one, and two again."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.staff.models import User
from patients.merging.comparison import (
    ABSORBED,
    SURVIVOR,
    Detail,
    all_details,
    differences,
    obstacles,
)
from patients.merging.moving import take_along, take_back
from patients.models import LikelyPair, Merge, OtherNumber, Patient, TwoPeople

MERGED_ALREADY = "One of these records was merged meanwhile. Look at them again."
NO_BIRTH_DATE = (
    "A consent was signed in one of these records, and the date of birth is known in the other"
    " alone. Keep that date of birth."
)
# What apps above do in the transaction in which two records become one, or two again: each is
# called with either patient, `by=` and `now=`. An error in one undoes it all.
after_merging: list[Callable[..., None]] = []

UNDONE_ALREADY = "This merge was undone already."


@transaction.atomic
def merge(
    *, by: User, survivor: Patient, absorbed: Patient, keep: Mapping[str, str], now: datetime
) -> Merge:
    """Make the absorbed record part of the survivor's; its number stays findable.

    `keep` says for details that differ whose value stays ("survivor" or "absorbed"); the survivor's
    does for what is not named. Raises `ValidationError` with what is in the way.
    """
    survivor, absorbed = _held(survivor, absorbed)
    if found := list(obstacles(survivor, absorbed)):
        raise ValidationError(found)
    row = _begin(by, survivor, absorbed, now)
    row.moved = take_along(row)
    row.replaced = _choose(survivor, absorbed, keep)
    row.check_and_save()
    OtherNumber.check_and_create(
        patient=survivor, source=OtherNumber.OWN_NUMBERS, number=absorbed.number
    )
    both = [survivor, absorbed]
    _tell(both, by=by, now=now)
    LikelyPair.objects.filter(first__in=both, second__in=both).delete()
    for patient in both:
        audit.record(
            Kind.PATIENTS_MERGED,
            by=by,
            patient_id=patient.pk,
            subject=row,
            absorbed=absorbed.number,
            survivor=survivor.number,
        )
    return row


@transaction.atomic
def undo_merge(*, by: User, merge: Merge, now: datetime) -> list[str]:
    """Give the absorbed patient back what was theirs, with what was added to it since.

    Details that were changed after the merge stay as they are; returns their names. Raises
    `ValidationError` where a later merge stands in the way, or something added since belongs to
    both.
    """
    survivor, absorbed = _held(merge.survivor, merge.absorbed)
    row = Merge.objects.select_for_update().get(pk=merge.pk)
    if row.undone_at is not None:
        raise ValidationError(UNDONE_ALREADY)
    _refuse_merged(survivor)
    row.undone_at, row.undone_by = now, by
    row.check_and_save()
    OtherNumber.objects.filter(
        patient=survivor, source=OtherNumber.OWN_NUMBERS, number=absorbed.number
    ).delete()
    take_back(row)
    _tell([survivor, absorbed], by=by, now=now)
    left = _restore(survivor, row.replaced[SURVIVOR]) + _restore(absorbed, row.replaced[ABSORBED])
    for patient in (survivor, absorbed):
        audit.record(
            Kind.MERGE_UNDONE,
            by=by,
            patient_id=patient.pk,
            subject=row,
            absorbed=absorbed.number,
            survivor=survivor.number,
        )
    return left


@transaction.atomic
def say_two_people(*, by: User, one: Patient, other: Patient, now: datetime) -> TwoPeople:
    """Record that two like records are of two people; they are not brought up again."""
    first, second = sorted((one, other), key=lambda patient: patient.pk)
    LikelyPair.objects.filter(first=first, second=second).delete()
    said = TwoPeople.objects.filter(first=first, second=second).first()
    if said:
        return said
    said = TwoPeople.check_and_create(first=first, second=second, stated_at=now, stated_by=by)
    for patient, who in ((first, second), (second, first)):
        audit.record(
            Kind.ANOTHER_PERSON, by=by, patient_id=patient.pk, subject=said, who=who.number
        )
    return said


def _tell(both: Iterable[Patient], *, by: User, now: datetime) -> None:
    for patient in both:
        for react in after_merging:
            react(patient, by=by, now=now)


def _held(survivor: Patient, absorbed: Patient) -> tuple[Patient, Patient]:
    """Return both rows as they stand now; nobody adds anything to either until we are done."""
    wanted = [survivor.pk, absorbed.pk]
    rows = {
        row.pk: row
        for row in Patient.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
    }
    return rows[survivor.pk], rows[absorbed.pk]


def _begin(by: User, survivor: Patient, absorbed: Patient, now: datetime) -> Merge:
    for patient in (survivor, absorbed):
        _refuse_merged(patient)
    try:
        with transaction.atomic():
            return Merge.check_and_create(
                survivor=survivor, absorbed=absorbed, merged_at=now, merged_by=by
            )
    except IntegrityError as error:
        raise ValidationError(MERGED_ALREADY) from error


def _refuse_merged(patient: Patient) -> None:
    if Merge.objects.standing().filter(absorbed=patient).exists():
        raise ValidationError(MERGED_ALREADY)


def _choose(
    survivor: Patient, absorbed: Patient, keep: Mapping[str, str]
) -> dict[str, dict[str, Any]]:
    """Give the survivor what was chosen of the absorbed patient's details."""
    chosen = {
        name: [getattr(survivor, name), getattr(absorbed, name)]
        for each in differences(survivor, absorbed)
        if keep.get(each.name) == ABSORBED
        for name in each.detail.names
    }
    given_up = _give_up_nhs_number(absorbed) if "nhs_number" in chosen else {}
    for name, (_, value) in chosen.items():
        setattr(survivor, name, value)
    before = survivor.revision
    survivor.revision += 1
    _refuse_unknown_signer(survivor)
    survivor.check_and_save()
    return {
        SURVIVOR: {**chosen, "revision": [before, survivor.revision]},
        ABSORBED: given_up,
    }


def _give_up_nhs_number(absorbed: Patient) -> dict[str, list[Any]]:
    """Take an NHS number, which is one patient's, from the absorbed record."""
    if absorbed.nhs_number is None:
        return {}
    given_up: dict[str, list[Any]] = {
        "nhs_number": [absorbed.nhs_number, None],
        "nhs_number_status": [absorbed.nhs_number_status, ""],
    }
    absorbed.nhs_number, absorbed.nhs_number_status = None, ""
    absorbed.check_and_save()
    return given_up


def _refuse_unknown_signer(survivor: Patient) -> None:
    if survivor.date_of_birth is None and survivor.consents.exclude(signed_at=None).exists():
        raise ValidationError(NO_BIRTH_DATE)


def _restore(patient: Patient, replaced: Mapping[str, list[Any]]) -> list[str]:
    """Put back what stood before, unless somebody changed it since; return what they changed.

    With everything put back the revision is the one before, too: who began to edit before the merge
    sees just what they saw.
    """
    left = []
    for detail in [*all_details(), Detail("revision", ("revision",))]:
        was = {name: replaced[name] for name in detail.names if name in replaced}
        if all(getattr(patient, name) == _value(name, after) for name, (_, after) in was.items()):
            for name, (before, _) in was.items():
                setattr(patient, name, _value(name, before))
        elif detail.name == "revision":
            patient.revision += 1
        else:
            left.append(detail.label)
    if replaced:
        patient.check_and_save()
    return left


def _value(name: str, kept: Any) -> Any:
    """Return a value that was kept as JSON as the field has it."""
    return Patient._meta.get_field(name).to_python(kept)  # type: ignore[union-attr]
