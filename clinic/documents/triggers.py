"""What the database checks about documents beyond a single row.

The function itself is made by the migration whose name ends in `functions`.
"""

import pgtrigger

from clinic.base.triggers import SharedFunctionTrigger


class _LockedWhenIssued(SharedFunctionTrigger):
    function = "documents_locked_when_issued"


def locked_when_issued() -> pgtrigger.Trigger:
    """Refuse to change or delete a document that was issued."""
    return _LockedWhenIssued(
        name="locked_when_issued", operation=pgtrigger.Update | pgtrigger.Delete
    )
