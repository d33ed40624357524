"""What changed between two versions of a consent text, word by word."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from patients.consent.wording import blocks
from patients.models import ConsentTemplate

SAME, ADDED, REMOVED = "same", "added", "removed"
# Words in a row that stayed between two changes, up to which the changes read as one.
_BRIDGE = 2


@dataclass(frozen=True)
class Piece:
    """Some words in a row, and whether they are new, gone or in both."""

    kind: str
    words: str


@dataclass(frozen=True)
class Line:
    """A heading, a paragraph or an entry of a list, with what changed in it."""

    shape: str
    pieces: tuple[Piece, ...]

    @property
    def is_changed(self) -> bool:
        """Whether anything in it is new or gone."""
        return any(piece.kind != SAME for piece in self.pieces)


@dataclass(frozen=True)
class Fact:
    """A setting of a text that differs."""

    name: str
    before: str
    after: str


def facts(before: ConsentTemplate, after: ConsentTemplate) -> list[Fact]:
    """Return title and times where they differ, in words."""
    pairs = [
        ("Title", before.title, after.title),
        ("Time to think", _days(before.reflection_days), _days(after.reflection_days)),
        ("A signature stands", _months(before.valid_months), _months(after.valid_months)),
    ]
    return [Fact(*pair) for pair in pairs if pair[1] != pair[2]]


def _days(number: int) -> str:
    return f"{number} day{'' if number == 1 else 's'}"


def _months(number: int | None) -> str:
    if number is None:
        return "until it is withdrawn"
    return f"for {number} month{'' if number == 1 else 's'}"


def lines(before: str, after: str) -> list[Line]:
    """Return the text of `after` with what `before` had in its place, in reading order."""
    return _lines(_flat(before), _flat(after))


def entries(before: Sequence[str], after: Sequence[str]) -> list[Line]:
    """Return two lists of entries as `lines` does two texts."""
    return _lines([("entry", each) for each in before], [("entry", each) for each in after])


def _flat(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for block in blocks(text):
        if block.heading:
            found.append(("heading", block.heading))
        elif block.entries:
            found += [("entry", each) for each in block.entries]
        else:
            found.append(("paragraph", block.paragraph))
    return found


def _lines(old: list[tuple[str, str]], new: list[tuple[str, str]]) -> list[Line]:
    found: list[Line] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found += [Line(shape, (Piece(SAME, text),)) for shape, text in new[c:d]]
        else:
            found += _replaced(old[a:b], new[c:d])
    return found


def _replaced(old: list[tuple[str, str]], new: list[tuple[str, str]]) -> Iterator[Line]:
    """Yield lines that took the place of others: those alike word by word, the rest whole."""
    left = list(old)
    for shape, text in new:
        like = next((each for each in left if each[0] == shape and _are_alike(each[1], text)), None)
        if like is None:
            yield Line(shape, (Piece(ADDED, text),))
            continue
        place = left.index(like)
        for gone_shape, gone in left[:place]:
            yield Line(gone_shape, (Piece(REMOVED, gone),))
        del left[: place + 1]
        yield Line(shape, tuple(_pieces(like[1], text)))
    for shape, text in left:
        yield Line(shape, (Piece(REMOVED, text),))


def _are_alike(one: str, other: str) -> bool:
    return SequenceMatcher(None, one.split(), other.split(), autojunk=False).ratio() >= 0.4


def _pieces(before: str, after: str) -> Iterator[Piece]:
    """Yield words in a row; what is gone comes before what took its place."""
    old, new = _split(before), _split(after)
    gone: list[str] = []
    come: list[str] = []
    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for number, (kind, a, b, c, d) in enumerate(codes):
        is_inside = 0 < number < len(codes) - 1
        if kind == "equal" and (d - c > _BRIDGE or not is_inside):
            yield from _change(gone, come)
            gone, come = [], []
            yield Piece(SAME, " ".join(new[c:d]))
        else:
            gone += old[a:b]
            come += new[c:d]
    yield from _change(gone, come)


def _change(gone: list[str], come: list[str]) -> Iterator[Piece]:
    if gone:
        yield Piece(REMOVED, " ".join(gone))
    if come:
        yield Piece(ADDED, " ".join(come))


def _split(text: str) -> list[str]:
    return re.split(r"\s+", text.strip())
