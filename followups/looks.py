"""How a review's status looks: always a colour and a word."""

from datetime import datetime

from followups.models import Review, ReviewStatus

_KINDS = {
    ReviewStatus.PLANNED: "neutral",
    ReviewStatus.DUE: "attention",
    ReviewStatus.OVERDUE: "danger",
    ReviewStatus.BOOKED: "information",
    ReviewStatus.HELD: "good",
    ReviewStatus.HELD_OUT_OF_WINDOW: "attention",
    ReviewStatus.STOPPED: "neutral",
}


def look_of(review: Review, now: datetime) -> tuple[str, str]:
    """Return the kind of chip and the words for a review."""
    if review.seen_but_not_recorded(now):
        return "danger", "Seen, not written up"
    status = review.status_at(now)
    return _KINDS[status], str(status.label)
