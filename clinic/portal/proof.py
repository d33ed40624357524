"""The code that was given by this browser: a signed cookie that names it, bound to one link."""

from datetime import datetime

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from clinic.consenting.models import PROVES_FOR, IdentityCheck
from clinic.documents.models import PrivateLink
from clinic.portal.session import PATH

COOKIE = "anagen_code"
_SALT = "clinic.portal.proof"
_SECONDS = int(PROVES_FOR.total_seconds())


def begin(response: HttpResponseBase, check: IdentityCheck) -> None:
    """Let this browser read and sign, as long as the code that it gave proves something."""
    response.set_cookie(
        COOKIE,
        signing.dumps(str(check.pk), salt=_SALT),
        max_age=_SECONDS,
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def end(response: HttpResponseBase) -> None:
    """Forget the code on this phone."""
    response.delete_cookie(COOKIE, path=PATH, samesite="Lax")


def of(request: HttpRequest, link: PrivateLink, now: datetime) -> IdentityCheck | None:
    """Return what this browser proved through this link not long ago, or None."""
    try:
        told = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=_SECONDS)
    except signing.BadSignature:
        return None
    check = IdentityCheck.objects.filter(pk=told, link=link).first()
    return check if check is not None and check.proves_at(now) else None
