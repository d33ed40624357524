"""What the database checks and keeps beyond a single row.

The functions themselves are made by a migration of this app.
"""

import pgtrigger

from clinic.base.triggers import SharedFunctionTrigger


class _MovesInItsTransaction(SharedFunctionTrigger):
    function = "patients_merge_moves"


class _ClosedUntilReopened(SharedFunctionTrigger):
    function = "patients_closed_until_reopened"


class _OfAStandingRecord(SharedFunctionTrigger):
    function = "patients_of_a_standing_record"


class _LockedWhenPublished(SharedFunctionTrigger):
    function = "patients_locked_when_published"


class _LearnsNameWords(SharedFunctionTrigger):
    function = "patients_learn_name_words"
    when = pgtrigger.After


class _BirthDateStaysKnown(SharedFunctionTrigger):
    function = "patients_birth_date_stays_known"


class _SignerIsBorn(SharedFunctionTrigger):
    function = "patients_signer_is_born"


class _ConsentFits(SharedFunctionTrigger):
    function = "patients_consent_fits"


class _OfAnOpenStop(SharedFunctionTrigger):
    function = "patients_of_an_open_stop"


class _RuleIsDecidedByTwo(SharedFunctionTrigger):
    function = "patients_rule_is_decided_by_two"


class _TranslatesPublished(SharedFunctionTrigger):
    function = "patients_translates_published"


class _NarrowsWhatStands(SharedFunctionTrigger):
    function = "patients_narrows_what_stands"


class _AskedBeforeSigning(SharedFunctionTrigger):
    function = "patients_asked_before_signing"


def narrows_what_stands() -> pgtrigger.Trigger:
    """Refuse to take back a use that is not agreed to, or the last one: that is a withdrawal."""
    return _NarrowsWhatStands(name="narrows_what_stands", operation=pgtrigger.Insert)


def asked_before_signing() -> pgtrigger.Trigger:
    """Refuse a question before signing about a consent that is signed."""
    return _AskedBeforeSigning(name="asked_before_signing", operation=pgtrigger.Insert)


def locked_when_published() -> pgtrigger.Trigger:
    """Refuse to change or delete a row whose `published_at` is set."""
    return _LockedWhenPublished(
        name="locked_when_published", operation=pgtrigger.Update | pgtrigger.Delete
    )


def translates_what_is_published() -> pgtrigger.Trigger:
    """Refuse to publish a translation whose original is not, or says something else."""
    return _TranslatesPublished(
        name="translates_published", operation=pgtrigger.Insert | pgtrigger.Update
    )


def of_its_case_and_published_text() -> pgtrigger.Trigger:
    """Refuse a consent to another patient's case or to an unpublished text.

    A signature is refused to a minor, to a text replaced by then, to a treatment of which neither
    a risk nor the choice of none was talked about, and with another end than the text says.
    """
    return _ConsentFits(name="consent_fits", operation=pgtrigger.Insert | pgtrigger.Update)


def learns_name_words() -> pgtrigger.Trigger:
    """Put the words of a patient's name among those by which a slip is put right (`NameWord`)."""
    return _LearnsNameWords(name="learns_name_words", operation=pgtrigger.Insert | pgtrigger.Update)


def moves_in_its_transaction() -> pgtrigger.Trigger:
    """Note the transaction in which rows may follow a merge, or come back from it."""
    return _MovesInItsTransaction(
        name="moves_in_its_transaction", operation=pgtrigger.Insert | pgtrigger.Update
    )


def of_a_standing_record() -> pgtrigger.Trigger:
    """Refuse a new row of a patient whose record was merged into another.

    `patients.apps` puts it on every table that has a `patient`.
    """
    return _OfAStandingRecord(name="of_a_standing_record", operation=pgtrigger.Insert)


def birth_date_stays_known() -> pgtrigger.Trigger:
    """Refuse to take away the date of birth of a patient who signed a consent."""
    return _BirthDateStaysKnown(
        name="birth_date_stays_known",
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(old__date_of_birth__isnull=False, new__date_of_birth__isnull=True),
    )


def signed_by_somebody_born() -> pgtrigger.Trigger:
    """Refuse a signature where the date of birth is not known: who signs is an adult."""
    return _SignerIsBorn(
        name="signer_is_born",
        operation=pgtrigger.Insert | pgtrigger.Update,
        condition=pgtrigger.Q(new__signed_at__isnull=False),
    )


def closed_until_reopened() -> pgtrigger.Trigger:
    """Refuse to change how a case was closed, or to open it without a `Reopening` that says why."""
    return _ClosedUntilReopened(
        name="closed_until_reopened",
        operation=pgtrigger.Update,
        condition=pgtrigger.AnyChange("closed_at", "closed_by", "outcome"),
    )


def of_an_open_stop() -> pgtrigger.Trigger:
    """Refuse to add to a stop of the pathway that a review has lifted: that takes a new one."""
    return _OfAnOpenStop(
        name="of_an_open_stop",
        operation=pgtrigger.Insert,
        condition=pgtrigger.Q(new__stop__isnull=False),
    )


def rule_is_decided_by_two() -> pgtrigger.Trigger:
    """Hold that nobody weakens an absolute rule of contraindication alone.

    What takes from it what it holds (`patients_rule_weakens`) is not approved by its author; only
    the version that stands is retired, and no absolute one; what somebody wrote never stands at
    once.
    """
    return _RuleIsDecidedByTwo(
        name="rule_is_decided_by_two", operation=pgtrigger.Insert | pgtrigger.Update
    )
