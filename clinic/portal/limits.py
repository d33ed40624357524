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
MOST_AN_ADDRESS = 30


def too_many(request: HttpRequest, link: PrivateLink) -> bool:
    """Count an answer, and say whether there were too many lately: for this link, from there.

    Without the cache nothing is counted here; wrong answers still lock the link.
    """
    address = hashlib.sha256(get_adapter().get_client_ip(request).encode()).hexdigest()
    try:
        of_link = _count(f"portal:link:{link.pk}")
        of_address = _count(f"portal:address:{address}")
    except RedisError as error:
        logger.warning("portal_limit_not_counted", error=type(error).__name__)
        return False
    return of_link > MOST_A_LINK or of_address > MOST_AN_ADDRESS


def _count(key: str) -> int:
    if cache.add(key, 1, timeout=SECONDS):
        return 1
    try:
        return cache.incr(key)
    except ValueError:  # it ran out between the two calls
        return 1
