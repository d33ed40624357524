"""A device in a patient's hands: nothing but their page opens until a member of staff confirms.

The patient reads and signs on the clinic's tablet, where somebody is signed in. From the moment
their page opens, the whole session is held to it: the way back to the record, and every other
address, asks the member of staff who they are.
"""

import time
from collections.abc import Callable
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

HELD = "held_by_patient"
# Where somebody confirms who they are, or gives the device up; and what the page itself needs.
_OPEN_NAMES = (
    *("account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"),
    *("account_logout", "alive", "healthz", "readyz"),
)


def hand_over(request: HttpRequest, *, back: str, under: str = "") -> None:
    """Hold this session to the page that is being opened; `back` is where staff go afterwards.

    `under` names instead an address that ends in "/", which opens with all that stands under it.
    """
    held = {"page": request.path, "under": under, "back": back, "since": time.time()}
    request.session[HELD] = held


class HandedOverMiddleware:
    """Ask who is there before a device that a patient held shows anything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, or ask the member of staff to confirm."""
        held = request.session.get(HELD) if request.user.is_authenticated else None
        if held and _confirmed_since(request, held["since"]):
            del request.session[HELD]
            held = None
        if not held or _is_open(request.path, held):
            return self.get_response(request)
        if request.headers.get("HX-Request"):
            return HttpResponse(status=401)
        confirm = reverse("account_reauthenticate")
        return redirect(f"{confirm}?{urlencode({'next': held['back']})}")


def _confirmed_since(request: HttpRequest, since: float) -> bool:
    records = get_authentication_records(request, request.user)
    return any(one.get("reauthenticated") and one["at"] >= since for one in records)


def _is_open(path: str, held: dict[str, str]) -> bool:
    under = held.get("under", "")
    is_theirs = path.startswith(under) if under else path == held["page"]
    is_asset = path.startswith(str(settings.STATIC_URL))
    return is_theirs or is_asset or path in {reverse(name) for name in _OPEN_NAMES}
