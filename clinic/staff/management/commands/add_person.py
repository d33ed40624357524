"""`manage.py add_person`: an account for a member of staff."""

from argparse import ArgumentParser
from getpass import getpass
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from clinic.practice.models import Site
from clinic.staff.actions import add_person
from clinic.staff.permissions import Role


class Command(BaseCommand):
    """Make an account."""

    help = "Makes an account for a member of staff; asks for the password, or reads it from a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--email", required=True)
        parser.add_argument("--given-name", required=True)
        parser.add_argument("--family-name", required=True)
        parser.add_argument("--title", default="")
        parser.add_argument("--role", action="append", required=True, choices=Role.values)
        parser.add_argument("--site", action="append", default=[], help="slug; none means all")
        parser.add_argument("--gmc-number", default="")
        parser.add_argument("--password-file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the account, or say what is wrong."""
        sites = list(Site.objects.filter(slug__in=options["site"]))
        if missing := set(options["site"]) - {site.slug for site in sites}:
            raise CommandError(f"There is no site {', '.join(sorted(missing))}.")
        try:
            person = add_person(
                by=None,
                email=options["email"],
                password=_password(options["password_file"]),
                given_name=options["given_name"],
                family_name=options["family_name"],
                title=options["title"],
                roles=options["role"],
                sites=sites,
                gmc_number=options["gmc_number"],
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(f"{person} can sign in as {person.email}.")


def _password(file: Path | None) -> str:
    return file.read_text().strip() if file else getpass("Password: ")
