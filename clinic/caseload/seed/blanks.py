"""Blanks in the rows of an invented patient: what differs from desk to desk is filled in last."""

import re
from collections.abc import Mapping

# Two characters to which Unicode gives no meaning: no text holds them, and JSON keeps them.
_OPENS, _CLOSES = "\ue000", "\ue001"
_BLANK = re.compile(f"{_OPENS}([^{_CLOSES}]*){_CLOSES}")


def blank(name: str) -> str:
    """Return the mark for something that is filled in later."""
    return f"{_OPENS}{name}{_CLOSES}"


def fill_in(text: str, values: Mapping[str, str]) -> str:
    """Return the text with every blank filled in. Raises `KeyError` for one without a value."""
    return _BLANK.sub(lambda mark: values[mark[1]], text)
