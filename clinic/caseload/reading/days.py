"""What each role opens in the morning."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet

from clinic.booking.models import Appointment, Status
from clinic.practice.models import Site
from clinic.staff.models import User
from followups.access import to_reach
from followups.models import Examination, Review
from patients.models import Allergy, Case, Consent, ConsentQuestion, Patient, PhotoNarrowing
from patients.models.consent import PRESENT_PROCESS
from treatments.models import Session

SHOWN = 8


def my_day(user: User, *, site: Site, day: date) -> QuerySet[Appointment]:
    """Return a clinician's live appointments on a day at every site, in order.

    Each has `allergies`, the substances, for the mark beside the name.
    """
    midnight = datetime.combine(day, time.min, tzinfo=site.zone)
    next_midnight = datetime.combine(day + timedelta(days=1), time.min, tzinfo=site.zone)
    return (
        Appointment.objects.live()
        .filter(practitioner=user, starts_at__gte=midnight, starts_at__lt=next_midnight)
        .select_related("patient", "service", "room", "site")
        .annotate(allergies=ArraySubquery(_standing_allergies()))
        .order_by("starts_at")
    )


def _standing_allergies() -> QuerySet[Any, Any]:
    standing = Allergy.objects.standing().filter(patient=OuterRef("patient"))
    return standing.order_by("substance").values("substance")


@dataclass(frozen=True)
class Visit:
    """One appointment of the clinician's day, with what they need before they open the door."""

    appointment: Appointment
    namesakes: int
    has_draft: bool

    @property
    def allergy_words(self) -> str:
        """What the patient is allergic to, or ""."""
        return ", ".join(self.appointment.allergies)  # type: ignore[attr-defined]

    @property
    def namesake_words(self) -> str:
        """How many other patients of this surname come today, or ""."""
        name = self.appointment.patient.family_name.upper()
        if self.namesakes < 2:
            return f"Another {name} today" if self.namesakes else ""
        return f"{self.namesakes} others named {name} today"

    @property
    def may_start(self) -> bool:
        """Whether this is a treatment whose patient is here."""
        here = self.appointment.status in (Status.ARRIVED, Status.IN_ROOM)
        return here and bool(self.appointment.service.technique)


def visits_of(appointments: list[Appointment]) -> list[Visit]:
    """Return appointments of `my_day` with their alerts; two queries."""
    people = {a.patient_id: a.patient.family_name.casefold() for a in appointments}
    surnames = Counter((_others_there(appointments) | people).values())
    drafts = set(
        Session.objects.drafts().filter(patient__in=people).values_list("patient", "technique")
    )
    return [
        Visit(
            appointment=a,
            namesakes=surnames[people[a.patient_id]] - 1,
            has_draft=(a.patient_id, a.service.technique) in drafts,
        )
        for a in appointments
    ]


def _others_there(appointments: list[Appointment]) -> dict[UUID, str]:
    """Return the surname of everybody who comes to the same sites that day, by patient."""
    there = Appointment.objects.none()
    for site, day in {(a.site, a.local_date) for a in appointments}:
        there |= Appointment.objects.live().on_day(day, site)
    names = there.values_list("patient", "patient__family_name")
    return {patient_id: name.casefold() for patient_id, name in names}


def drafts_of(user: User) -> list[Session]:
    """Return this person's unsigned sessions, the oldest first, up to `SHOWN`."""
    drafts = Session.objects.drafts().filter(operator=user).select_related("patient")
    return list(drafts.order_by("performed_date")[:SHOWN])


def consents_to_sign_of(user: User) -> list[Consent]:
    """Return consents that patients signed with this person, who has not signed them yet."""
    waiting = Consent.objects.signed().filter(
        signed_by=user, process=PRESENT_PROCESS, clinician_signed_at__isnull=True
    )
    return list(waiting.select_related("patient", "template").order_by("signed_at")[:SHOWN])


def withdrawals_for(user: User, *, since: datetime) -> list[Consent]:
    """Return what this clinician's patients took back with somebody else, newest first.

    One for each thing that was taken back, though it may have ended several signatures. It goes to
    who signed it, to the clinician of its case and to the patient's clinician now; where none of
    them works here any more, to everybody who can open the patient's record.
    """
    ended = Consent.objects.filter(_reaches(user, ""), withdrawn_at__gte=since)
    rows = ended.exclude(withdrawn_by=user).select_related("patient", "template", "withdrawn_by")
    found: dict[tuple[Any, ...], Consent] = {}
    for consent in rows.order_by("-withdrawn_at"):
        template = consent.template
        found.setdefault((consent.patient_id, template.purpose, template.technique), consent)
    return list(found.values())


