"""Registering a patient and changing their details."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.audit.models import Event
from clinic.practice.models import Site
from clinic.staff.models import User
from patients.actions.cases import open_case_for
from patients.details import FIELD_NAMES, PatientDetails, label_of
from patients.finding.duplicates import Match, find_matches, is_very_like_somebody_elsewhere
from patients.models import Patient, SiteRegistration
from patients.numbers import next_number
from patients.turns import take_turn

NHS_NUMBER_TAKEN = (
    "A patient with this NHS number is registered already. Read the number again; if it is right, "
    "find that patient, or ask an admin to register them at your site too."
)

BIRTH_DATE_STAYS = (
    "This patient signed a consent, so the date of birth stays known: put it right where it is "
    "wrong, instead of leaving it empty."
)


class PossibleDuplicatesError(ValidationError):
    """Similar patients exist. `matches` are those the person may see, likeliest first.

    `elsewhere` says that somebody at another site is very like this, and nothing more.
    """

    def __init__(self, matches: list[Match], *, elsewhere: bool) -> None:
        super().__init__("A similar patient is registered already.")
        self.matches = matches
        self.elsewhere = elsewhere


class NhsNumberTakenError(ValidationError):
    """A patient with this NHS number exists, perhaps at a site that the person may not see."""

    def __init__(self) -> None:
        super().__init__({"nhs_number": NHS_NUMBER_TAKEN})


@dataclass(frozen=True)
class Disagreement:
    """A field that somebody else changed meanwhile. `mine` is None where only they changed it."""

    name: str
    label: str
    theirs: object
    mine: object


class ChangedMeanwhileError(ValidationError):
    """Somebody else was faster; nothing was overwritten.

    `merged` are their details with mine laid over where I changed something; `revision` is the
    one that the next attempt is based on.
    """

    def __init__(
        self, *, who: str, merged: PatientDetails, revision: int, differences: list[Disagreement]
    ) -> None:
        super().__init__(f"{who} changed these details while you were editing them.")
        self.who = who
        self.merged = merged
        self.revision = revision
        self.differences = differences


@contextmanager
def _asking_leaves_a_trace(by: User) -> Iterator[None]:
    """Undo what is refused, but record what the refusal tells its reader of other patients."""
    try:
        with transaction.atomic():
            yield
    except PossibleDuplicatesError as error:
        found, elsewhere = len(error.matches), error.elsewhere
        _record_asking(by, "the details of a new one", found=found, elsewhere=elsewhere)
        raise
    except NhsNumberTakenError:
        _record_asking(by, "an NHS number", found=1)
        raise


@transaction.atomic
def _record_asking(by: User, by_what: str, *, found: int, elsewhere: bool = False) -> None:
    audit.record(Kind.PATIENTS_SEARCHED, by=by, by_what=by_what, found=found, elsewhere=elsewhere)


def register(
    *,
    by: User,
    site: Site,
    details: PatientDetails,
    now: datetime,
    known_matches: frozenset[UUID] = frozenset(),
    asked_elsewhere: bool = False,
) -> Patient:
    """Register a patient at a site and open their case.

    `known_matches` are similar patients whom the person has seen and found to be others;
    `asked_elsewhere` says that the other sites were asked. Raises
    `PossibleDuplicatesError` when there are more, or when one has the same NHS number, and
    `ValidationError` for impossible details.
    """
    with _asking_leaves_a_trace(by):
        _register_one_by_one(details.date_of_birth)
        _require_site(by, site)
        others = _others(by, details, known_matches, asked_elsewhere=asked_elsewhere)
        patient = _create(details)
        SiteRegistration.check_and_create(patient=patient, site=site)
        _record_registered(by, patient, others)
        open_case_for(by=by, patient=patient, now=now)
    return patient


def _record_registered(by: User, patient: Patient, others: list[str]) -> None:
    about: dict[str, Any] = {"by": by, "patient_id": patient.pk, "subject": patient}
    audit.record(Kind.PATIENT_REGISTERED, number=patient.number, **about)
    if others:
        audit.record(Kind.ANOTHER_PERSON, who=", ".join(others), **about)


def change_details(
    *, by: User, patient: Patient, details: PatientDetails, revision: int
) -> Patient:
    """Change a patient's details; `revision` is the one that the person was looking at.

    Raises `ChangedMeanwhileError` when somebody else was faster, `ValidationError` for impossible
    details. Saving without a change does nothing.
    """
    with _asking_leaves_a_trace(by):
        return _change_details(by, patient, details, revision)


def _change_details(by: User, patient: Patient, details: PatientDetails, revision: int) -> Patient:
    row = Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
    if row.revision != revision:
        raise _changed_meanwhile(row, details, revision)
    before = PatientDetails.of(row)
    details = details.after(before)
    changed = before.differing(details)
    if not changed:
        return row
    if row.date_of_birth and details.date_of_birth is None:
        _refuse_to_forget_birth(row)
    if "nhs_number" in changed:
        _refuse_taken_nhs_number(details, row.pk)
    for name in changed:
        setattr(row, name, getattr(details, name))
    row.revision += 1
    _save(row)
    words = ", ".join(label_of(name) for name in changed)
    audit.record(Kind.PATIENT_EDITED, by=by, patient_id=row.pk, subject=row, fields=words)
    return row


@transaction.atomic
def add_site(*, by: User, patient: Patient, site: Site) -> SiteRegistration:
    """Let the staff of another site see the patient, who comes there too from now on.

    Whoever holds the record may do it for a site where they do not work themselves: its staff
    cannot, since for them the patient does not exist.
    """
    take_turn(patient.pk)
    registration = SiteRegistration.objects.filter(patient=patient, site=site).first()
    if registration:
        return registration
    registration = SiteRegistration.check_and_create(patient=patient, site=site)
    audit.record(
        Kind.SITE_ADDED, by=by, patient_id=patient.pk, subject=registration, site=site.name
    )
    return registration


def _register_one_by_one(date_of_birth: date | None) -> None:
    """Two people who register one patient at once come after each other, so the second sees it.

    All who are registered without a date of birth come after each other, and everybody after a
    file that is being imported (`before_anybody_else_registers`).
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock_shared(hashtext('patients.register everybody'))"
        )
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('patients.register'), %s)",
            [date_of_birth.toordinal() if date_of_birth else 0],
        )


