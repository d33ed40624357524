"""What earlier visits of a case found, beside which a new visit is written and read."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from clinic.base.templatetags.anagen import measure
from followups.models import Examination, PullTest, Region, Trichoscopy
from followups.reading import label_of
from patients.models import Case, Diagnosis

Words = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Earlier:
    """The baseline and the last visit before this one, as far as there are any."""

    diagnosis: Diagnosis | None = None
    baseline_diagnosis: Diagnosis | None = None
    visits: list[Examination] = field(default_factory=list)
    """The baseline and the last one, each once."""
    pulls: list[PullTest] = field(default_factory=list)
    looks: list[Trichoscopy] = field(default_factory=list)

    @property
    def pulled_regions(self) -> list[str]:
        """The regions that were pulled before, in the order of the list."""
        return _regions(self.pulls)

    @property
    def seen_regions(self) -> list[str]:
        """The regions that were looked at before, in the order of the list."""
        return _regions(self.looks)

    @property
    def pull_words(self) -> Words:
        """What was found before, by region and field, in words."""
        return self._words(self.pulls, ("hairs_pulled", "hairs_out"))

    @property
    def look_words(self) -> Words:
        """What was seen before, by region and field, in words."""
        return self._words(self.looks, (*Trichoscopy.QUANTITIES, "device", "magnification"))

    def baseline_look(self, region: str) -> Trichoscopy | None:
        """Return what was seen in a region at the baseline."""
        baseline = Examination.Kind.BASELINE
        found = (row for row in self.looks if row.region == region)
        return next((row for row in found if row.examination.kind == baseline), None)

    def _words(self, rows: list[Any], names: tuple[str, ...]) -> Words:
        words: dict[str, dict[str, list[str]]] = {}
        for visit in self.visits:
            for row in (row for row in rows if row.examination_id == visit.pk):
                for name in names:
                    value = getattr(row, name)
                    if value not in (None, ""):
                        said = f"{label_of(visit)} {_shown(value)}"
                        words.setdefault(row.region, {}).setdefault(name, []).append(said)
        return {
            region: {name: ", ".join(said) for name, said in found.items()}
            for region, found in words.items()
        }


def _shown(value: Any) -> str:
    return str(measure(value)) if isinstance(value, Decimal | int) else str(value)


def _regions(rows: list[Any]) -> list[str]:
    there = {row.region for row in rows}
    return [region.value for region in Region if region.value in there]


def earlier_than(case: Case, written: Examination | None, on: date) -> Earlier:
    """Return what was found in a case before a day, leaving out the visit itself."""
    rows = Examination.objects.filter(case=case, examined_date__lte=on)
    if written:
        rows = rows.exclude(pk=written.pk)
    is_baseline = written is not None and written.kind == Examination.Kind.BASELINE
    ordered = rows.select_related("review", "diagnosis").order_by("examined_date", "created_at")
    visits = [] if is_baseline else list(ordered)
    baseline = next((one for one in visits if one.kind == Examination.Kind.BASELINE), None)
    last = visits[-1] if visits else None
    both = [one for one in dict.fromkeys((baseline, last)) if one is not None]
    graded = [one.diagnosis for one in visits if one.diagnosis]
    return Earlier(
        diagnosis=graded[-1] if graded else _of_no_visit(case, written, on),
        baseline_diagnosis=baseline.diagnosis if baseline else None,
        visits=both,
        pulls=list(PullTest.objects.filter(examination__in=both)) if both else [],
        looks=_looks_of(both),
    )


def _looks_of(visits: list[Examination]) -> list[Trichoscopy]:
    if not visits:
        return []
    rows = Trichoscopy.objects.filter(examination__in=visits)
    return list(rows.select_related("examination"))


def _of_no_visit(case: Case, written: Examination | None, on: date) -> Diagnosis | None:
    """Return the diagnosis that was made beside the examinations, on the history page."""
    made = case.diagnoses.standing().filter(found_date__lte=on)
    if written and written.diagnosis_id:
        made = made.exclude(pk=written.diagnosis_id)
    return made.first()
