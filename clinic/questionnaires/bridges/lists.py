"""What stands in the record as a list: medicines, allergies, treatments elsewhere."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import QueryDict

from clinic.base.models import Record
from clinic.questionnaires.bridges.base import Bridge, State
from clinic.questionnaires.forms import NO, NOT_KNOWN
from clinic.staff.models import User
from patients.actions import earlier_treatments, history, statements
from patients.forms.history import AllergyForm, MedicineForm
from patients.forms.statements import EarlierTreatmentForm
from patients.medicine_names import group_of
from patients.models import Allergy
from patients.plain import plain


def _known(value: Any) -> str:
    return "" if value in (None, NOT_KNOWN) else str(value)


class _ListBridge(Bridge):
    """The question before a list: only "no" is something to record."""

    @property
    def rows(self) -> Sequence[Record]:
        """What stands on the list."""
        raise NotImplementedError

    @property
    def none(self) -> Record | None:
        """The standing statement that there is nothing, or None."""
        raise NotImplementedError

    none_words = ""

    @property
    def latest(self) -> Record | None:
        """The statement that a new one would overtake."""
        return self.none

    @property
    def record_says(self) -> str:
        """The list in words."""
        return "; ".join(str(row) for row in self.rows) or (self.none_words if self.none else "")

    @property
    def state(self) -> State:
        """A "no" is held against what stands on the list."""
        if self.value.get("answer") != NO:
            return State.NOTHING
        if self.rows:
            return State.DIFFERS
        return State.SAME if self.none else State.NEW

    @property
    def hint(self) -> str:
        """What to do first where the record has something on the list."""
        if self.state == State.DIFFERS:
            return "The record has entries here. Stop or withdraw them on the history page first."
        return ""

    def fields(self) -> dict[str, Any]:
        """Return nothing: there is no field to fill in."""
        return {}

    def form(self, data: QueryDict | None = None) -> None:
        """Return None: it is accepted, or left out."""
        return


class MedicinesBridge(_ListBridge):
    """Whether any medicine is taken."""

    none_words = "Takes no medicines"

    @property
    def rows(self) -> Sequence[Record]:
        """The medicines that are taken."""
        return self.known.medicines

    @property
    def none(self) -> Record | None:
        """The statement that none is taken."""
        return self.known.takes_none

    def save(self, form: Any, *, by: User, now: datetime) -> Record:
        """State that none is taken."""
        return statements.state_no_medicines(by=by, patient=self.known.patient, now=now)


class AllergiesBridge(_ListBridge):
    """Whether there is any allergy."""

    none_words = "No known allergies"

    @property
    def rows(self) -> Sequence[Record]:
        """The allergies that stand."""
        return self.known.allergies

    @property
    def none(self) -> Record | None:
        """The statement that none are known."""
        return self.known.none_known

    def save(self, form: Any, *, by: User, now: datetime) -> Record:
        """State that none are known."""
        return history.state_no_allergies(by=by, patient=self.known.patient, now=now)


class TreatmentsBridge(_ListBridge):
    """Whether the hair was treated before."""

    none_words = "Not treated elsewhere"

    @property
    def rows(self) -> Sequence[Record]:
        """The treatments that stand."""
        return self.known.treatments

    @property
    def none(self) -> Record | None:
        """The statement that there was none."""
        return self.known.not_treated

    def save(self, form: Any, *, by: User, now: datetime) -> Record:
        """State that the hair was not treated."""
        return statements.state_no_earlier_treatments(by=by, patient=self.known.patient, now=now)


class MedicineBridge(Bridge):
    """One medicine."""

    @property
    def _there(self) -> Any:
        name = plain(str(self.value["name"]))
        return next((row for row in self.known.medicines if plain(row.name) == name), None)

    @property
    def record_says(self) -> str:
        """The same medicine, or that the record knows none at all."""
        if row := self._there:
            return f"{row}{f', since {row.started}' if row.started else ''}"
        if self.known.medicines:
            return f"Not among: {'; '.join(str(row) for row in self.known.medicines)}"
        return "Takes no medicines" if self.known.takes_none else ""

    @property
    def state(self) -> State:
        """A medicine on the list is the same unless another dose was told."""
        row = self._there
        if row is None:
            return State.DIFFERS if self.known.takes_none else State.NEW
        dose = plain(str(self.value.get("dose", "")))
        return State.SAME if not dose or dose == plain(row.dose) else State.DIFFERS

    @property
    def hint(self) -> str:
        """What keeps it from being accepted as it is."""
        if self._there:
            if self.state == State.DIFFERS:
                return "On the list with another dose. Stop that one on the history page first."
            return ""
        is_clear = self.fields()["group"]
        return "" if is_clear else "Choose which kind of medicine this is: correct and accept."

    def fields(self) -> dict[str, Any]:
        """Return the medicine, with its kind where the name leaves no doubt."""
        route = _known(self.value.get("route"))
        return {
            "group": group_of(str(self.value["name"]), route),
            "name": self.value["name"],
            "dose": self.value.get("dose", ""),
            "route": route,
            "started": self.value.get("started", ""),
        }

    def form(self, data: QueryDict | None = None) -> MedicineForm:
        """Return the history's form."""
        return MedicineForm(data)

    def save(self, form: Any, *, by: User, now: datetime) -> Record:
        """Record the medicine."""
        return history.record_medicine(
            by=by, patient=self.known.patient, now=now, **form.cleaned_data
        )