def narrowings_for(user: User, *, since: datetime) -> list[PhotoNarrowing]:
    """Return which uses of photographs this clinician's patients took back, newest first.

    What they recorded themselves is left out, and they go to the same people, as withdrawals.
    """
    rows = PhotoNarrowing.objects.filter(_reaches(user, "consent__"), narrowed_at__gte=since)
    rows = rows.exclude(narrowed_by=user)
    rows = rows.select_related("patient", "consent__template", "narrowed_by")
    return list(rows.order_by("-narrowed_at"))


def _reaches(user: User, consent: str) -> Q:
    """Return who learns of what becomes of a signed consent; `consent` is the way to its fields."""
    own = Case.objects.open().filter(patient=OuterRef("patient"), clinician__is_active=True)
    nobody = Q(
        ~Q(**{f"{consent}case__clinician__is_active": True}),
        ~Exists(own),
        **{f"{consent}signed_by__is_active": False},
        patient__in=Patient.objects.visible_to(user),
    )
    return (
        Q(**{f"{consent}signed_by": user})
        | Q(**{f"{consent}case__clinician": user})
        | Exists(own.filter(clinician=user))
        | nobody
    )


def questions_for(user: User, *, since: datetime) -> list[ConsentQuestion]:
    """Return what patients ask before they sign and nobody has answered in a talk, oldest first.

    They go to who held the last talk, else to who gave the information, and to the clinician of
    the case. A talk about a newer text for the same answers them as well; those of a case that was
    closed since are there while they were asked after `since`.
    """
    talked_later = Consent.objects.filter(
        patient=OuterRef("patient"),
        template__purpose=OuterRef("consent__template__purpose"),
        template__technique=OuterRef("consent__template__technique"),
        discussed_at__gt=OuterRef("asked_at"),
    )
    asked = ConsentQuestion.objects.filter(
        Q(consent__discussed_by=user)
        | Q(consent__discussed_by=None, consent__information_given_by=user)
        | Q(consent__case__clinician=user),
        Q(consent__case__closed_at=None) | Q(asked_at__gte=since),
        ~Exists(talked_later),
        consent__signed_at=None,
    )
    return list(asked.select_related("patient", "consent__template").order_by("asked_at"))


def recent_reviews_of(user: User, *, since: date) -> list[Examination]:
    """Return review examinations of this clinician's patients since a day, newest first."""
    examinations = Examination.objects.filter(
        kind=Examination.Kind.REVIEW, case__clinician=user, examined_date__gte=since
    )
    return list(examinations.select_related("patient", "review").order_by("-examined_date")[:SHOWN])


def today_at(site: Site, *, day: date) -> QuerySet[Appointment]:
    """Return the live appointments of a day at a site, in order."""
    return (
        Appointment.objects.live()
        .on_day(day, site)
        .select_related("patient", "service", "room", "practitioner")
        .order_by("starts_at", "id")
    )


def unconfirmed_tomorrow(site: Site, *, day: date) -> list[Appointment]:
    """Return tomorrow's appointments that nobody has confirmed yet."""
    return list(today_at(site, day=day + timedelta(days=1)).filter(status=Status.BOOKED)[:SHOWN])


def reviews_to_book(
    user: User, *, site: Site, today: date, now: datetime
) -> tuple[list[Review], bool]:
    """Return the reviews that have waited longest to be booked, and whether there are more."""
    waiting = to_reach(user, site=site, today=today, now=now, most=SHOWN + 1)
    reviews = Review.objects.select_related("patient").in_bulk(waiting[:SHOWN])
    return [reviews[pk] for pk in waiting[:SHOWN]], len(waiting) > SHOWN


def enquiries_to_call(site: Site) -> tuple[list[Case], bool]:
    """Return open cases of this site's patients who have never had an appointment, newest first."""
    never_booked = (
        Case.objects.open()
        .filter(patient__registrations__site=site)
        .exclude(Exists(Appointment.objects.filter(patient=OuterRef("patient"))))
        .select_related("patient")
        .order_by("-opened_at")[: SHOWN + 1]
    )
    found = list(never_booked)
    return found[:SHOWN], len(found) > SHOWN
