"""What the standing rules say of a patient at a moment. Pure: facts in, findings out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.urls import reverse

from patients.contraindications.facts import Facts
from patients.contraindications.kinds import NOT_ASKED_YET, Asked, Kind, State, Verdict, read_kind
from patients.contraindications.reading import read_record
from patients.models import ContraindicationCheck, Patient
from patients.models import ContraindicationRule as Rule
from patients.reasons import SHORTEST_REASON


@dataclass(frozen=True)
class Given:
    """A reason as somebody typed it, and what they had read when they did."""

    reason: str
    why: str


@dataclass(frozen=True)
class Finding:
    """What one rule says, and the reason given for going on all the same."""

    rule: Rule
    verdict: Verdict
    reason: str = ""
    is_late: bool = False
    """Whether it was recorded only after the session began: the treatment has been given."""

    @property
    def key(self) -> str:
        """What a reason belongs to, as a name of a field."""
        return self.rule.code.replace("-", "_")

    @property
    def applies(self) -> bool:
        """Whether it speaks against the treatment."""
        return self.verdict.state == State.APPLIES

    @property
    def blocks(self) -> bool:
        """Whether nobody goes on."""
        return self.applies and self.rule.is_absolute and not self.is_late

    @property
    def is_open(self) -> bool:
        """Whether it cannot be told and has to be: an absolute rule, or one about a pregnancy."""
        has_to_be = self.rule.is_absolute or self.rule.kind == Rule.Kind.EXPECTING
        return self.verdict.state == State.NOT_KNOWN and has_to_be

    @property
    def has_reason(self) -> bool:
        """Whether the reason says something."""
        return len(self.reason.strip()) >= SHORTEST_REASON

    def as_kept(self) -> dict[str, Any]:
        """Return what a frozen check keeps of it."""
        return {
            "rule": str(self.rule.pk),
            "code": self.rule.code,
            "version": self.rule.version,
            "approved": self.rule.is_approved,
            "severity": self.rule.severity,
            "sentence": self.rule.sentence,
            "state": self.verdict.state.value,
            "why": self.verdict.why,
            "reason": self.reason.strip(),
        } | ({"late": True} if self.is_late else {})


@dataclass(frozen=True)
class Evaluation:
    """What all standing rules of a technique say. `at_session`: the questions of the day count."""

    technique: str
    moment_at: datetime
    findings: tuple[Finding, ...]
    at_session: bool = False

    @property
    def blocking(self) -> list[Finding]:
        """Absolute rules that apply."""
        return [each for each in self.findings if each.blocks]

    @property
    def relative(self) -> list[Finding]:
        """Relative rules that apply."""
        return [each for each in self.findings if each.applies and not each.blocks]

    @property
    def not_known(self) -> list[Finding]:
        """Rules that cannot be told, but for the questions of the day that nobody asked yet."""
        unknown = [each for each in self.findings if each.verdict.state == State.NOT_KNOWN]
        return [each for each in unknown if each.verdict.why != NOT_ASKED_YET]

    @property
    def missing(self) -> list[tuple[str, list[Finding]]]:
        """The same by what is missing and where it is asked, so that one question is asked once."""
        found: dict[tuple[str, str], list[Finding]] = {}
        for each in self.not_known:
            found.setdefault((each.verdict.why, each.verdict.asked), []).append(each)
        return [(why, findings) for (why, _), findings in found.items()]

    @property
    def later(self) -> list[Finding]:
        """Rules about questions of the day that nobody asked yet."""
        return [each for each in self.findings if each.verdict.why == NOT_ASKED_YET]

    @property
    def clear(self) -> list[Finding]:
        """Rules that do not apply."""
        return [each for each in self.findings if each.verdict.state == State.DOES_NOT]

    @property
    def wanting_reason(self) -> list[Finding]:
        """Findings over which nobody goes on without a reason.

        Relative rules that apply; at the session also what is not known and has to be.
        """
        return [
            each
            for each in self.findings
            if (each.applies and not each.blocks) or (self.at_session and each.is_open)
        ]

    @property
    def lacking_reason(self) -> list[Finding]:
        """Those of them for which none is given yet."""
        return [each for each in self.wanting_reason if not each.has_reason]

    @property
    def unapproved(self) -> list[Finding]:
        """Findings by rules that no clinician approved yet."""
        return [each for each in self.findings if not each.rule.is_approved]

    @property
    def is_calm(self) -> bool:
        """Whether nothing known speaks against it, and everything that has to be known by now is.

        Before the session what is asked on its day is not: `later` says how much that is.
        """
        spoken = [*self.blocking, *self.relative, *self.not_known]
        spoken += self.later if self.at_session else []
        return bool(self.findings) and not spoken

    def with_late(self, known_then: "Evaluation") -> "Evaluation":
        """Return the same where what did not apply by what was recorded at the start is late.

        A record of what was done has to be signed as it was; so it asks for a reason, and says so.
        """
        before = {each.rule.pk for each in known_then.findings if each.applies}
        return replace(
            self,
            findings=tuple(
                replace(each, verdict=_said_late(each.verdict), is_late=True)
                if each.blocks and each.rule.pk not in before
                else each
                for each in self.findings
            ),
        )

    def with_reasons(self, given: Mapping[str, Given]) -> "Evaluation":
        """Return the same with reasons by key.

        What wants none keeps none, and a reason given for something else than is found now is none.
        """
        wanting = {each.key for each in self.wanting_reason}
        findings = tuple(
            replace(each, reason=" ".join(said.reason.split()))
            if each.key in wanting
            and (said := given.get(each.key)) is not None
            and said.why == each.verdict.why
            else each
            for each in self.findings
        )
        return replace(self, findings=findings)


def _said_late(verdict: Verdict) -> Verdict:
    return replace(verdict, why=f"{verdict.why}; recorded only after the session began")


def evaluate(
    rules: Iterable[Rule], facts: Facts, at: datetime, *, technique: str, at_session: bool = False
) -> Evaluation:
    """Hold rules against facts. `at` is in the zone whose calendar counts."""
    findings = tuple(Finding(rule, _kind_of(rule).judge(facts, at)) for rule in rules)
    return Evaluation(technique, at, findings, at_session)


@lru_cache(maxsize=500)
def _kind_of(rule: Rule) -> Kind:
    """Return what a version holds; it never changes, so it is read once."""
    return read_kind(rule.kind, rule.parameters)


def evaluate_for(patient: Patient, technique: str, at: datetime) -> Evaluation:
    """Return what the standing rules of a technique say of a record now, in one query."""
    rules, facts = read_record(patient)
    return evaluate(rules[technique], facts, at, technique=technique)


def where_asked(asked: str, patient_id: UUID, *, today: str = "") -> str:
    """Return the address at which what is missing is asked; `today` is that of the session."""
    if asked == Asked.TODAY:
        return today
    if asked == Asked.DETAILS:
        return reverse("patients:edit", args=[patient_id])
    return f"{reverse('patients:history', args=[patient_id])}#{asked}"


def reasons_kept(about_id: UUID) -> dict[str, Given]:
    """Return the reasons of the last check of a plan, a consent or a session, by key."""
    check = last_check(about_id)
    kept = check.results if check else []
    return {
        each["code"].replace("-", "_"): Given(each["reason"], each["why"])
        for each in kept
        if each["reason"]
    }


def last_check(about_id: UUID) -> ContraindicationCheck | None:
    """Return the last check that let a step go on, or None."""
    passed = ContraindicationCheck.objects.filter(about_id=about_id, is_refused=False)
    return passed.select_related("checked_by").order_by("-checked_at", "-id").first()
