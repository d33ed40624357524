"""What the database checks and keeps beyond a single row.

The functions themselves are made by a migration of this app.
"""

import pgtrigger

from clinic.base.triggers import SharedFunctionTrigger


class _LockedWhenPublished(SharedFunctionTrigger):
    function = "patients_locked_when_published"


class _LearnsNameWords(SharedFunctionTrigger):
    function = "patients_learn_name_words"
    when = pgtrigger.After


class _ConsentFits(SharedFunctionTrigger):
    function = "patients_consent_fits"


def locked_when_published() -> pgtrigger.Trigger:
    """Refuse to change or delete a row whose `published_at` is set."""
    return _LockedWhenPublished(
        name="locked_when_published", operation=pgtrigger.Update | pgtrigger.Delete
    )


def of_its_case_and_published_text() -> pgtrigger.Trigger:
    """Refuse a consent to another patient's case, to an unpublished text, or signed by a minor."""
    return _ConsentFits(name="consent_fits", operation=pgtrigger.Insert | pgtrigger.Update)


def learns_name_words() -> pgtrigger.Trigger:
    """Put the words of a patient's name among those by which a slip is put right (`NameWord`)."""
    return _LearnsNameWords(name="learns_name_words", operation=pgtrigger.Insert | pgtrigger.Update)
