"""What the database checks about questionnaires beyond a single row.

The functions are made by the first migration of this app.
"""

import pgtrigger

from clinic.base.triggers import SharedFunctionTrigger


class _LockedWhenSentIn(SharedFunctionTrigger):
    function = "questionnaires_locked_when_sent_in"


class _OnlyWhenSentIn(SharedFunctionTrigger):
    function = "questionnaires_only_when_sent_in"


def locked_when_sent_in() -> pgtrigger.Trigger:
    """Refuse an answer, new or changed, once its questionnaire was sent in or taken back."""
    return _LockedWhenSentIn(
        name="locked_when_sent_in", operation=pgtrigger.Insert | pgtrigger.Update
    )


def only_when_sent_in() -> pgtrigger.Trigger:
    """Refuse a decision on an answer that the patient has not sent in, or on another's."""
    return _OnlyWhenSentIn(name="only_when_sent_in", operation=pgtrigger.Insert)
