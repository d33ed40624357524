"""How often answers may be tried. What locks a link is counted in the database; this slows down."""

import hashlib

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

from clinic.documents.models import PrivateLink

SECONDS = 10 * 60
MOST_A_LINK = 10
# A family, or a whole telephone network, may stand behind one address.
MOST_AN_ADDRESS = 60


def too_many(request: HttpRequest, link: PrivateLink) -> bool:
    """Say whether there were too many wrong answers lately: for this link, or from there.

    While the cache is away nothing is known here; wrong answers still lock the link.
    """
    of_link, of_address = _keys(request, link)
    found = cache.get_many([of_link, of_address])
    return found.get(of_link, 0) >= MOST_A_LINK or found.get(of_address, 0) >= MOST_AN_ADDRESS


def count_wrong(request: HttpRequest, link: PrivateLink) -> None:
    """Count a wrong answer. What is no date, and a right answer, are not counted."""
    for key in _keys(request, link):
        _count(key)


def _keys(request: HttpRequest, link: PrivateLink) -> tuple[str, str]:
    address = hashlib.sha256(get_adapter().get_client_ip(request).encode()).hexdigest()
    return f"portal:link:{link.pk}", f"portal:address:{address}"


def _count(key: str) -> int:
    if cache.add(key, 1, timeout=SECONDS):
        return 1
    try:
        return cache.incr(key)
    except ValueError:  # it ran out, or the cache went away, between the two calls
        return 1
