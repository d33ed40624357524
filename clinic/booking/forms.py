"""The forms of the diary. A form never saves; what it needs of the day it is given."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from clinic.base.forms import PlainForm
from clinic.booking.conflicts import TakenError
from clinic.booking.models import Appointment
from clinic.booking.rules import LONGEST_MINUTES, SHORTEST_MINUTES
from clinic.practice.models import Room, Service, Site
from clinic.staff.models import User

# Names that pages of other apps may hand to `booking:new`; they travel through the form as hidden
# fields and reach everything in `actions.after_booking` as its `context`.
CONTEXT_FIELDS: tuple[str, ...] = ("review",)
LONGEST_CONTEXT = 64
FIRST_DAY, LAST_DAY = dt.date(2000, 1, 1), dt.date(2100, 12, 31)

CHOOSE_A_TIME = "Choose one of the free times, or write another."
CHOOSE_A_PERSON = "Choose who will see the patient at that time."


@dataclass(frozen=True)
class Wish:
    """When, with whom and where, as the form says it. Without a room any free one will do."""

    wall: dt.time
    practitioner: User
    room: Room | None


def day_field(**more: Any) -> forms.DateField:
    """Return a date field within the years that the diary knows."""
    limits = {"min": FIRST_DAY.isoformat(), "max": LAST_DAY.isoformat()}
    return forms.DateField(
        widget=forms.DateInput(
            format="%Y-%m-%d", attrs={"type": "date", "class": "w-date", **limits}
        ),
        error_messages={"required": "Choose a day.", "invalid": "Write the day as 23/11/2026."},
        **more,
    )


class DayForm(PlainForm):
    """The day of an address, such as /diary/?date=2026-11-23."""

    date = day_field(required=False)

    def clean_date(self) -> dt.date | None:
        """Refuse a day that the diary does not reach."""
        return within_reach(self.cleaned_data["date"])


def within_reach(day: dt.date | None) -> dt.date | None:
    """Return the day; raise `ValidationError` for one outside the years that the diary knows."""
    if day and not FIRST_DAY <= day <= LAST_DAY:
        raise ValidationError("Choose a day between 2000 and 2100.")
    return day


class WhenForm(PlainForm):
    """When, with whom and in which room; the part that booking and moving share."""

    practitioner = forms.ModelChoiceField(
        queryset=User.objects.none(),
        required=False,
        empty_label="Anybody who is free",
        label="With",
        widget=forms.Select(attrs={"class": "w-name"}),
    )
    date = day_field(label="Day")
    slot = forms.CharField(required=False, label="Time", max_length=100)
    time = forms.TimeField(
        required=False,
        label="Another time",
        widget=forms.TimeInput(
            format="%H:%M", attrs={"type": "time", "class": "w-time", "step": 300}
        ),
        error_messages={"invalid": "Write the time as 14:30."},
    )
    duration_minutes = forms.IntegerField(
        required=False,
        label="Length",
        min_value=SHORTEST_MINUTES,
        max_value=LONGEST_MINUTES,
        widget=forms.NumberInput(
            attrs={"class": "w-number", "data-unit": "minutes", "inputmode": "numeric", "step": 5}
        ),
    )
    room = forms.ModelChoiceField(
        queryset=Room.objects.none(),
        required=False,
        empty_label="Any that is free",
        widget=forms.Select(attrs={"class": "w-name"}),
    )

    def offer(self, site: Site, service: Service | None) -> None:
        """Fill the choices with who works at the site and the rooms that fit the service."""
        people = User.objects.get_queryset().clinicians().working_at(site)
        self.fields["practitioner"].queryset = people  # type: ignore[attr-defined]
        rooms = Room.objects.filter(site=site)
        if service:
            rooms = rooms.filter(kind=service.room_kind)
        self.fields["room"].queryset = rooms  # type: ignore[attr-defined]

    def clean_date(self) -> dt.date | None:
        """Refuse a day that the diary does not reach."""
        return within_reach(self.cleaned_data["date"])

    def clean_time(self) -> dt.time | None:
        """Refuse a time between two steps of the diary."""
        wall: dt.time | None = self.cleaned_data["time"]
        if wall and (wall.minute % 5 or wall.second):
            raise ValidationError("Choose a time in steps of five minutes, such as 14:35.")
        return wall

    def clean(self) -> dict[str, Any]:
        """Make one wish of the time that was pressed or the one that was typed."""
        values = super().clean() or {}
        if {"time", "slot", "practitioner", "room"} & set(self.errors):
            return values
        wish = self._pressed(values) if values.get("slot") else self._typed(values)
        if wish:
            values["wish"] = wish
        return values

    def _typed(self, values: dict[str, Any]) -> Wish | None:
        if not values.get("time"):
            self.add_error("slot", CHOOSE_A_TIME)
        elif not values.get("practitioner"):
            self.add_error("practitioner", CHOOSE_A_PERSON)
        else:
            return Wish(values["time"], values["practitioner"], values.get("room"))
        return None

    def _pressed(self, values: dict[str, Any]) -> Wish | None:
        wall_text, _, ids = values["slot"].partition("/")
        person_id, _, room_id = ids.partition("/")
        try:
            wall = dt.time.fromisoformat(wall_text)
            person = self.fields["practitioner"].clean(person_id)
            room = self.fields["room"].clean(room_id)
        except (ValueError, ValidationError):
            person = room = None
        if not (person and room):
            self.add_error("slot", CHOOSE_A_TIME)
        elif values.get("practitioner") not in (None, person):
            self.add_error("slot", f"That time was offered with {person}. Show the times again.")
        elif values.get("time") and values["time"] != wall:
            typed = values["time"].strftime("%H:%M")
            self.add_error(
                "slot", f"{wall_text} is chosen and {typed} is written. Clear one of the two."
            )
        else:
            return Wish(wall, person, values.get("room") or room)
        return None


class BookingForm(WhenForm):
    """What a patient is booked for, and when."""

    service = forms.ModelChoiceField(
        queryset=Service.objects.filter(is_active=True),
        to_field_name="slug",
        empty_label="Choose a service",
        widget=forms.Select(attrs={"class": "w-name"}),
        error_messages={"required": "Choose a service."},
    )
    site = forms.ModelChoiceField(
        queryset=Site.objects.none(),
        to_field_name="slug",
        empty_label=None,
        widget=forms.Select(attrs={"class": "w-name"}),
    )
    note = forms.CharField(
        required=False,
        max_length=200,
        help_text="For colleagues; the patient does not see it.",
        widget=forms.TextInput(attrs={"class": "w-line"}),
    )
    field_order = ("service", "site", "practitioner", "date", "slot")

    def offer_sites(self, sites: list[Site]) -> None:
        """Fill the choice of sites with those where the person works."""
        ids = [site.pk for site in sites]
        self.fields["site"].queryset = Site.objects.filter(pk__in=ids)  # type: ignore[attr-defined]


class CancelForm(PlainForm):
    """Why an appointment is cancelled."""

    reason = forms.CharField(
        max_length=200,
        label="Why is it cancelled?",
        help_text="For the record; the patient is told only that it is cancelled.",
        widget=forms.TextInput(attrs={"class": "w-line"}),
        error_messages={"required": "Say why it is cancelled."},
    )


def put_errors(form: forms.Form, error: ValidationError) -> None:
    """Put what an action refused on the form: beside its field, or above where there is none."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        field = _FIELD_OF.get(name, name)
        known = field in form.fields and name != NON_FIELD_ERRORS
        form.add_error(field if known else None, errors)


def in_the_way(form: forms.Form) -> list[Appointment]:
    """Return the visits that the errors on a form name, each once; none of a stranger."""
    errors = [error for of_field in form.errors.as_data().values() for error in of_field]
    visits = [error.visit for error in errors if isinstance(error, TakenError) and error.visit]
    return list({visit.pk: visit for visit in visits}.values())


# Where the form shows what the appointment calls otherwise.
_FIELD_OF = {"starts_at": "slot", "ends_at": "slot"}
