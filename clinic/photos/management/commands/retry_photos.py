"""Tries again what was given up, once the cause is put right."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from clinic.photos import derivatives


class Command(BaseCommand):
    """Lets the worker try again."""

    help = (
        "Let the worker try again to make the smaller pictures of photographs that were given up, "
        "once the files can be read again. The log names them: photo_given_up."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and say for how many."""
        count = derivatives.try_given_up_again(now=timezone.now())
        self.stdout.write(f"{count} photograph{'' if count == 1 else 's'} will be tried again.")
