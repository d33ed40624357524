"""What the database refuses, in a sentence that a person can act on."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DataError, IntegrityError, transaction

from clinic.staff.models import User
from clinic.staff.permissions import Permission

NO_CONSENT = (
    "There is no standing consent to this treatment: it was not signed, or it was withdrawn. "
    "Nothing was signed."
)
BAD_LOT = "A lot in this session is expired or recalled. Use another one."

STOPPED = "The AGA pathway is stopped until a clinician reviews what was found. Nothing was saved."

_OF_TRIGGERS = {
    "the AGA pathway of this patient is stopped": STOPPED,
    "a session is signed only with a standing consent to its technique": NO_CONSENT,
    "a session is signed only with a consent of its own case": NO_CONSENT,
    "a session is signed only with a consent from before it started": (
        "The consent was signed after the treatment started. Nothing was signed."
    ),
    "a session is signed only with a consent that its clinician signed too": (
        "The clinician who took the patient's signature has not signed the consent. "
        "Nothing was signed."
    ),
    "a session is signed only with a consent that has not expired": (
        "The consent had expired when the treatment started. Nothing was signed."
    ),
    "a session is signed only with a consent to words that still hold": (
        "A newer text asks every patient to sign anew. Nothing was signed."
    ),
    "a session is signed once its consent was reconfirmed with the patient": (
        "Ask the patient whether they still agree, and tick that the consent is reconfirmed. "
        "Nothing was signed."
    ),
    "a session is signed only with a check of contraindications of the same day": (
        "The contraindications were not checked today. Nothing was signed."
    ),
    "a session is signed only with a check of every rule that stands": (
        "The clinic's rules of contraindications changed just now. Look at the session again. "
        "Nothing was signed."
    ),
    "a session is signed only where nothing speaks against it without a reason": (
        "Something speaks against this treatment, or is not known. Nothing was signed."
    ),
    "a session is signed only with times in their order and in the past": (
        "The times of the session are not in order, or one is still to come. Nothing was signed."
    ),
    "a session is not signed with an expired or recalled lot": BAD_LOT,
    "a lot that is expired or recalled cannot be used": BAD_LOT,
    "a session is signed with its preparation, a zone and a lot": (
        "The preparation, a zone or a lot is missing."
    ),
    "a session is not signed with more lidocaine than the maximum": (
        "More lidocaine is recorded than the maximum for this patient."
    ),
    "a lot that a signed session names cannot be changed, only recalled": (
        "A signed session names this lot, so its details cannot be changed."
    ),
}
_SIGNED = "This session is signed and cannot be changed. Add an addendum instead."


@contextmanager
def in_words() -> Iterator[None]:
    """Turn what a constraint or a trigger refuses into `ValidationError`; undo what was begun.

    Anything else that the database objects to is a fault of the program and passes through.
    """
    try:
        with transaction.atomic():
            yield
    except DataError as error:
        raise ValidationError("A figure is too large. Nothing was saved.") from error
    except IntegrityError as error:
        sentence = _sentence(error)
        if not sentence:
            raise
        raise ValidationError(sentence) from error


def may(by: User, permission: Permission) -> None:
    """Raise `PermissionDenied` unless the person's role allows it."""
    if not by.can(permission):
        raise PermissionDenied(f"Your role does not allow you to {permission}.")


def _sentence(error: IntegrityError) -> str:
    facts = getattr(error.__cause__, "diag", None)
    if facts is None:
        return ""
    if facts.constraint_name:
        return _of_constraint(facts.constraint_name)
    message = facts.message_primary or ""
    return _SIGNED if message.endswith("is signed") else _OF_TRIGGERS.get(message, "")


def _of_constraint(name: str) -> str:
    for model in apps.get_app_config("treatments").get_models():
        for constraint in model._meta.constraints:
            if constraint.name == name:
                return str(constraint.get_violation_error_message())
    return ""
