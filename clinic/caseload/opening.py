"""What a real clinic needs before its first patient."""

from datetime import datetime

from django.db import transaction

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.practice.models import Room, Service, Site, Technique
from clinic.staff.models import User
from followups.actions.protocols import install_shipped_protocols
from patients.actions.consent_templates import install_shipped_templates
from patients.actions.contraindications import install_shipped_rules

# Name, slug, what for, technique, minutes, kind of room: a beginning that the clinic changes.
SERVICES = (
    ("Free consultation", "consultation", Service.Purpose.CONSULTATION, "", 30, "consulting"),
    ("Micrograft session", "micrograft", "treatment", Technique.MICROGRAFT, 90, "treatment"),
    ("PRP session", "prp", "treatment", Technique.PRP, 60, "treatment"),
    ("Review", "review", Service.Purpose.REVIEW, "", 30, "consulting"),
)


@transaction.atomic
def open_site(
    *,
    by: User,
    name: str,
    slug: str,
    address: str,
    phone: str,
    out_of_hours_phone: str = "",
    now: datetime,
) -> Site:
    """Add a site with a room of each kind, and what is offered, where that is not there yet.

    The consent texts and protocols that the product brings are published under the person's name:
    a named clinician has to have approved them. Its contraindications are used at once, and say
    that no clinician approved them yet. Raises `ValidationError` for a name or slug taken.
    """
    site = Site.check_and_create(
        name=name,
        slug=slug,
        address=address,
        phone=phone,
        out_of_hours_phone=out_of_hours_phone,
    )
    for kind in Room.Kind:
        Room.check_and_create(site=site, name=f"{kind.label} 1", kind=kind)
    install_services()
    install_shipped_templates(by=by, now=now)
    install_shipped_rules(by=by, now=now)
    install_shipped_protocols(by=by)
    audit.record(Kind.SITE_OPENED, by=by, subject=site, name=name)
    return site


def install_services() -> dict[str, Service]:
    """Add the services that are not there yet; return all of them by slug."""
    for name, slug, purpose, technique, minutes, room_kind in SERVICES:
        if not Service.objects.filter(slug=slug).exists():
            Service.check_and_create(
                name=name,
                slug=slug,
                purpose=purpose,
                technique=technique,
                duration_minutes=minutes,
                room_kind=room_kind,
            )
    return {service.slug: service for service in Service.objects.all()}
