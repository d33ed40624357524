"""The pieces of a day that stand on one page hundreds of times.

A template takes longer to fill in one value than Python to write a whole line, and a busy day has
three thousand values. So these few lines are written here, with every text escaped; the page
around them is a template like any other.
"""

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

from django.utils.safestring import SafeString

if TYPE_CHECKING:
    from clinic.booking.diary import Visit

_FREE = (
    '<li><a class="free {place}" href="{url}" tabindex="-1">'
    '<span class="visually-hidden">{words}</span></a></li>'
)
_IN_COLUMN = (
    '<li class="visit {place}" data-status="{status}" data-kind="{kind}">'
    '<a class="visit-link" href="{url}" title="{starts} {name}">{starts} {name}</a>'
    '<span class="visit-what">{column_what}</span><span class="visit-status">{words}</span></li>'
)
_IN_LIST = (
    '<li class="day-visit" data-status="{status}" data-kind="{kind}">'
    '<span class="day-time">{starts}<span>{ends}</span></span>'
    '<span class="day-what"><a class="row-link" href="{url}">{name}</a>'
    "<span>{what}</span><span>{practitioner}</span></span>"
    '<span class="visit-status">{words}</span></li>'
)


def free_piece(*, place: str, url: str, words: str) -> str:
    """Return a stretch that can be booked; `place` is made of numbers."""
    return _FREE.format(place=place, url=escape(url), words=escape(words))


def in_columns(visits: Iterable["Visit"]) -> SafeString:
    """Return visits as a column of the diary holds them."""
    return _drawn(_IN_COLUMN, visits)


def in_list(visits: Iterable["Visit"]) -> SafeString:
    """Return visits as the list for a phone and for paper holds them."""
    return _drawn(_IN_LIST, visits)


def _drawn(line: str, visits: Iterable["Visit"]) -> SafeString:
    return SafeString(
        "".join(
            line.format(
                place=visit.place,
                status=visit.status,
                kind=visit.kind,
                url=escape(visit.url),
                starts=visit.starts,
                ends=visit.ends,
                name=escape(visit.name),
                what=escape(f"{visit.service} · {visit.room}"),
                column_what=escape(f"{visit.service} · {visit.beside}"),
                practitioner=escape(visit.practitioner),
                words=visit.status_words,
            )
            for visit in visits
        )
    )
