"""By which way, and about what, a patient may be contacted."""

from django.db import models


class Channel(models.TextChoices):
    """A way to reach a patient."""

    PHONE = "phone", "Phone call"
    TEXT = "text", "Text message"
    EMAIL = "email", "E-mail"
    POST = "post", "Letter"


class About(models.TextChoices):
    """What a patient is contacted about."""

    VISITS = "visits", "Visits"
    CARE = "care", "Care"
    NEWS = "news", "News and offers"


# What each purpose means, for whoever asks the patient.
EXAMPLES = {
    About.VISITS: "Confirmations and reminders",
    About.CARE: "Results, documents, invitations to a review",
    About.NEWS: "Only where the patient asked for it",
}


def way(channel: str, about: str) -> str:
    """Return how a channel for a purpose is stored: `email:visits`."""
    return f"{channel}:{about}"


ALL_WAYS = [way(channel, about) for about in About.values for channel in Channel.values]


def usual_ways() -> list[str]:
    """Return what is allowed unless the patient says otherwise: everything but news."""
    return [known for known in ALL_WAYS if not known.endswith(f":{About.NEWS.value}")]


def in_order(ways: list[str]) -> list[str]:
    """Return ways in the order of `ALL_WAYS`, so that the same wishes are the same list."""
    return [known for known in ALL_WAYS if known in ways]


def in_words(ways: list[str]) -> str:
    """Return wishes as a sentence: "Visits by phone call, letter; care by e-mail"."""
    parts = []
    for about in About:
        channels = [channel.label.lower() for channel in Channel if way(channel, about) in ways]
        if channels:
            parts.append(f"{about.label.lower()} by {', '.join(channels)}")
    return "; ".join(parts)[:1].upper() + "; ".join(parts)[1:] if parts else "No contact"
