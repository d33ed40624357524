"""Planning a course, and starting a session of it."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from clinic.base.forms import PlainForm
from clinic.practice.models import Technique
from patients.contraindications.evaluation import Evaluation
from patients.forms.contraindications import ReasonsForm
from patients.forms.planning import LacksForm
from patients.models.planning import Lack
from treatments.actions.plans import USUAL_COURSES, Course
from treatments.forms import fields
from treatments.models import Plan

_BOUNDS = {"sessions_planned": (1, 24), "interval_days": (1, 400)}


class CourseForm(PlainForm):
    """How many sessions, how far apart."""

    sessions_planned = fields.count("Sessions", *_BOUNDS["sessions_planned"])
    interval_days = fields.count("Apart", *_BOUNDS["interval_days"], unit="days")
    note = forms.CharField(
        label="Note",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"class": "w-text", "rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in _BOUNDS:
            self.fields[name].required = True


class PlanTechniqueForm(CourseForm):
    """A technique that may be planned, with the usual course filled in."""

    planned = forms.BooleanField(required=False)
    field_order = ("planned", "sessions_planned", "interval_days", "note")

    def __init__(
        self, data: Any = None, *, technique: str, evaluation: Evaluation, planned: bool = False
    ) -> None:
        usual = USUAL_COURSES[Technique(technique)]
        initial = {**vars(usual), "planned": planned}
        super().__init__(data, prefix=technique, initial=initial)
        self.evaluation = evaluation
        is_asked = data is None or self.is_ticked
        self.reasons = ReasonsForm(
            data, evaluation=evaluation, prefix=f"{technique}-reasons", is_asked=is_asked
        )
        self.reasons.errors_about = str(Technique(technique).label)
        self.technique = Technique(technique)
        self.errors_about = str(self.technique.label)
        self.fields["planned"].label = f"Plan {self.technique.label}"

    @property
    def is_ticked(self) -> bool:
        """Whether the box beside the technique was sent ticked."""
        return bool(self.data.get(self.add_prefix("planned")))

    def full_clean(self) -> None:
        """Ask nothing about a technique that is not ticked."""
        if self.is_bound and not self.is_ticked:
            for name in _BOUNDS:
                self.fields[name].required = False
        super().full_clean()

    def is_valid(self) -> bool:
        """Say whether the figures and, where it is planned, the reasons are right."""
        is_right = super().is_valid()
        return (not self.is_planned or self.reasons.is_valid()) and is_right

    @property
    def is_planned(self) -> bool:
        """Whether the technique was ticked."""
        return bool(getattr(self, "cleaned_data", {}).get("planned"))

    def course(self, without: Mapping[str, str]) -> Course | None:
        """Return the course planned, or None when the technique is not ticked."""
        values = dict(self.cleaned_data)
        if not values.pop("planned"):
            return None
        reasons = self.reasons.given()
        return Course(technique=self.technique, reasons=reasons, without=without, **values)


class ChangePlanForm(CourseForm):
    """A plan's figures, with the revision that they were read at."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        plan: Plan,
        evaluation: Evaluation,
        lacks: Iterable[Lack] = (),
        **kwargs: Any,
    ) -> None:
        """Make it for a plan, of which `evaluation` says what speaks against more sessions.

        `lacks` are what is not known, and nobody gave a reason for when it was planned.
        """
        names = ("sessions_planned", "interval_days", "note", "revision")
        initial = {name: getattr(plan, name) for name in names}
        super().__init__(*args, initial=initial, **kwargs)
        self.plan, self.evaluation = plan, evaluation
        self.reasons = ReasonsForm(
            self.data if self.is_bound else None, evaluation=evaluation, is_asked=self.is_extended
        )
        self.lacks = LacksForm(
            self.data if self.is_bound else None, lacks=lacks, is_asked=self.is_extended
        )

    @property
    def is_extended(self) -> bool:
        """Whether more sessions are to be planned than are."""
        typed = str(self.data.get("sessions_planned", "")).strip() if self.is_bound else ""
        return typed.isdecimal() and int(typed) > self.plan.sessions_planned

    def given(self) -> dict[str, Any]:
        """Return the reasons for more sessions, as the action takes them."""
        return {"reasons": self.reasons.given(), "without": self.lacks.given()}

    @property
    def is_wrong(self) -> bool:
        """Whether something has to be put right."""
        reasons = self.reasons.errors or self.lacks.errors
        return bool(self.errors or (self.is_extended and reasons))

    def is_valid(self) -> bool:
        """Say whether the figures and, for more sessions, the reasons are right."""
        parts = [self.reasons, self.lacks] if self.is_extended else []
        return all([super().is_valid(), *(part.is_valid() for part in parts)])


class AddendumForm(PlainForm):
    """What is added to a signed session."""

    text = forms.CharField(
        label="What is to be added",
        max_length=5000,
        error_messages={"required": "Write what is to be added."},
        widget=forms.Textarea(attrs={"class": "w-text", "rows": 5}),
    )
