"""What the database holds of one consent by itself."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q

# How a consent is taken. By the first way, until version 0.1, a patient's signature was enough;
# by the present one discussion, capacity and the clinician's own signature are on record.
FIRST_PROCESS, PRESENT_PROCESS = 1, 2


def of_the_discussion() -> list[models.BaseConstraint]:
    """Return what holds of interpreter, discussion and capacity, the last two at the signature."""
    met = Q(can_understand=True, can_retain=True, can_weigh=True, can_communicate=True)
    return [
        models.CheckConstraint(
            name="patients_consent_interpreter_named",
            condition=Q(interpreter_needed=True, interpreter__regex=r"\S")
            | Q(interpreter_needed__isnull=True, interpreter="")
            | Q(interpreter_needed=False, interpreter=""),
            violation_error_message="Name the interpreter or the service, or say none is needed.",
        ),
        models.CheckConstraint(
            name="patients_consent_process_known",
            condition=Q(process__in=[FIRST_PROCESS, PRESENT_PROCESS]),
        ),
        models.CheckConstraint(
            name="patients_consent_discussed_first",
            condition=Q(signed_at__isnull=True)
            | Q(process=FIRST_PROCESS)
            | Q(
                discussed_at__isnull=False,
                discussed_at__gte=F("information_given_at"),
                discussed_at__lte=F("signed_at"),
            ),
            violation_error_message="Record what was talked about before the patient signs.",
        ),
        models.CheckConstraint(
            name="patients_consent_signed_with_capacity",
            condition=Q(signed_at__isnull=True)
            | Q(process=FIRST_PROCESS)
            | Q(capacity="assumed")
            | (Q(capacity="assessed", capacity_note__regex=r"\S") & met),
            violation_error_message="Without the capacity to decide nothing is signed.",
        ),
        models.CheckConstraint(
            name="patients_consent_expires_after_signing",
            condition=Q(expires_at__isnull=True)
            | Q(signed_at__isnull=False, expires_at__gt=F("signed_at")),
            violation_error_message="A consent expires after it was signed.",
        ),
    ]


def by_staff_or_patient(table: str, action: str) -> models.CheckConstraint:
    """Return that `<action>_by` is a member of staff, or nobody where the patient did it alone."""
    at, by, how = f"{action}_at", f"{action}_by", f"{action}_how"
    own = Q(**{f"{how}__isnull": False, how: "own_page"})
    return models.CheckConstraint(
        name=f"{table}_{action}_paired",
        condition=Q(**{f"{at}__isnull": True, f"{by}__isnull": True})
        | Q(own, **{f"{at}__isnull": False, f"{by}__isnull": True})
        | (Q(**{f"{at}__isnull": False, f"{by}__isnull": False}) & ~own),
        violation_error_message="Say when it was, and by whom unless the patient did it alone.",
    )


def identity_checked() -> models.CheckConstraint:
    """Return that a signature by the patient's own link says how they were known just before."""
    return models.CheckConstraint(
        name="patients_consent_identity_checked",
        condition=Q(signed_way="tablet", identity_check="", identity_checked_at__isnull=True)
        | Q(
            signed_way="link",
            signed_at__isnull=False,
            identity_check__regex=r"\S",
            identity_checked_at__lte=F("signed_at"),
            identity_checked_at__gte=F("signed_at") - timedelta(hours=1),
        ),
        violation_error_message=(
            "A signature by the patient's own link says how their identity was checked."
        ),
    )


def clinician_signs_whole() -> models.CheckConstraint:
    """Return that who took the signature signs for it, by name, with a statement, in its time."""
    return models.CheckConstraint(
        name="patients_consent_clinician_signs_whole",
        condition=Q(
            clinician_signed_at__isnull=True,
            clinician_name__isnull=True,
            clinician_statement__isnull=True,
        )
        | (
            Q(
                signed_at__isnull=False,
                clinician_signed_at__gte=F("signed_at"),
                clinician_signed_by=F("signed_by"),
                clinician_name__regex=r"\S",
                clinician_statement__regex=r"\S",
            )
            & (Q(withdrawn_at__isnull=True) | Q(clinician_signed_at__lte=F("withdrawn_at")))
        ),
        violation_error_message=(
            "Who took the signature signs for it, after the patient and before a withdrawal."
        ),
    )
