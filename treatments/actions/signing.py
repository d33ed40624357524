"""Signing a session."""

from collections.abc import Callable

from clinic.staff.models import User
from treatments.models import Session

# What apps above do in the transaction of a signature: each is called with the signed session and
# the person. An error in one undoes the signature.
after_signing: list[Callable[..., None]] = []

AfterSigning = Callable[[Session, User], None]