def before_anybody_else_registers() -> None:
    """Let nobody else register a patient until the transaction ends; wait for who is about it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('patients.register everybody'))")


def _require_site(by: User, site: Site) -> None:
    if not by.works_at(site.pk):
        raise ValidationError({"site": "Choose a site where you work."})


def _others(
    by: User, details: PatientDetails, known: frozenset[UUID], *, asked_elsewhere: bool
) -> list[str]:
    """Return, in words, who is similar and was said to be another; refuse what was not said."""
    matches = find_matches(by, details)
    elsewhere = is_very_like_somebody_elsewhere(by, details)
    if any(match.certain or match.patient.pk not in known for match in matches):
        raise PossibleDuplicatesError(matches, elsewhere=elsewhere)
    _refuse_taken_nhs_number(details, None)
    if elsewhere and not asked_elsewhere:
        raise PossibleDuplicatesError(matches, elsewhere=True)
    numbers = [match.patient.number for match in matches]
    return [*numbers, "somebody at another site"] if elsewhere else numbers


def _refuse_taken_nhs_number(details: PatientDetails, own_id: UUID | None) -> None:
    if details.nhs_number is None:
        return
    others = Patient.objects.filter(nhs_number=details.nhs_number)
    if any(other_id != own_id for other_id in others.values_list("pk", flat=True)):
        raise NhsNumberTakenError


def _refuse_to_forget_birth(row: Patient) -> None:
    """Who signed a consent was asked; the row is locked, so nobody signs meanwhile."""
    if row.consents.filter(signed_at__isnull=False).exists():
        raise ValidationError({"date_of_birth": BIRTH_DATE_STAYS})


def _create(details: PatientDetails) -> Patient:
    details = details.after(None)
    values = {name: getattr(details, name) for name in FIELD_NAMES}
    try:
        with transaction.atomic():
            return Patient.check_and_create(number=next_number(), **values)
    except IntegrityError as error:
        raise NhsNumberTakenError from error


def _save(row: Patient) -> None:
    try:
        with transaction.atomic():
            row.check_and_save()
    except IntegrityError as error:
        raise NhsNumberTakenError from error


def _changed_meanwhile(row: Patient, mine: PatientDetails, revision: int) -> ChangedMeanwhileError:
    """Tell three versions apart: what I was looking at, what stands now, and what I typed."""
    theirs = PatientDetails.of(row)
    past = _past_versions(row).filter(revision=revision).order_by("-pgh_id").first()
    seen = PatientDetails.of(past) if past else theirs
    i_changed = seen.differing(mine)
    values = {name: getattr(mine if name in i_changed else theirs, name) for name in FIELD_NAMES}
    return ChangedMeanwhileError(
        who=_last_editor(row),
        merged=PatientDetails(**values),
        revision=row.revision,
        differences=[
            Disagreement(
                name=name,
                label=label_of(name),
                theirs=getattr(theirs, name),
                mine=getattr(mine, name) if name in i_changed else None,
            )
            for name in seen.differing(theirs)
            if not (name in i_changed and getattr(mine, name) == getattr(theirs, name))
        ],
    )


def _past_versions(row: Patient) -> Any:
    """What the row was before each change, kept by the database (`clinic.base.history`)."""
    return row.past_versions  # type: ignore[attr-defined]


def _last_editor(row: Patient) -> str:
    event = Event.objects.about_patient(row.pk).filter(kind=Kind.PATIENT_EDITED).first()
    return event.actor_label if event else "Somebody else"
