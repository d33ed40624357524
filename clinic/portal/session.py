"""The short time that a right answer opens: a signed cookie, bound to one link."""

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from clinic.documents.models import PrivateLink

COOKIE = "anagen_my"
PATH = "/my/"
SECONDS = 30 * 60
_SALT = "clinic.portal.session"


def begin(response: HttpResponseBase, link: PrivateLink) -> None:
    """Let this browser in through this link for half an hour."""
    response.set_cookie(
        COOKIE,
        signing.dumps(str(link.pk), salt=_SALT),
        max_age=SECONDS,
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def end(response: HttpResponseBase) -> None:
    """Close the half hour."""
    response.delete_cookie(COOKIE, path=PATH, samesite="Lax")


def is_open(request: HttpRequest, link: PrivateLink) -> bool:
    """Say whether this browser gave the right answer for this link not long ago."""
    try:
        told = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=SECONDS)
    except signing.BadSignature:
        return False
    return bool(told == str(link.pk))
