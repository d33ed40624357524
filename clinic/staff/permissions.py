"""What a person may do, and which role may do it."""

import enum

from django.db import models


class Permission(enum.StrEnum):
    """One thing that a role allows."""

    VIEW_PATIENT = "see a patient's name and contact details"
    EDIT_PATIENT = "register patients and change their details"
    MERGE_PATIENTS = "make two records of one person one, and undo it"
    IMPORT_PATIENTS = "import patients from files of other systems"
    EXPORT_PATIENTS = "export patients' details to files"
    VIEW_CLINICAL = "see the clinical record"
    RECORD_CLINICAL = "write in the clinical record"
    CLOSE_CASE = "close a case, and see how cases ended"
    TAKE_CONSENT = "give information and take consent"
    RECORD_WITHDRAWAL = "record that a patient takes a consent back"
    TELL_CODE = "tell patients a code for their own page"
    MANAGE_CONSENT_TEXTS = "write and publish consent texts"
    MANAGE_CONTRAINDICATIONS = "write and retire contraindications"
    APPROVE_CONTRAINDICATIONS = "approve contraindications"
    SIGN_SESSION = "sign treatment sessions"
    VIEW_DIARY = "see the diary"
    BOOK = "book, move and cancel appointments"
    CHECK_IN = "check patients in and follow them through the visit"
    VIEW_FOLLOWUPS = "see which reviews are due"
    VIEW_MESSAGES = "see messages to patients"
    ISSUE_DOCUMENT = "make and send documents"
    VIEW_CASELOAD = "see the whole caseload"
    VIEW_AUDIT = "read the audit trail"
    RATE_PHOTOS = "rate photographs blind"


class Role(models.TextChoices):
    """A person's work in the clinic; one person may have several."""

    RECEPTION = "reception", "Reception"
    CLINICIAN = "clinician", "Clinician"
    ADMIN = "admin", "Admin"
    EVALUATOR = "evaluator", "Evaluator"


_P = Permission
ROLE_PERMISSIONS: dict[str, frozenset[Permission]] = {
    Role.RECEPTION: frozenset(
        {
            _P.VIEW_PATIENT,
            _P.EDIT_PATIENT,
            _P.VIEW_DIARY,
            _P.BOOK,
            _P.CHECK_IN,
            _P.RECORD_WITHDRAWAL,
            _P.TELL_CODE,
            _P.VIEW_FOLLOWUPS,
            _P.VIEW_MESSAGES,
        }
    ),
    Role.CLINICIAN: frozenset(
        {
            _P.VIEW_PATIENT,
            _P.EDIT_PATIENT,
            _P.MERGE_PATIENTS,
            _P.VIEW_CLINICAL,
            _P.RECORD_CLINICAL,
            _P.CLOSE_CASE,
            _P.TAKE_CONSENT,
            _P.RECORD_WITHDRAWAL,
            _P.TELL_CODE,
            _P.APPROVE_CONTRAINDICATIONS,
            _P.SIGN_SESSION,
            _P.VIEW_DIARY,
            _P.BOOK,
            _P.CHECK_IN,
            _P.VIEW_FOLLOWUPS,
            _P.VIEW_MESSAGES,
            _P.ISSUE_DOCUMENT,
        }
    ),
    Role.ADMIN: frozenset(
        {
            _P.VIEW_PATIENT,
            _P.EDIT_PATIENT,
            _P.MERGE_PATIENTS,
            _P.IMPORT_PATIENTS,
            _P.EXPORT_PATIENTS,
            _P.VIEW_CLINICAL,
            _P.CLOSE_CASE,
            _P.MANAGE_CONSENT_TEXTS,
            _P.MANAGE_CONTRAINDICATIONS,
            _P.VIEW_DIARY,
            _P.VIEW_FOLLOWUPS,
            _P.VIEW_MESSAGES,
            _P.VIEW_CASELOAD,
            _P.VIEW_AUDIT,
        }
    ),
    Role.EVALUATOR: frozenset({_P.RATE_PHOTOS}),
}


def permissions_of(roles: list[str]) -> frozenset[Permission]:
    """Return everything that any of the roles allows."""
    return frozenset().union(*(ROLE_PERMISSIONS[role] for role in roles))
