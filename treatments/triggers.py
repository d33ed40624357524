"""What the database checks about sessions beyond a single row.

The functions themselves are made by `treatments/migrations/0001_functions.py`.
"""

import pgtrigger

from clinic.base.triggers import SharedFunctionTrigger


class _ConsentStands(SharedFunctionTrigger):
    function = "treatments_consent_stands"


class _LotInDate(SharedFunctionTrigger):
    function = "treatments_lot_in_date"


def consent_stands_when_signed() -> pgtrigger.Trigger:
    """Refuse a signature without a standing consent, or with a lot expired or recalled."""
    return _ConsentStands(
        name="consent_stands_when_signed", operation=pgtrigger.Insert | pgtrigger.Update
    )


def lot_in_date_when_used() -> pgtrigger.Trigger:
    """Refuse the use of a lot that is recalled, or expired on the session's date."""
    return _LotInDate(name="lot_in_date_when_used", operation=pgtrigger.Insert | pgtrigger.Update)
