"""Bringing what was found in the regions of the scalp to what was written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from followups.models import Examination, PullTest, Trichoscopy


@dataclass(frozen=True)
class Pulled:
    """A pull test in one region: hairs pulled, and how many of them came out."""

    region: str
    hairs_pulled: int
    hairs_out: int

    @property
    def columns(self) -> dict[str, Any]:
        """What is written in the row."""
        return {"hairs_pulled": self.hairs_pulled, "hairs_out": self.hairs_out}


@dataclass(frozen=True)
class Seen:
    """What trichoscopy showed in one region; a figure that is not known is None, never 0."""

    region: str
    figures: Mapping[str, Decimal | None]
    device: str = ""
    magnification: int | None = None

    @property
    def columns(self) -> dict[str, Any]:
        """What is written in the row; what is not named was not measured."""
        figures = {name: self.figures.get(name) for name in Trichoscopy.QUANTITIES}
        return {**figures, "device": self.device.strip(), "magnification": self.magnification}


def write_pull_tests(examination: Examination, tests: Sequence[Pulled]) -> None:
    """Bring the pull tests of a visit to these; what they were stays in the history."""
    _write(PullTest, examination, tests)


def write_trichoscopies(examination: Examination, seen: Sequence[Seen]) -> None:
    """Bring the trichoscopy of a visit to this; what it was stays in the history."""
    _write(Trichoscopy, examination, seen)


def _write(model: Any, examination: Examination, found: Sequence[Pulled] | Sequence[Seen]) -> None:
    rows = model.objects.filter(examination=examination)
    rows.exclude(region__in=[each.region for each in found]).delete()
    known = {row.region: row for row in rows.all()}
    for each in found:
        row = known.get(each.region) or model(examination=examination, region=each.region)
        for name, value in each.columns.items():
            setattr(row, name, value)
        row.full_clean()
        row.save()
