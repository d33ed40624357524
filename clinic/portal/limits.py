"""How often answers may be tried. What locks a link is counted in the database; this slows down."""

import hashlib

import structlog
from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

from clinic.documents.models import PrivateLink

logger = structlog.get_logger(__name__)

SECONDS = 10 * 60
MOST_A_LINK = 10
# A family, or a whole telephone network, may stand behind one address.
MOST_AN_ADDRESS = 60


def too_many(request: HttpRequest, link: PrivateLink) -> bool:
    """Say whether there were too many wrong answers lately: for this link, or from there.

    Without the cache nothing is known here; wrong answers still lock the link.
    """
    of_link, of_address = _keys(request, link)
    try:
        found = cache.get_many([of_link, of_address])
    except RedisError as error:
        logger.warning("portal_limit_not_counted", error=type(error).__name__)
        return False
    return found.get(of_link, 0) >= MOST_A_LINK or found.get(of_address, 0) >= MOST_AN_ADDRESS


def count_wrong(request: HttpRequest, link: PrivateLink) -> None:
    """Count a wrong answer. What is no date, and a right answer, are not counted."""
    try:
        for key in _keys(request, link):
            _count(key)
    except RedisError as error:
        logger.warning("portal_limit_not_counted", error=type(error).__name__)


def _keys(request: HttpRequest, link: PrivateLink) -> tuple[str, str]:
    address = hashlib.sha256(get_adapter().get_client_ip(request).encode()).hexdigest()
    return f"portal:link:{link.pk}", f"portal:address:{address}"


def _count(key: str) -> int:
    if cache.add(key, 1, timeout=SECONDS):
        return 1
    try:
        return cache.incr(key)
    except ValueError:  # it ran out between the two calls
        return 1
