"""What the database checks about sessions beyond a single row.

The functions themselves are made by the migrations whose names end in `functions`.
"""

import pgtrigger

from clinic.base.triggers import SharedFunctionTrigger


class _ConsentStands(SharedFunctionTrigger):
    function = "treatments_consent_stands"


class _CheckedWhenSigned(SharedFunctionTrigger):
    function = "treatments_checked_when_signed"


class _PathwayOpen(SharedFunctionTrigger):
    function = "treatments_pathway_open"


class _CourseOpen(SharedFunctionTrigger):
    function = "treatments_course_open"


class _LotInDate(SharedFunctionTrigger):
    function = "treatments_lot_in_date"


class _WholeWhenSigned(SharedFunctionTrigger):
    function = "treatments_whole_when_signed"


class _LotFixedOnceSigned(SharedFunctionTrigger):
    function = "treatments_lot_fixed_once_signed"


class _LotStaysRecalled(SharedFunctionTrigger):
    function = "treatments_lot_stays_recalled"


class _AddendumOfSigned(SharedFunctionTrigger):
    function = "treatments_addendum_of_signed"


def consent_stands_when_signed() -> pgtrigger.Trigger:
    """Refuse a signature without a standing consent, or with a lot expired or recalled."""
    return _ConsentStands(
        name="consent_stands_when_signed", operation=pgtrigger.Insert | pgtrigger.Update
    )


def checked_when_signed() -> pgtrigger.Trigger:
    """Refuse a signature without a check of contraindications of that day with nothing open.

    Triggers fire by their names: the others, which say more of the session itself, come first.
    """
    return _CheckedWhenSigned(
        name="without_contraindication", operation=pgtrigger.Insert | pgtrigger.Update
    )


def pathway_open_when_planned() -> pgtrigger.Trigger:
    """Refuse a plan while something stops the AGA pathway of the patient."""
    return _PathwayOpen(name="pathway_open_when_planned", operation=pgtrigger.Insert)


def pathway_open_when_extended() -> pgtrigger.Trigger:
    """Refuse more sessions of a plan while something stops the AGA pathway of the patient."""
    return _CourseOpen(
        name="pathway_open_when_extended",
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(new__sessions_planned__gt=pgtrigger.F("old__sessions_planned")),
    )


def pathway_open_when_signed() -> pgtrigger.Trigger:
    """Refuse a signature while something stops the AGA pathway of the patient."""
    return _PathwayOpen(
        name="pathway_open_when_signed",
        operation=pgtrigger.Insert | pgtrigger.Update,
        condition=pgtrigger.Q(new__signed_at__isnull=False),
    )


def lot_in_date_when_used() -> pgtrigger.Trigger:
    """Refuse the use of a lot that is recalled, or expired on the session's date."""
    return _LotInDate(name="lot_in_date_when_used", operation=pgtrigger.Insert | pgtrigger.Update)


def whole_when_signed() -> pgtrigger.Trigger:
    """Refuse a signature without preparation, zone and lot, or over the maximum of lidocaine."""
    return _WholeWhenSigned(name="whole_when_signed", operation=pgtrigger.Insert | pgtrigger.Update)


def lot_fixed_once_signed() -> pgtrigger.Trigger:
    """Refuse to rename a lot, or to move its expiry, once a signed session names it."""
    return _LotFixedOnceSigned(name="fixed_once_signed", operation=pgtrigger.Update)


def lot_stays_recalled() -> pgtrigger.Trigger:
    """Refuse to take a recall back, or to delete a lot that is recalled."""
    return _LotStaysRecalled(name="stays_recalled", operation=pgtrigger.Update | pgtrigger.Delete)


def addendum_of_signed() -> pgtrigger.Trigger:
    """Refuse an addendum to a draft: what belongs there is written there."""
    return _AddendumOfSigned(name="of_signed", operation=pgtrigger.Insert)
