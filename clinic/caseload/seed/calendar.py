"""Who is free when: appointments that never overlap, handed out day by day."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from clinic.practice.models import Room, Service, Site
from clinic.staff.models import User

SLOT_MINUTES = 30
FIRST_HOUR = 9
SLOTS_A_DAY = 17
SUNDAY = 6


@dataclass(frozen=True)
class Desk:
    """A practitioner at a site, with the rooms that nobody else uses."""

    practitioner: User
    site: Site
    rooms: dict[str, Room]


@dataclass(frozen=True)
class Slot:
    """A time, a place and a practitioner. `day` is the site's; the times are in UTC."""

    desk: Desk
    room_id: UUID
    day: date
    starts_at: datetime
    ends_at: datetime


class Calendar:
    """Hands out the next free time of a desk on or after a day.

    Each day is filled from its beginning; a patient is never given two times on one day, so that
    neither practitioner, room nor patient is booked twice.
    """

    def __init__(self, desk: Desk, *, today: date) -> None:
        self.desk = desk
        self._today = today
        self._used: dict[date, int] = {}

    def take(self, day: date, service: Service) -> Slot:
        """Return the first free time on or after a day."""
        slots = -(-service.duration_minutes // SLOT_MINUTES)
        while True:
            if day.weekday() != SUNDAY or day == self._today:
                used = self._used.get(day, 0)
                if used + slots <= SLOTS_A_DAY:
                    self._used[day] = used + slots
                    return self._slot(day, used, service)
            day += timedelta(days=1)

    def _slot(self, day: date, used: int, service: Service) -> Slot:
        opening = datetime.combine(day, time(FIRST_HOUR), tzinfo=self.desk.site.zone)
        starts_at = opening.astimezone(UTC) + timedelta(minutes=used * SLOT_MINUTES)
        return Slot(
            desk=self.desk,
            room_id=self.desk.rooms[service.room_kind].pk,
            day=day,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=service.duration_minutes),
        )
