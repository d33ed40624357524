"""Rules of what speaks against a treatment, and the checks that are kept of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import connection, transaction

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.staff.models import User
from patients.contraindications.evaluation import Evaluation, Finding
from patients.contraindications.kinds import read_new_kind
from patients.contraindications.rules import standing
from patients.contraindications.shipped import SHIPPED, ShippedRule
from patients.models import Case, ContraindicationCheck
from patients.models import ContraindicationRule as Rule
from patients.reasons import SHORTEST_REASON

# Held while a version is numbered, so that two who write at once do not take one number.
_RULES_LOCK = 7_315_002

WRITTEN_BY_YOU = "You wrote this version of an absolute rule: another clinician approves it."


class ContraindicatedError(ValidationError):
    """An absolute contraindication applies. `refused` is the check, which is still to be kept."""

    def __init__(self, findings: list[Finding], refused: dict[str, Any]) -> None:
        super().__init__([_in_words(each) for each in findings])
        self.refused = refused


class ReasonsMissingError(ValidationError):
    """Something wants a reason, of ten letters or more, before anybody goes on."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__([_wants_reason(each) for each in findings])
        self.findings = findings


def _in_words(finding: Finding) -> str:
    return f"Contraindicated: {finding.rule.sentence}. {finding.verdict.why}."


def _wants_reason(finding: Finding) -> str:
    what = "Not known" if finding.is_open else "Speaks against it"
    letters = f"in {SHORTEST_REASON} letters or more"
    return f"{what}: {finding.rule.sentence} ({finding.verdict.why}). Write the reason, {letters}."


@transaction.atomic
def install_shipped_rules(*, by: User, now: datetime) -> list[Rule]:
    """Add version 1 of each shipped rule that the clinic has no version of; return the new ones."""
    _take_the_rules()
    there = set(Rule.objects.values_list("technique", "code"))
    return [
        _install(technique, shipped, by=by, now=now)
        for technique, rules in SHIPPED.items()
        for shipped in rules
        if (technique, shipped.code) not in there
    ]


def _install(technique: str, shipped: ShippedRule, *, by: User, now: datetime) -> Rule:
    rule = Rule.check_and_create(
        technique=technique,
        version=1,
        published_at=now,
        author=None,
        **vars(shipped),
    )
    _record(Kind.RULE_PUBLISHED, rule, by=by)
    return rule


@transaction.atomic
def publish_rule(
    *,
    by: User,
    technique: str,
    severity: str,
    kind: str,
    parameters: dict[str, Any],
    sentence: str,
    source: str,
    now: datetime,
    code: str = "",
    after_version: int = 0,
) -> Rule:
    """Add a rule, or with its `code` the version after `after_version`, and return it.

    It waits for a clinician's approval; until then the version before it stands, if one did. Raises
    `ValidationError` for parameters that cannot be meant, and where somebody made a newer version
    meanwhile.
    """
    _take_the_rules()
    read = read_new_kind(kind, parameters)
    code = code or f"own-{uuid4().hex[:8]}"
    last = Rule.objects.filter(technique=technique, code=code).order_by("-version").first()
    if (last.version if last else 0) != after_version:
        raise ValidationError("Somebody made a newer version meanwhile. Look at that one first.")
    rule = Rule.check_and_create(
        technique=technique,
        code=code,
        version=after_version + 1,
        severity=severity,
        kind=kind,
        parameters=read.parameters,
        sentence=sentence.strip(),
        source=source.strip(),
        published_at=now,
        author=by,
    )
    _record(Kind.RULE_PUBLISHED, rule, by=by)
    return rule


@transaction.atomic
def approve_rule(*, by: User, rule: Rule, now: datetime) -> Rule:
    """Stand behind a version as a clinician of the clinic; from then on it is the one that counts.

    Raises `ValidationError` where it is approved, declined or retired already, a newer one is
    approved, or who wrote it would change by themselves what an absolute rule holds.
    """
    _take_the_rules()
    current = _undecided(rule)
    newer = Rule.objects.filter(
        technique=current.technique, code=current.code, version__gt=current.version
    )
    if current.retired_at is not None or newer.filter(retired_at__isnull=False).exists():
        raise ValidationError("This rule was retired. Publish a new version instead.")
    if newer.filter(approved_at__isnull=False).exists():
        raise ValidationError("A newer version is approved already.")
    if current.author == by and weakens(current):
        raise ValidationError(WRITTEN_BY_YOU)
    current.approved_at, current.approved_by = now, by
    current.check_and_save()
    _record(Kind.RULE_APPROVED, current, by=by)
    return current


@transaction.atomic
def decline_rule(*, by: User, rule: Rule, reason: str, now: datetime) -> Rule:
    """Turn down a version that waits, with the reason: it stays in the history and never stands.

    Raises `ValidationError` without a reason, where it was decided already, and for what is in use
    without an approval: nothing is ended this way.
    """
    _take_the_rules()
    current = _undecided(rule)
    if len(reason.strip()) < SHORTEST_REASON:
        raise ValidationError(f"Say why it is declined, in {SHORTEST_REASON} letters or more.")
    if current.retired_at is not None or current.may_stand:
        raise ValidationError("This version does not wait for approval, so it is not declined.")
    current.declined_at, current.declined_by = now, by
    current.declined_reason = reason.strip()
    current.check_and_save()
    _record(Kind.RULE_DECLINED, current, by=by)
    return current


def _undecided(rule: Rule) -> Rule:
    current = _locked(rule)
    if current.approved_at is not None:
        raise ValidationError(f"{current.approved_by} approved this version already.")
    if current.declined_at is not None:
        raise ValidationError(
            f"{current.declined_by} declined this version. Write a new one instead."
        )
    return current


