"""The scalp from above at each grade, drawn from a few parameters: own pictures, the front on top.

One outline of the head for all of them. Skin that shows through is light, hair is dark, in both
modes: `static/css/scalp.css` says so by class. A drawing is 72 units wide and 80 high.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from math import sqrt

from patients.scales import BaspType, Scale

_MIDDLE, _CENTRE_Y, _HALF_WIDTH, _HALF_HEIGHT = 36.0, 42.0, 26.0, 32.0
_VERTEX_Y = 57.0
_YOUTHFUL = 17.0


@dataclass(frozen=True)
class Shape:
    """A path of a drawing, and the class that says what it is."""

    kind: str
    d: str


@dataclass(frozen=True)
class Hairline:
    """Where the hair begins: at the middle, at the deepest point of the temples, at the sides.

    All are distances from the top of the drawing; `apart` is how far the temples' deepest points
    lie from the middle.
    """

    middle: float
    temples: float
    apart: float = 15
    side: float = 27


@dataclass(frozen=True)
class Horseshoe:
    """One bare area from the front to `back`, `half` wide to each side of the middle."""

    half: float
    back: float
    side: float


@dataclass(frozen=True)
class Oval:
    """An area about the middle line; `show` is how far the skin shows, 1 a little to 4 bare."""

    y: float
    half_width: float
    half_height: float
    show: int = 4


@dataclass(frozen=True)
class Parting:
    """A parting on the middle line, from `front` to `back`, so wide at its widest."""

    half_width: float
    front: float = 20
    back: float = 58


Part = Hairline | Horseshoe | Oval | Parting

_FULL = Hairline(_YOUTHFUL - 1, _YOUTHFUL + 1, side=25)
_NORWOOD: dict[str, tuple[Part, ...]] = {
    "I": (_FULL,),
    "II": (Hairline(17, 24, 16, 28),),
    "IIa": (Hairline(23, 24, 13, 28),),
    "III": (Hairline(18, 33, 15, 31),),
    "IIIa": (Hairline(31, 33, 13, 31),),
    "III-vertex": (Hairline(18, 28, 15, 30), Oval(_VERTEX_Y, 7, 6)),
    "IV": (Hairline(21, 36, 15, 32), Oval(_VERTEX_Y, 11, 9)),
    "IVa": (Hairline(42, 39, 13, 33),),
    "V": (Hairline(29, 40, 16, 34), Oval(_VERTEX_Y - 1, 15, 12), Oval(43, 12, 2.6, show=2)),
    "Va": (Horseshoe(18, 54, 35),),
    "VI": (Horseshoe(19.5, 66, 38),),
    "VII": (Horseshoe(22.6, 70, 47),),
}
_LUDWIG: dict[str, tuple[Part, ...]] = {
    "I": (_FULL, Oval(39, 11, 16, show=1), Parting(1.6, 21, 54)),
    "II": (_FULL, Oval(40, 15, 19, show=3), Parting(2.6, 22, 57)),
    "III": (_FULL, Oval(42, 19, 21.5, show=4)),
}
_SINCLAIR: dict[str, tuple[Part, ...]] = {
    "1": (_FULL, Parting(0.7)),
    "2": (_FULL, Parting(2.2)),
    "3": (_FULL, Oval(38, 11, 18, show=1), Parting(3.6)),
    "4": (_FULL, Oval(38, 14, 20, show=2), Parting(4.2), Oval(24, 6.5, 6, show=4)),
    "5": (_FULL, Oval(41, 18, 22, show=3), Oval(39, 13, 18, show=4)),
}
_SAVIN: dict[str, tuple[Part, ...]] = {
    "I-1": (_FULL, Parting(0.7)),
    "I-2": (_FULL, Parting(1.7)),
    "I-3": (_FULL, Parting(2.9)),
    "I-4": (_FULL, Parting(4.4)),
    "II-1": (_FULL, Oval(38, 12, 18, show=1), Parting(4.4)),
    "II-2": (_FULL, Oval(39, 16, 20, show=2), Parting(4.8)),
    "III": (_FULL, Oval(40, 19, 22, show=3)),
    "Advanced": (_FULL, Oval(41, 20, 23, show=4)),
    "Frontal": (_FULL, Oval(25, 13, 7, show=3), Oval(34, 8, 9, show=2), Parting(3.2, 20, 56)),
}
_BASIC: dict[str, tuple[Part, ...]] = {
    "L": (Hairline(17, 17, 14, 22),),
    "M0": (Hairline(17, 20, 15, 26),),
    "M1": (Hairline(17, 27, 16, 28),),
    "M2": (Hairline(18, 35, 16, 31),),
    "M3": (Hairline(21, 43, 16, 35),),
    "C0": (Hairline(19, 18, 14, 24),),
    "C1": (Hairline(26, 23, 13, 26),),
    "C2": (Hairline(35, 30, 13, 29),),
    "C3": (Hairline(44, 37, 14, 32),),
    "U1": (Horseshoe(18, 56, 35),),
    "U2": (Horseshoe(20, 65, 40),),
    "U3": (Horseshoe(22.6, 70, 47),),
}
_LISTED: dict[str, dict[str, tuple[Part, ...]]] = {
    Scale.NORWOOD: _NORWOOD,
    Scale.LUDWIG: _LUDWIG,
    Scale.SINCLAIR: _SINCLAIR,
    Scale.SAVIN: _SAVIN,
}
_SHOWS = {"0": 0, "1": 1, "2": 3, "3": 4}


def drawing_of(
    scale: str, grade: str, lost_percent: Mapping[str, int] | None = None
) -> tuple[Shape, ...]:
    """Return the drawing of a grade, or nothing where there is none.

    Of SALT it is that of the share lost of each area, in percent.
    """
    if scale == Scale.SALT:
        return (*_hair(), *_areas(lost_percent or {}), *_outline())
    return _basp(grade) if scale == Scale.BASP else _listed(scale, grade)


def drawing_of_basp_part(part: str) -> tuple[Shape, ...]:
    """Return the drawing of one part of a BASP type: a basic one, a frontal or a vertex one."""
    return _basp(f"L{part}" if part[0] in "FV" else part)


@cache
def _listed(scale: str, grade: str) -> tuple[Shape, ...]:
    parts = _LISTED.get(scale, {}).get(grade)
    return _drawn(parts) if parts else ()


@lru_cache(maxsize=256)
def _basp(grade: str) -> tuple[Shape, ...]:
    kind = BaspType.of(grade)
    if kind is None:
        return ()
    parts = list(_BASIC[kind.basic])
    if show := _SHOWS.get(kind.frontal[1:], 0):
        parts.append(Oval(35, 14, 12, show=show))
    if show := _SHOWS.get(kind.vertex[1:], 0):
        parts.append(Oval(_VERTEX_Y + 2, 12, 9.5, show=show))
    return _drawn(tuple(parts))


def _drawn(parts: tuple[Part, ...]) -> tuple[Shape, ...]:
    return (*_hair(), *(shape for part in parts for shape in _part(part)), *_outline())


def _hair() -> Iterator[Shape]:
    yield Shape("scalp-hair", _ellipse(_CENTRE_Y, _HALF_WIDTH, _HALF_HEIGHT))


def _outline() -> Iterator[Shape]:
    yield Shape("scalp-line", _ellipse(_CENTRE_Y, _HALF_WIDTH, _HALF_HEIGHT))
    yield Shape("scalp-line", "M32 10.5c.8-4.6 7.2-4.6 8 0")
    yield Shape("scalp-line", "M10.2 37c-5-1.2-6 10 .9 11M61.8 37c5-1.2 6 10-.9 11")


def _part(part: Part) -> Iterator[Shape]:
    if isinstance(part, Hairline):
        yield Shape("scalp-bare", _front(part))
    elif isinstance(part, Horseshoe):
        yield Shape("scalp-bare", _horseshoe(part))
    elif isinstance(part, Parting):
        yield Shape("scalp-bare", _lens(part))
    else:
        kind = "scalp-bare" if part.show == 4 else f"scalp-thin-{part.show}"
        yield Shape(kind, _ellipse(part.y, part.half_width, part.half_height))
        if part.show < 4:
            yield Shape("scalp-strand", _strands(part))


def _edge(y: float) -> float:
    """Return how far the outline lies from the middle at a height."""
    return _HALF_WIDTH * sqrt(1 - ((y - _CENTRE_Y) / _HALF_HEIGHT) ** 2)


def _front(line: Hairline) -> str:
    """Return the forehead up to the hairline: a curve through the temples and the middle."""
    edge, x = _edge(line.side), _MIDDLE
    left, right = x - line.apart, x + line.apart
    return (
        f"M{x - edge:.1f} {line.side} "
        f"C{x - edge + 3:.1f} {line.side} {left - 6} {line.temples} {left} {line.temples} "
        f"C{left + 6} {line.temples} {x - 7} {line.middle} {x} {line.middle} "
        f"C{x + 7} {line.middle} {right - 6} {line.temples} {right} {line.temples} "
        f"C{right + 6} {line.temples} {x + edge - 3:.1f} {line.side} {x + edge:.1f} {line.side} "
        f"A{_HALF_WIDTH} {_HALF_HEIGHT} 0 0 0 {x - edge:.1f} {line.side}Z"
    )


def _horseshoe(area: Horseshoe) -> str:
    edge, x = _edge(area.side), _MIDDLE
    bend = area.side + 2
    large = int(area.side > _CENTRE_Y)
    return (
        f"M{x - edge:.1f} {area.side} Q{x - area.half} {area.side} {x - area.half} {bend} "
        f"A{area.half} {area.back - bend} 0 0 0 {x + area.half} {bend} "
        f"Q{x + area.half} {area.side} {x + edge:.1f} {area.side} "
        f"A{_HALF_WIDTH} {_HALF_HEIGHT} 0 {large} 0 {x - edge:.1f} {area.side}Z"
    )


def _ellipse(y: float, half_width: float, half_height: float) -> str:
    x, w, h = _MIDDLE, half_width, half_height
    return f"M{x} {y - h}A{w} {h} 0 0 1 {x} {y + h}A{w} {h} 0 0 1 {x} {y - h}Z"


def _lens(parting: Parting) -> str:
    x, w = _MIDDLE, parting.half_width * 4 / 3
    third = (parting.back - parting.front) / 3
    upper, lower = parting.front + third, parting.back - third
    return (
        f"M{x} {parting.front}C{x + w:.1f} {upper:.1f} {x + w:.1f} {lower:.1f} {x} {parting.back}"
        f"C{x - w:.1f} {lower:.1f} {x - w:.1f} {upper:.1f} {x} {parting.front}Z"
    )


def _strands(area: Oval) -> str:
    """Return the hairs that are left in a thin area: short strokes, the fewer the more shows."""
    apart = {1: 3.2, 2: 4.4, 3: 6.0}[area.show]
    strokes, row, y = [], 0, area.y - area.half_height + 3
    while y < area.y + area.half_height - 3:
        half = area.half_width * sqrt(max(0, 1 - ((y - area.y) / area.half_height) ** 2)) - 1.5
        x = apart / 2 if row % 2 else apart
        while x < half:
            strokes += [f"M{_MIDDLE + side * x:.1f} {y:.1f}v3" for side in (1, -1)]
            x += apart
        y, row = y + 4.5, row + 1
    return "".join(strokes)


def _areas(lost_percent: Mapping[str, int]) -> Iterator[Shape]:
    """Return the four areas of SALT, each as light as much of its hair is lost."""
    low, wide = 55.0, 16.0
    edge, x = _edge(low), _MIDDLE
    top = _CENTRE_Y - _HALF_HEIGHT * sqrt(1 - (wide / _HALF_WIDTH) ** 2)
    round_ = f"A{_HALF_WIDTH} {_HALF_HEIGHT} 0 0"
    paths = {
        "vertex": (f"M{x - wide} {top:.1f}{round_} 1 {x + wide} {top:.1f}V{low}H{x - wide}Z"),
        "back": f"M{x - edge:.1f} {low}H{x + edge:.1f}{round_} 1 {x - edge:.1f} {low}Z",
        "left": f"M{x - wide} {top:.1f}V{low}H{x - edge:.1f}{round_} 1 {x - wide} {top:.1f}Z",
        "right": f"M{x + wide} {top:.1f}V{low}H{x + edge:.1f}{round_} 0 {x + wide} {top:.1f}Z",
    }
    for area, d in paths.items():
        share = lost_percent.get(area) or 0
        yield Shape(f"scalp-lost-{_step(share)}", d)


def _step(lost_percent: int) -> int:
    """Return 0 for nothing lost, 5 for all, and the quarter between."""
    if lost_percent in (0, 100):
        return 5 if lost_percent else 0
    return min(lost_percent // 25 + 1, 4)
