"""`manage.py open_site`: a site of a real clinic."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.text import slugify

from clinic.caseload.opening import open_site
from clinic.staff.models import User


class Command(BaseCommand):
    """Add a site."""

    help = (
        "Adds a site with a consulting and a treatment room, and the services, consent texts and"
        " review protocols that are not there yet, published under the name of the person who"
        " approved them."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--name", required=True)
        parser.add_argument("--address", required=True, help="lines separated by commas")
        parser.add_argument("--phone", required=True)
        parser.add_argument("--out-of-hours-phone", default="")
        parser.add_argument("--approved-by", required=True, help="e-mail address of a clinician")

    def handle(self, *args: Any, **options: Any) -> None:
        """Add the site, or say what is wrong."""
        approver = User.objects.get_queryset().clinicians().filter(email=options["approved_by"])
        by = approver.first()
        if by is None:
            raise CommandError("--approved-by must be the e-mail address of a clinician.")
        try:
            site = open_site(
                by=by,
                name=options["name"],
                slug=slugify(options["name"]),
                address="\n".join(part.strip() for part in options["address"].split(",")),
                phone=options["phone"],
                out_of_hours_phone=options["out_of_hours_phone"],
                now=timezone.now(),
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(f"{site} is open.")
