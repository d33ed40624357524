"""What the pages that ask for a time have in common: reading the wish, finding free times."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, QueryDict

from clinic.booking.forms import DayForm, WhenForm, Wish
from clinic.booking.models import Appointment
from clinic.booking.rules import LONGEST_MINUTES, SHORTEST_MINUTES
from clinic.booking.slots import Search, Slot, first_free_room, free_slots, rooms_for
from clinic.booking.times import at
from clinic.practice.models import Room, Service, Site
from clinic.staff.models import User
from patients.models import Patient

_PARTS = (("Morning", time(12)), ("Afternoon", time(17)), ("Evening", time.max))


@dataclass(frozen=True)
class Asked:
    """What a page is asked for so far; the form may still be half empty."""

    patient: Patient
    site: Site
    service: Service | None
    typed: Mapping[str, Any]
    moving: Appointment | None = None

    @property
    def day(self) -> date | None:
        """The day, or None while there is no valid one."""
        form = DayForm({"date": self.typed.get("date")})
        return form.cleaned_data["date"] if form.is_valid() else None

    @property
    def wanted(self) -> time | None:
        """The time that the person came with, from a free place in the diary."""
        try:
            return time.fromisoformat(str(self.typed.get("wanted") or ""))
        except ValueError:
            return None

    @property
    def minutes(self) -> int:
        """The length typed, or else the service's own."""
        typed = str(self.typed.get("duration_minutes") or "")
        if typed.isascii() and typed.isdigit() and len(typed) < 4:
            return min(max(int(typed), SHORTEST_MINUTES), LONGEST_MINUTES)
        return self.service.duration_minutes if self.service else SHORTEST_MINUTES


def wanted_moment(asked: Asked, wish: Wish, day: date) -> tuple[datetime, Room | None]:
    """Return the moment a person wishes for and a room: theirs, or one that is free then.

    Raises `ValidationError` for a time that the clocks leave out or show twice.
    """
    try:
        starts_at = at(day, wish.wall, asked.site.zone)
    except ValidationError as error:
        raise ValidationError({"starts_at": error.messages}) from error
    if wish.room or not asked.service:
        return starts_at, wish.room
    rooms = _own_room_first(asked, rooms_for(asked.site, asked.service))
    search = _search(asked, day, [wish.practitioner], rooms)
    return starts_at, first_free_room(search, starts_at)


def free_times(asked: Asked, form: WhenForm, *, now: datetime) -> dict[str, Any]:
    """Return what `booking/_when.html` needs: the free times by part of the day."""
    day = asked.day
    if asked.service is None or day is None:
        return {"parts": [], "searched": False, "wanted": asked.wanted}
    search = _search(asked, day, _people(asked, form), _rooms(asked, form))
    slots = free_slots(search, now=now)
    return {
        "parts": _by_part_of_day(slots),
        "searched": True,
        "searched_day": day,
        "minutes": asked.minutes,
        "anybody": len(search.practitioners) > 1,
        "wanted": asked.wanted,
        "not_free": _not_free(form, slots, asked.wanted),
        "chosen": _chosen(form, slots, asked.wanted),
    }


def _search(asked: Asked, day: date, people: list[User], rooms: list[Room]) -> Search:
    assert asked.service is not None  # noqa: S101 - narrows the type; callers have looked
    return Search(
        site=asked.site,
        service=asked.service,
        day=day,
        minutes=asked.minutes,
        patient=asked.patient,
        practitioners=people,
        rooms=rooms,
        moving=asked.moving,
        wanted=asked.wanted,
    )


def _people(asked: Asked, form: WhenForm) -> list[User]:
    return _one_or_all(form, "practitioner", asked.typed.get("practitioner"))


def _rooms(asked: Asked, form: WhenForm) -> list[Room]:
    return _own_room_first(asked, _one_or_all(form, "room", asked.typed.get("room")))


def _own_room_first(asked: Asked, rooms: list[Room]) -> list[Room]:
    if asked.moving is None:
        return rooms
    booked = asked.moving.room_id
    return sorted(rooms, key=lambda room: room.pk != booked)


def _one_or_all(form: WhenForm, name: str, value: Any) -> list[Any]:
    field = form.fields[name]
    try:
        chosen = field.clean(value)
    except ValidationError:
        chosen = None
    return [chosen] if chosen else list(field.queryset)  # type: ignore[attr-defined]


def _by_part_of_day(slots: list[Slot]) -> list[tuple[str, list[Slot]]]:
    parts: list[tuple[str, list[Slot]]] = []
    begins = time.min
    for label, ends in _PARTS:
        of_part = [slot for slot in slots if begins <= slot.wall < ends]
        if of_part:
            parts.append((label, of_part))
        begins = ends
    return parts


def _chosen(form: WhenForm, slots: list[Slot], wanted: time | None) -> str:
    """Return the free time to show as chosen: the same time, whatever the room.

    Somebody who asked for another person or room keeps the time; a booking that was refused is
    never turned into one with somebody else.
    """
    pressed = str(form["slot"].value() or "")
    if pressed:
        same = pressed.rpartition("/")[0] if form.is_bound else pressed.partition("/")[0]
        return next((slot.value for slot in slots if slot.value.startswith(f"{same}/")), "")
    typed = form["time"].value()
    return "" if typed else next((slot.value for slot in slots if slot.wall == wanted), "")


def _not_free(form: WhenForm, slots: list[Slot], wanted: time | None) -> time | None:
    """Return the time that was chosen, or else wanted, when it is none of the free ones."""
    asked_for: time | None
    try:
        asked_for = time.fromisoformat(str(form["slot"].value() or "").partition("/")[0])
    except ValueError:
        asked_for = wanted
    is_free = any(slot.wall == asked_for for slot in slots)
    return None if is_free else asked_for


def revision_seen(request: HttpRequest) -> int:
    """Return the revision that the posted page showed; -1, which fits none, where it says none."""
    text = request.POST.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def plain(data: QueryDict) -> dict[str, str]:
    """Return the last value of each name that was sent."""
    return {name: str(data[name]) for name in data}
