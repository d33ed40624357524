"""`manage.py seed`: a fictional clinic of any size."""

import json
import sys
import time
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clinic.caseload.seed.consents_by_link import add_consents_by_link
from clinic.caseload.seed.fill import fill
from clinic.caseload.seed.keepsakes import add_keepsakes
from clinic.caseload.seed.questionnaires import add_questionnaires
from clinic.staff.models import User


class Command(BaseCommand):
    """Fill an empty database."""

    requires_system_checks: list[str] = []
    help = "Fills an empty database with a fictional clinic, the same for the same seed and day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--patients", type=int, default=20, help="how many (20)")
        parser.add_argument("--seed", type=int, default=1, help="which clinic (1)")
        parser.add_argument("--date", help="the clinic's today, as YYYY-MM-DD (the real one)")
        parser.add_argument("--accounts-file", type=Path, help="write the accounts there, as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Fill, and print who can sign in."""
        if settings.PRODUCTION:
            raise CommandError("A clinic in use is not filled with invented patients.")
        if User.objects.exists():
            raise CommandError("The database is not empty: seed fills only an empty one.")
        if options["patients"] < 0:
            raise CommandError("--patients must not be negative.")
        started = time.monotonic()
        clinic = fill(
            patients=options["patients"],
            seed=options["seed"],
            now=_moment(options["date"]),
            tell=self._tell,
        )
        add_keepsakes(clinic)
        add_questionnaires(clinic, _moment(options["date"]))
        add_consents_by_link(clinic, _moment(options["date"]))
        seconds = time.monotonic() - started
        self.stderr.write(f"{options['patients']} patients in {seconds:.1f} s")
        accounts = [asdict(account) for account in clinic.accounts]
        if options["accounts_file"]:
            options["accounts_file"].write_text(json.dumps(accounts, indent=2))
        json.dump(accounts, sys.stdout, indent=2)
        self.stdout.write("")

    def _tell(self, done: int) -> None:
        self.stderr.write(f"{done} patients")


def _moment(day: str | None) -> datetime:
    now = timezone.localtime()
    if day is None:
        return now
    try:
        return datetime.strptime(day, "%Y-%m-%d").replace(hour=12, tzinfo=now.tzinfo)
    except ValueError:
        raise CommandError("--date must be written as 2026-11-23.") from None
