"""The audit trail, in words."""

from datetime import date, datetime, time
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from clinic.audit.kinds import Kind
from clinic.audit.models import Event
from clinic.staff.access import current_site, require, signed_in
from clinic.staff.models import User
from clinic.staff.permissions import Permission
from patients.merging.records import record_now, records_of
from patients.models import Merge, Patient
from patients.numbers import meant_by

PAGE_SIZE = 50


@require(Permission.VIEW_AUDIT)
def trail(request: HttpRequest) -> HttpResponse:
    """Show what was done and who looked, newest first."""
    wanted = {
        name: request.GET.get(name, "").strip() for name in ("patient", "person", "kind", "day")
    }
    user, site = signed_in(request), current_site(request)
    records = _records_of(user, wanted["patient"])
    events = _narrowed(_visible_to(user), wanted, site.zone)
    if records is not None:
        events = events.filter(patient_id__in=records)
    before = _uuid(request.GET.get("before", ""))
    if before:
        events = events.filter(pk__lt=before)
    rows = list(events.order_by("-id")[: PAGE_SIZE + 1])
    shown = rows[:PAGE_SIZE]
    context = {
        "events": _with_patients(shown, user),
        "older": shown[-1].pk if len(rows) > PAGE_SIZE else None,
        "wanted": wanted,
        "nobody": _nobody_has(user, wanted["patient"]) if records == [] else "",
        "kinds": [(kind.value, kind.plain) for kind in Kind],
        "people": User.objects.order_by("family_name", "given_name"),
    }
    return render(request, "caseload/trail.html", context)


def _visible_to(user: User) -> QuerySet[Event]:
    events = Event.objects.select_related("actor")
    if not user.site_ids:
        return events
    visible = Patient.objects.visible_to(user).values("pk")
    merged = Merge.objects.standing().filter(survivor__in=visible).values("absorbed")
    return events.filter(
        Q(patient_id__isnull=True) | Q(patient_id__in=visible) | Q(patient_id__in=merged)
    )


def _records_of(user: User, number: str) -> list[UUID] | None:
    """Return the records of whom a number means, merged ones too; None where none was written.

    It means nobody where no patient has it, or only one whom this person may not see.
    """
    if not number:
        return None
    patient = Patient.objects.filter(number=meant_by(number) or "").first()
    now = patient and (record_now(patient.pk) or patient.pk)
    if not now or not Patient.objects.visible_to(user).filter(pk=now).exists():
        return []
    return records_of(now)


def _nobody_has(user: User, number: str) -> str:
    where = " at your sites" if user.site_ids else ""
    return f"No patient{where} has the number “{number}”"


def _narrowed(events: QuerySet[Event], wanted: dict[str, str], zone: object) -> QuerySet[Event]:
    if person := _uuid(wanted["person"]):
        events = events.filter(actor=person)
    if wanted["kind"] in Kind.values:
        events = events.filter(kind=wanted["kind"])
    if day := _day(wanted["day"]):
        start = datetime.combine(day, time.min, tzinfo=zone)  # type: ignore[arg-type]
        end = datetime.combine(day, time.max, tzinfo=zone)  # type: ignore[arg-type]
        events = events.filter(created_at__range=(start, end))
    return events


def _with_patients(events: list[Event], user: User) -> list[tuple[Event, Patient | None]]:
    ids = {event.patient_id for event in events if event.patient_id}
    patients = Patient.objects.visible_to(user).in_bulk(ids)
    return [(event, patients.get(event.patient_id)) for event in events]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
