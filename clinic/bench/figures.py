"""From times to the figures that are printed and written."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from clinic.bench.pages import AIMS, MOST_QUERIES, Probe

Figures = dict[str, float]

# 50,000 rows in three minutes.
IMPORT_ROWS_A_SECOND = 50_000 / 180


def percentile(seconds: Sequence[float], share: float) -> float:
    """The time, in milliseconds, that this share of the requests did not exceed."""
    place = max(math.ceil(share * len(seconds)), 1) - 1
    return sorted(seconds)[place] * 1000


def summary(seconds: Sequence[float]) -> Figures:
    """Median and 95th percentile in milliseconds, and requests a second of one client."""
    return {
        "p50_ms": round(percentile(seconds, 0.5), 3),
        "p95_ms": round(percentile(seconds, 0.95), 3),
        "rps": round(len(seconds) / sum(seconds), 1),
    }


@dataclass(frozen=True)
class Report:
    """The floor and every result, as `--json` writes them."""

    floor: Figures
    results: dict[str, Figures]
    imported: Figures = field(default_factory=dict)


def report(floor: Sequence[float], measured: Sequence[tuple[Probe, Sequence[float]]]) -> Report:
    """Put the times together; a ratio is a median to the floor's median in the same run."""
    base = summary(floor)
    results: dict[str, Figures] = {}
    for probe, seconds in measured:
        prefix = f"{probe['figure']}_" if probe["figure"] else ""
        values = summary(seconds)
        values |= {
            "queries": probe["queries"],
            "ratio": round(values["p50_ms"] / base["p50_ms"], 2),
        }
        result = results.setdefault(probe["name"], {})
        result |= {f"{prefix}{key}": value for key, value in values.items()}
    return Report(base, results)


def as_json(what: Report) -> Mapping[str, object]:
    """The form of `--json`."""
    imported = {"import": what.imported} if what.imported else {}
    return {"floor": what.floor, "results": what.results, **imported}


def table(what: Report) -> str:
    """The figures as lines for a terminal, with each aim and whether it is met."""
    head = f"{'':<22}{'p50 ms':>9}{'p95 ms':>9}{'a second':>10}{'queries':>9}{'ratio':>8}   aim"
    lines = [head, _line("floor", what.floor | {"queries": 1, "ratio": 1.0}, "", None)]
    for name, result in what.results.items():
        aim = AIMS[name]
        lines.append(_line(name, result, "", aim.ratio))
        for figure, ratio in aim.figures:
            if f"{figure}_p50_ms" in result:
                lines.append(_line(f"  {figure}", result, f"{figure}_", ratio))
    if what.imported:
        lines.append(_import_line(what.imported))
    return "\n".join(lines)


def _import_line(values: Figures) -> str:
    slowest = min(values["rows_a_second"], values["again_rows_a_second"])
    is_fast = slowest >= IMPORT_ROWS_A_SECOND
    return (
        f"import of {values['rows']:,.0f} patients: {values['seconds']:.1f} s, "
        f"{values['rows_a_second']:.0f} a second, {values['ratio']:.1f} times the bare rows; "
        f"again, half of them changed: {values['again_rows_a_second']:.0f} a second"
        f"   {IMPORT_ROWS_A_SECOND:.0f} a second {'✓' if is_fast else '✗'}"
    )


def _line(label: str, values: Figures, prefix: str, aim: float | None) -> str:
    def value(key: str) -> float:
        return values[prefix + key]

    return (
        f"{label:<22}{value('p50_ms'):>9.2f}{value('p95_ms'):>9.2f}{value('rps'):>10.0f}"
        f"{value('queries'):>9.0f}{value('ratio'):>8.1f}{_verdict(values, prefix, aim)}"
    )


def _verdict(values: Figures, prefix: str, aim: float | None) -> str:
    if aim is None:
        return ""
    is_fast = values[f"{prefix}ratio"] <= aim
    queries = "" if values[f"{prefix}queries"] <= MOST_QUERIES else f", queries {MOST_QUERIES} ✗"
    return f"   {aim:g} {'✓' if is_fast else '✗'}{queries}"