def weakens(rule: Rule) -> bool:
    """Say whether a version takes from the absolute rule that stands what it holds.

    Its severity or its facts; words alone may change. Whether other facts are weaker is for a
    person to say. The database decides it (`patients_rule_weakens`), and holds it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT patients_rule_weakens(rule) FROM patients_contraindicationrule rule"
            " WHERE rule.id = %s",
            [rule.pk],
        )
        return bool(cursor.fetchone()[0])


@transaction.atomic
def retire_rule(*, by: User, rule: Rule, reason: str, now: datetime) -> Rule:
    """End a rule with every version up to this one. What was checked by it stays as it was.

    Raises `ValidationError` without a reason, where it was retired before, for a version that does
    not stand (one that waits would take the approved one with it), and for an absolute rule: its
    end takes two people, one who publishes it as relative and a clinician who approves that.
    """
    _take_the_rules()
    current = _locked(rule)
    if current.retired_at is not None:
        raise ValidationError(f"{current.retired_by} retired this rule already.")
    if len(reason.strip()) < SHORTEST_REASON:
        raise ValidationError(f"Say why it is retired, in {SHORTEST_REASON} letters or more.")
    if current != _standing(current.technique, current.code):
        raise ValidationError("This version is not the one in use: retire that one instead.")
    if current.is_absolute:
        raise ValidationError(
            "Nobody ends an absolute rule alone. Write a new version of it as relative; once a "
            "clinician approved that, it can be retired."
        )
    current.retired_at, current.retired_by = now, by
    current.retired_reason = reason.strip()
    current.check_and_save()
    _record(Kind.RULE_RETIRED, current, by=by)
    return current


@transaction.atomic
def keep_check(
    *,
    by: User | None,
    case: Case,
    step: str,
    about_id: UUID,
    evaluation: Evaluation,
    now: datetime,
) -> ContraindicationCheck:
    """Freeze what the rules said at a step, with the reasons given, and return it.

    `by` is None where a patient signs by their own link: the program asks the rules alone.
    Raises `ContraindicatedError` where an absolute one applies, which `kept_if_refused` keeps, and
    `ReasonsMissingError` where a reason is missing.
    """
    values = _values(by, case, step, about_id, evaluation, now)
    if evaluation.blocking:
        raise ContraindicatedError(evaluation.blocking, values)
    if evaluation.lacking_reason:
        raise ReasonsMissingError(evaluation.lacking_reason)
    return _keep(values, evaluation)


def _values(
    by: User | None, case: Case, step: str, about_id: UUID, evaluation: Evaluation, now: datetime
) -> dict[str, Any]:
    return {
        "patient": case.patient,
        "case": case,
        "technique": evaluation.technique,
        "step": step,
        "about_id": about_id,
        "moment_at": evaluation.moment_at,
        "results": [finding.as_kept() for finding in evaluation.findings],
        "checked_at": now,
        "checked_by": by,
    }


def _keep(values: dict[str, Any], evaluation: Evaluation) -> ContraindicationCheck:
    check = ContraindicationCheck(**values)
    check.clean_fields(exclude=["results"])
    check.save(force_insert=True)
    audit.record(
        Kind.CONTRAINDICATIONS_CHECKED,
        by=values["checked_by"],
        patient_id=check.patient_id,
        subject=check,
        count=len(check.results),
        technique=check.get_technique_display(),
        step=check.get_step_display().lower(),
        with_reasons=bool(evaluation.wanting_reason),
    )
    return check


@contextmanager
def kept_if_refused() -> Iterator[None]:
    """Undo what was begun where something is contraindicated, but keep that it was refused."""
    try:
        with transaction.atomic():
            yield
    except ContraindicatedError as error:
        _write_refusal(error.refused)
        raise


@transaction.atomic
def keep_refusal(
    *,
    by: User | None,
    case: Case,
    step: str,
    about_id: UUID,
    evaluation: Evaluation,
    now: datetime,
) -> None:
    """Keep that a step is held up by what is contraindicated; once for the same findings."""
    values = _values(by, case, step, about_id, evaluation, now)
    rows = ContraindicationCheck.objects.filter(about_id=about_id)
    last = rows.order_by("-checked_at", "-id").first()
    if last is None or not last.is_refused or last.results != values["results"]:
        _write_refusal(values)


@transaction.atomic
def _write_refusal(values: dict[str, Any]) -> None:
    check = ContraindicationCheck(**values, is_refused=True)
    check.save(force_insert=True)
    blocking = [
        each["sentence"]
        for each in check.results
        if each["severity"] == Rule.Severity.ABSOLUTE and each["state"] == "applies"
    ]
    audit.record(
        Kind.CONTRAINDICATED,
        by=check.checked_by,
        patient_id=check.patient_id,
        subject=check,
        technique=check.get_technique_display(),
        step=check.get_step_display().lower(),
        rules="; ".join(blocking),
    )


def _standing(technique: str, code: str) -> Rule | None:
    return next(iter(standing(Rule.objects.filter(technique=technique, code=code))), None)


def _take_the_rules() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_RULES_LOCK])


def _locked(rule: Rule) -> Rule:
    rows = Rule.objects.select_for_update(of=("self",))
    return rows.select_related("approved_by", "declined_by", "retired_by").get(pk=rule.pk)


def _record(kind: Kind, rule: Rule, *, by: User) -> None:
    audit.record(
        kind,
        by=by,
        subject=rule,
        rule=f"{rule.get_technique_display()}: {rule.sentence}",
        version=rule.version,
    )
