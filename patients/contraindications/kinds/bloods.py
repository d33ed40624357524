"""Rules about blood results."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar, Self

from clinic.base.templatetags.anagen import day, measure
from patients.analytes import SCALES, Analyte, Unit, in_usual_unit, scale_of
from patients.contraindications.facts import Facts
from patients.contraindications.kinds.common import Asked, State, Verdict, only, whole, wrong
from patients.models import BloodResult, ContraindicationRule

Code = ContraindicationRule.Kind


@dataclass(frozen=True)
class LastBlood:
    """The last result of an analyte is below, or above, a value in a unit.

    The value itself is on the safe side. A result taken more than `max_age_days` before the
    moment says nothing any more.
    """

    analyte: str
    side: str
    value: Decimal
    unit: str
    max_age_days: int
    code: ClassVar[str] = Code.BLOOD
    question: ClassVar[str] = ""

    @classmethod
    def read(cls, parameters: dict[str, Any]) -> Self:
        """Return the rule; see `Kind`."""
        only(parameters, "analyte", "side", "value", "unit", "max_age_days")
        analyte, unit = str(parameters.get("analyte")), str(parameters.get("unit"))
        if analyte not in SCALES:
            raise wrong("Choose what is measured.")
        if scale_of(analyte, unit) is None:
            raise wrong(f"{Analyte(analyte).label} is not reported in this unit.")
        if parameters.get("side") not in ("below", "above"):
            raise wrong("Say whether below or above the value.")
        value = _figure(parameters.get("value"))
        age = whole(parameters, "max_age_days", 1, 3650)
        return cls(analyte, parameters["side"], value, unit, age)

    @property
    def parameters(self) -> dict[str, Any]:
        """What a rule keeps; the value as text, so that no digit is lost."""
        return {
            "analyte": self.analyte,
            "side": self.side,
            "value": f"{self.value:f}",
            "unit": self.unit,
            "max_age_days": self.max_age_days,
        }

    @property
    def in_words(self) -> str:
        """What it holds."""
        limit = measure(self.value, Unit(self.unit).label)
        name = Analyte(self.analyte).label
        return f"{name} {self.side} {limit}, measured within {self.max_age_days} days"

    def judge(self, facts: Facts, at: datetime) -> Verdict:
        """Say on which side of the value the last result lies."""
        rows = [row for row in facts.results if row.analyte == self.analyte]
        last = next((row for row in rows if row.sample.taken_date <= at.date()), None)
        if last is None:
            return Verdict(State.NOT_KNOWN, "No result is recorded", Asked.BLOODS)
        said = f"{last}, taken {day(last.sample.taken_date)}"
        if (at.date() - last.sample.taken_date).days > self.max_age_days:
            why = f"{said}: older than {self.max_age_days} days"
            return Verdict(State.NOT_KNOWN, why, Asked.BLOODS)
        is_beyond = self._is_beyond(last)
        if is_beyond is None:
            why = f"{said}: cannot be compared with {measure(self.value, Unit(self.unit).label)}"
            return Verdict(State.NOT_KNOWN, why, Asked.BLOODS)
        return Verdict(State.APPLIES if is_beyond else State.DOES_NOT, said, Asked.BLOODS)

    def _is_beyond(self, row: BloodResult) -> bool | None:
        """Return whether a result lies beyond the value; None where that cannot be told."""
        found, limit = row.value, self.value
        if found is None:
            return None
        if row.unit != self.unit:
            usual = in_usual_unit(self.analyte, found, row.unit)
            usual_limit = in_usual_unit(self.analyte, limit, self.unit)
            if usual is None or usual_limit is None:
                return None
            found, limit = usual, usual_limit
        if not row.comparator:
            return found < limit if self.side == "below" else found > limit
        return _bound_is_beyond(row.comparator, found, limit, self.side)


def _bound_is_beyond(comparator: str, found: Decimal, limit: Decimal, side: str) -> bool | None:
    """Return whether every value that a bound such as "<5" allows lies beyond, or none does."""
    is_upper = comparator == BloodResult.Comparator.BELOW
    if side == "below":
        beyond, safe = is_upper and found <= limit, not is_upper and found >= limit
    else:
        beyond, safe = not is_upper and found >= limit, is_upper and found <= limit
    return True if beyond else False if safe else None


def _figure(value: Any) -> Decimal:
    try:
        figure = Decimal(str(value))
    except InvalidOperation:
        raise wrong("Write a number, such as 100.") from None
    if not figure.is_finite() or not 0 < figure < 10**8:
        raise wrong("Write a number above nought.")
    return figure