class AllergyBridge(Bridge):
    """One allergy."""

    @property
    def _there(self) -> Any:
        name = plain(str(self.value["substance"]))
        return next((row for row in self.known.allergies if plain(row.substance) == name), None)

    @property
    def record_says(self) -> str:
        """The same allergy, or what else there is."""
        if row := self._there:
            return str(row)
        if self.known.allergies:
            return f"Not among: {'; '.join(str(row) for row in self.known.allergies)}"
        return "No known allergies" if self.known.none_known else ""

    @property
    def state(self) -> State:
        """An allergy on the list is the same unless another reaction was told."""
        row = self._there
        if row is None:
            return State.DIFFERS if self.known.none_known else State.NEW
        told = plain(str(self.value.get("reaction", "")))
        severity = _known(self.value.get("severity"))
        same = (not told or told == plain(row.reaction)) and severity in ("", row.severity)
        return State.SAME if same else State.DIFFERS

    @property
    def hint(self) -> str:
        """What keeps it from being accepted as it is."""
        if self._there and self.state == State.DIFFERS:
            return (
                "On the list with other words. Withdraw that one on the history page first, "
                "or leave this out."
            )
        return ""

    def fields(self) -> dict[str, Any]:
        """Return the allergy, as reported by the patient."""
        return {
            "substance": self.value["substance"],
            "reaction": self.value.get("reaction", ""),
            "severity": _known(self.value.get("severity")),
            "certainty": Allergy.Certainty.REPORTED,
        }

    def form(self, data: QueryDict | None = None) -> AllergyForm:
        """Return the history's form."""
        return AllergyForm(data)

    def save(self, form: Any, *, by: User, now: datetime) -> Record:
        """Record the allergy."""
        return history.record_allergy(
            by=by, patient=self.known.patient, now=now, **form.cleaned_data
        )


class TreatmentBridge(Bridge):
    """One treatment of the hair before."""

    @property
    def _there(self) -> Any:
        told = str(self.value.get("treated", ""))
        return next(
            (
                row
                for row in self.known.treatments
                if row.kind == self.value["kind"] and (not told or str(row.treated or "") == told)
            ),
            None,
        )

    @property
    def record_says(self) -> str:
        """The same treatment, or what else there is."""
        if row := self._there:
            return str(row)
        if self.known.treatments:
            return f"Not among: {'; '.join(str(row) for row in self.known.treatments)}"
        return "Not treated elsewhere" if self.known.not_treated else ""

    @property
    def state(self) -> State:
        """A treatment of the same kind and time is the same."""
        if self._there:
            return State.SAME
        return State.DIFFERS if self.known.not_treated else State.NEW

    @property
    def hint(self) -> str:
        """What keeps it from being accepted as it is."""
        form: Any = self.as_told()
        return "" if form.is_valid() else "Say what was done: correct and accept."

    def fields(self) -> dict[str, Any]:
        """Return the treatment."""
        names = ("kind", "treated", "place", "sessions", "result", "complications")
        return {name: self.value.get(name, "") for name in names}

    def form(self, data: QueryDict | None = None) -> EarlierTreatmentForm:
        """Return the history's form."""
        return EarlierTreatmentForm(data)

    def save(self, form: Any, *, by: User, now: datetime) -> Record:
        """Record the treatment."""
        return earlier_treatments.record_earlier_treatment(
            by=by, patient=self.known.patient, now=now, **form.cleaned_data
        )
