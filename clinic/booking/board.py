"""The arrivals board: today at a site, by how far each visit is."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from clinic.booking import actions
from clinic.booking.models import Appointment, Status
from clinic.booking.times import local
from clinic.practice.models import Site


@dataclass(frozen=True, slots=True)
class Card:
    """A visit on the board, with the one tap forward and the one tap back."""

    appointment: Appointment
    forward: Status | None
    back: Status | None
    may_miss: bool
    waiting_minutes: int | None
    late_minutes: int | None


@dataclass(frozen=True, slots=True)
class Lane:
    """One part of the board."""

    label: str
    empty: str
    cards: list[Card]
    more: int = 0

    @property
    def count(self) -> int:
        """How many visits are in this part, shown or not."""
        return len(self.cards) + self.more


# Of those who are done the board keeps the latest; the diary has them all.
DONE_SHOWN = 8
_LANES = (
    ("Expected", "Nobody else is expected today.", (Status.BOOKED, Status.CONFIRMED)),
    ("Arrived", "Nobody is waiting.", (Status.ARRIVED,)),
    ("In room", "Nobody is being seen.", (Status.IN_ROOM,)),
    ("Done", "Nobody has been seen yet.", (Status.DONE, Status.NO_SHOW)),
)


def lanes_at(site: Site, *, now: datetime) -> list[Lane]:
    """Return today's visits at a site by status; those who wait longest stand first."""
    today = local(now, site.zone).date()
    visits = Appointment.objects.on_day(today, site).filter(cancelled_at__isnull=True)
    cards = [card(visit, now=now) for visit in visits.with_words().order_by("starts_at", "pk")]
    lanes = []
    for label, empty, statuses in _LANES:
        of_lane = [card for card in cards if card.appointment.status in statuses]
        if label == "Arrived":
            of_lane.sort(key=lambda card: -(card.waiting_minutes or 0))
        shown = of_lane[::-1][:DONE_SHOWN] if label == "Done" else of_lane
        lanes.append(Lane(label, empty, shown, more=len(of_lane) - len(shown)))
    return lanes


def unconfirmed_tomorrow(site: Site, *, now: datetime) -> list[Card]:
    """Return tomorrow's visits at a site that nobody has confirmed."""
    tomorrow = local(now, site.zone).date() + timedelta(days=1)
    visits = Appointment.objects.on_day(tomorrow, site).filter(status=Status.BOOKED)
    return [card(visit, now=now) for visit in visits.with_words().order_by("starts_at", "pk")]


def card(appointment: Appointment, *, now: datetime) -> Card:
    """Return a visit with what may be done to it now."""
    waiting = _minutes(appointment.arrived_at, now)
    expected = appointment.status in (Status.BOOKED, Status.CONFIRMED)
    late = _minutes(appointment.starts_at, now) if expected else None
    following = actions.following_today(appointment, now=now)
    return Card(
        appointment=appointment,
        forward=following[0] if following else None,
        back=actions.undoes(appointment),
        may_miss=actions.may_be_missed(appointment, now=now),
        waiting_minutes=waiting if appointment.status == Status.ARRIVED else None,
        late_minutes=late if late and late > 0 else None,
    )


def _minutes(since: datetime | None, now: datetime) -> int | None:
    return int((now - since).total_seconds() // 60) if since else None
