"""Blanks in the rows of an invented patient: what differs from desk to desk is filled in last."""

import re
from collections.abc import Mapping, Sequence

# Two characters to which Unicode gives no meaning: no text holds them, and JSON keeps them.
_OPENS, _CLOSES = "\ue000", "\ue001"
_BLANK = re.compile(f"{_OPENS}([^{_CLOSES}]*){_CLOSES}")


def blank(name: str) -> str:
    """Return the mark for something that is filled in later."""
    return f"{_OPENS}{name}{_CLOSES}"


def opened(text: str) -> list[str]:
    """Return the text in pieces: what stands there, the name of a blank, and so on in turn."""
    return _BLANK.split(text)


def filled_in(pieces: Sequence[str], values: Mapping[str, str]) -> str:
    """Return the text of the pieces with every blank filled in.

    Raises `KeyError` for one without a value.
    """
    text = list(pieces)
    text[1::2] = [values[name] for name in pieces[1::2]]
    return "".join(text)
