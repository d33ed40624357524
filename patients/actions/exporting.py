"""Writing patients out: who asked for it is on record before the first line leaves."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.practice.models import Site
from clinic.staff.models import User
from patients.consent.rules import research_consents
from patients.exchange.exporting import EXPORTED
from patients.models import Patient, SiteRegistration

NOBODY = "Nobody was registered there in this time."
NOBODY_FOR_RESEARCH = "Nobody there agrees to research at this moment."

# A workbook is written whole before it is sent; a CSV file is sent as it is written.
MOST_IN_A_WORKBOOK = 10_000


def chosen_patients(
    user: User,
    *,
    site: Site | None,
    first: date | None,
    last: date | None,
    for_research: bool = False,
) -> Any:
    """Return the patients whom this person may see, of a site and a time of registration.

    The days are those of the present time zone, both included. `for_research` leaves out everybody
    whose consent to research does not stand at this moment.
    """
    found = Patient.objects.visible_to(user)
    if site:
        here = SiteRegistration.objects.filter(patient=OuterRef("pk"), site=site)
        found = found.filter(Exists(here))
    period = Q()
    if first:
        period &= Q(created_at__date__gte=first)
    if last:
        period &= Q(created_at__date__lte=last)
    if for_research:
        found = found.filter(Exists(research_consents().filter(patient=OuterRef("pk"))))
    return found.filter(period).order_by("number")


@transaction.atomic
def record_export(
    *,
    by: User,
    patients: Any,
    columns: list[str],
    kind: str,
    site: Site | None,
    for_research: bool = False,
) -> int:
    """Put on record that these patients are written out; return how many they are.

    Raises `ValidationError` where there is nobody, or too many for a workbook.
    """
    count: int = patients.count()
    if not count:
        raise ValidationError(NOBODY_FOR_RESEARCH if for_research else NOBODY)
    if kind == "xlsx" and count > MOST_IN_A_WORKBOOK:
        raise ValidationError(
            f"These are {count:,} patients; a workbook takes {MOST_IN_A_WORKBOOK:,}. "
            "Choose CSV, or a shorter time."
        )
    audit.record(
        Kind.PATIENTS_EXPORTED,
        by=by,
        count=count,
        site=site.name if site else "all their sites",
        format=kind.upper(),
        columns=", ".join(EXPORTED[key].lower() for key in columns),
        for_research=for_research,
    )
    return count
