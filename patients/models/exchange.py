"""Files of patients that are brought in: what was chosen, what each row became."""

from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from clinic.base.models import Record, paired
from clinic.base.triggers import never_changes, not_truncated
from clinic.practice.models import Site
from clinic.staff.keys import by_staff


class ImportSource(Record):
    """Another system, and how its files were read last."""

    name = models.CharField(max_length=60)
    reading = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(Lower("name"), name="patients_import_source_once"),
            models.CheckConstraint(
                name="patients_import_source_named",
                condition=Q(name__regex=r"\S") & ~Q(name__iexact="anagen"),
                violation_error_message="Give the name of the other system.",
            ),
        ]
        triggers = [not_truncated()]

    def __str__(self) -> str:
        return self.name


class PatientImport(Record):
    """A file of patients on its way in.

    `reading` says how the file is read (format, header line, columns, orders), `examined` what was
    found in it, `counts` how many rows there are of each outcome. The file goes when the import is
    finished or given up, the rows some time later (`patients.actions.importing.clear_old`).
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", "Columns to be chosen"
        EXAMINING = "examining", "Being read"
        EXAMINED = "examined", "Reading to be confirmed"
        CHECKING = "checking", "Being checked"
        CHECKED = "checked", "Checked, nothing imported yet"
        IMPORTING = "importing", "Being imported"
        DONE = "done", "Imported"
        FAILED = "failed", "Failed, nothing imported"
        STOPPED = "stopped", "Stopped halfway"
        GIVEN_UP = "given_up", "Given up"

    AT_WORK = (State.EXAMINING, State.CHECKING, State.IMPORTING)
    OVER = (State.DONE, State.FAILED, State.STOPPED, State.GIVEN_UP)

    source = models.ForeignKey(ImportSource, on_delete=models.PROTECT, related_name="imports")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    uploaded_by = by_staff()
    filename = models.CharField(max_length=120)
    file = models.FileField(upload_to="imports/%Y/%m/", blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.UPLOADED)
    reading = models.JSONField(default=dict, blank=True)
    examined = models.JSONField(default=dict, blank=True)
    counts = models.JSONField(default=dict, blank=True)
    all_or_nothing = models.BooleanField(default=True)
    tries = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=400, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    started_by = by_staff(optional=True)
    over_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-uploaded_at"]
        constraints = [
            paired("patients_import", "started"),
            models.CheckConstraint(
                name="patients_import_over",
                condition=Q(
                    over_at__isnull=False, state__in=["done", "failed", "stopped", "given_up"]
                )
                | Q(over_at__isnull=True) & ~Q(state__in=["done", "failed", "stopped", "given_up"]),
            ),
        ]
        triggers = [never_changes("source", "uploaded_at", "uploaded_by"), not_truncated()]

    def __str__(self) -> str:
        return f"{self.filename} from {self.source}"

    @property
    def is_at_work(self) -> bool:
        """Whether a worker has it."""
        return self.state in self.AT_WORK

    @property
    def is_over(self) -> bool:
        """Whether nothing more will be done with it."""
        return self.state in self.OVER


class ImportRow(Record):
    """A row of a file: what it says, what that would do, what was decided, what came of it.

    `found_id` is the patient it is about, or became; it carries no foreign key, so that rows hold
    no record back, and a record that was merged is found by its number. `values` are the details
    that the row gives, by their fields; `conflicts` the fields that were changed here since the
    last import, which stay unless `takes_theirs`; `notes` say how something was read that can be
    read in more than one way.
    """

    class Outcome(models.TextChoices):
        NEW = "new", "New patient"
        UPDATE = "update", "Update"
        UNCHANGED = "unchanged", "Unchanged"
        POSSIBLE = "possible", "Possibly registered already"
        ERROR = "error", "Error"
        EMPTY = "empty", "Empty line, skipped"

    class Decision(models.TextChoices):
        OTHER = "other", "Another person: register"
        SAME = "same", "The same person: update"
        LEAVE = "leave", "Leave out"

    part_of = models.ForeignKey(
        PatientImport, on_delete=models.PROTECT, related_name="rows", db_index=False
    )
    number = models.PositiveIntegerField()
    external_id = models.CharField(max_length=80, blank=True)
    name = models.CharField(max_length=170, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome)
    values = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    problems = models.JSONField(default=list, blank=True)
    matches = models.JSONField(default=list, blank=True)
    changes = models.JSONField(default=list, blank=True)
    conflicts = models.JSONField(default=list, blank=True)
    notes = models.JSONField(default=list, blank=True)
    decision = models.CharField(max_length=6, choices=Decision, blank=True)
    takes_theirs = models.BooleanField(default=False)
    found_id = models.UUIDField(null=True, blank=True)
    found_number = models.CharField(max_length=12, blank=True)
    revision = models.PositiveIntegerField(null=True, blank=True)
    written_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["part_of", "number"], name="patients_import_row_once")
        ]
        indexes = [
            models.Index(fields=["part_of", "outcome", "number"], name="patients_import_outcome")
        ]
        triggers = [never_changes("part_of", "number"), not_truncated()]

    def __str__(self) -> str:
        return f"Line {self.number}"

    @property
    def is_left_out(self) -> bool:
        """Whether nothing is written for it as things stand."""
        undecided = self.outcome == self.Outcome.POSSIBLE and not self.decision
        return (
            undecided
            or self.decision == self.Decision.LEAVE
            or self.outcome in (self.Outcome.ERROR, self.Outcome.EMPTY)
        )

    @property
    def certain(self) -> bool:
        """Whether a match has the same NHS number, so that it cannot be another person."""
        return any(match.get("certain") for match in self.matches)

    def match_of(self, patient_id: UUID | None) -> dict[str, Any] | None:
        """Return the match that is this patient."""
        return next((each for each in self.matches if each["id"] == str(patient_id)), None)
