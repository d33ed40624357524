"""Addresses of many rows at once: Django looks the pattern up for each, here once for all."""

from functools import cache
from uuid import UUID

from django.urls import reverse


def address_of(name: str, *identifiers: UUID | str) -> str:
    """Return what `reverse(name, args=identifiers)` returns, for an address that holds UUIDs.

    Raises `NoReverseMatch` for a name that does not exist or takes another number of them.
    """
    return _pattern(name, len(identifiers)).format(*identifiers)


@cache
def _pattern(name: str, count: int) -> str:
    nobodies = [UUID(int=number) for number in range(count)]
    pattern = reverse(name, args=nobodies).replace("{", "{{").replace("}", "}}")
    for nobody in nobodies:
        pattern = pattern.replace(str(nobody), "{}", 1)
    return pattern
