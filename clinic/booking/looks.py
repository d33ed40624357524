"""How an appointment looks: colour, icon and word of its status, the tint of its kind."""

from functools import cache

from django.utils.safestring import SafeString

from clinic.base.templatetags.anagen import icon
from clinic.booking.models import Status
from clinic.practice.models import Service

# The chip's kind and its icon.
STATUS_LOOKS: dict[str, tuple[str, str]] = {
    Status.BOOKED: ("neutral", "dot"),
    Status.CONFIRMED: ("information", "check"),
    Status.ARRIVED: ("attention", "arrived"),
    Status.IN_ROOM: ("information", "room"),
    Status.DONE: ("good", "good"),
    Status.NO_SHOW: ("danger", "danger"),
    Status.CANCELLED: ("neutral", "cross"),
}

# What one presses to bring a visit to a status.
STEP_WORDS: dict[str, str] = {
    Status.CONFIRMED: "Confirm",
    Status.ARRIVED: "Check in",
    Status.IN_ROOM: "Take to room",
    Status.DONE: "Finish visit",
}


@cache
def status_in_words(status: str) -> SafeString:
    """Return the icon and the word of a status, drawn once and kept."""
    return SafeString(f"{icon(STATUS_LOOKS[status][1])}{Status(status).label}")


def kind_of(purpose: str, technique: str) -> str:
    """Return the diary's tint of a service: consultation, micrograft, prp, review or other."""
    if purpose == Service.Purpose.TREATMENT:
        return technique or "other"
    return purpose
