"""What was asked and answered, gathered for the history page."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from patients.forms.statements import (
    ConditionsForm,
    EarlierTreatmentForm,
    HairForm,
    PregnancyForm,
    RelativesForm,
)
from patients.models import (
    Answer,
    ConditionStatement,
    HairStatement,
    NoEarlierTreatments,
    Patient,
    PregnancyStatement,
    RelativeStatement,
    Statement,
)


@dataclass(frozen=True)
class Answers:
    """What stands about several items, and what stood before."""

    yes: list[Any]
    no: list[Any]
    not_known: list[Any]
    not_asked: list[str]
    earlier: list[Any]
    form: Any | None

    @property
    def were_asked(self) -> bool:
        """Whether anything was asked at all."""
        return bool(self.yes or self.no or self.not_known)

    @property
    def last(self) -> Any:
        """The statement made last, or None."""
        return max((*self.yes, *self.no, *self.not_known), key=_stated_at, default=None)

    @property
    def with_notes(self) -> list[Any]:
        """Answers other than yes that have something beside them."""
        return [row for row in (*self.no, *self.not_known) if row.note]


def _stated_at(row: Any) -> Any:
    return row.stated_at


def statements_of(
    patient: Patient, bound: dict[tuple[str, object], Any], unfolded: str
) -> dict[str, Any]:
    """Return conditions, relatives, hair and pregnancy: what stands, what stood, and the forms.

    The two long forms are made only when they were sent, or are `unfolded`.
    """
    hair, hair_before = _newest(_rows(HairStatement, patient))
    pregnancy, pregnancy_before = _newest(_rows(PregnancyStatement, patient))
    return {
        "conditions": _answers(
            ConditionStatement,
            ConditionsForm,
            patient,
            sent=bound.get(("conditions", None)),
            is_unfolded=unfolded == "conditions",
        ),
        "relatives": _answers(
            RelativeStatement,
            RelativesForm,
            patient,
            sent=bound.get(("relatives", None)),
            is_unfolded=unfolded == "relatives",
        ),
        "hair": hair,
        "earlier_hair": hair_before,
        "hair_form": bound.get(("hairloss", None)) or HairForm(latest=hair),
        "pregnancy": pregnancy,
        "earlier_pregnancy": pregnancy_before,
        "pregnancy_form": bound.get(("pregnancy", None)) or PregnancyForm(latest=pregnancy),
    }


def earlier_treatments_of(patient: Patient, bound: dict[tuple[str, object], Any]) -> dict[str, Any]:
    """Return what was done elsewhere, or who said that nothing was."""
    rows = list(patient.earlier_treatments.select_related("recorded_by", "withdrawn_by"))
    standing = [row for row in rows if not row.withdrawn_at]
    none = NoEarlierTreatments.objects.newest_of(patient.pk).get("")
    overtaken = none and any(row.recorded_at > none.stated_at for row in rows)
    return {
        "earlier_treatments": standing,
        "withdrawn_treatments": [row for row in rows if row.withdrawn_at],
        "not_treated": None if standing or overtaken else none,
        "treatment_form": bound.get(("elsewhere", None)) or EarlierTreatmentForm(),
    }


def _rows(model: type[Any], patient: Patient) -> list[Any]:
    return list(model.objects.filter(patient=patient).select_related("stated_by"))


def _newest(rows: list[Any]) -> tuple[Any, list[Any]]:
    return (rows[0] if rows else None), rows[1:]


def _answers(
    model: type[Any], form: type[Any], patient: Patient, *, sent: Any, is_unfolded: bool
) -> Answers:
    rows = _rows(model, patient)
    latest: dict[str, Any] = {}
    for row in rows:
        latest.setdefault(row.item, row)
    standing = {row.pk for row in latest.values()}
    return Answers(
        yes=_in_order(form.ITEMS, latest, Answer.YES),
        no=_in_order(form.ITEMS, latest, Answer.NO),
        not_known=_in_order(form.ITEMS, latest, Answer.NOT_KNOWN),
        not_asked=[label for item, label in form.ITEMS if item not in latest],
        earlier=[row for row in rows if row.pk not in standing],
        form=sent or (form(latest=latest) if is_unfolded else None),
    )


def _in_order(
    items: Iterable[tuple[str, str]], latest: dict[str, Any], answer: str
) -> list[Statement]:
    return [latest[item] for item, _ in items if item in latest and latest[item].answer == answer]
