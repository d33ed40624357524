"""Countries by their ISO 3166 code, from the list that comes with the time zones (tzdata)."""

from functools import cache
from importlib.resources import files

HOME = "GB"
# The list names this one "Britain (UK)", which nobody writes on an envelope.
_OUR_NAMES = {HOME: "United Kingdom"}


@cache
def names() -> dict[str, str]:
    """Return every country's name by its code of two letters; the home country comes first."""
    text = files("tzdata").joinpath("zoneinfo/iso3166.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    found = {code: _OUR_NAMES.get(code, name) for code, name in rows}
    by_name = sorted(found, key=lambda code: (code != HOME, found[code].casefold()))
    return {code: found[code] for code in by_name}


def name_of(code: str) -> str:
    """Return a country's name, the code itself where it is not in the list, or ""."""
    return names().get(code, code)
