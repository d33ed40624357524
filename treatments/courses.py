"""Where each planned course stands: progress, consent, what is next. Nothing here writes."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from clinic.base.templatetags.anagen import day
from clinic.practice.models import Technique
from patients.models import Case, Consent, ConsentTemplate, PlannedWithout
from treatments.models import Plan, Session


@dataclass(frozen=True)
class ConsentState:
    """Whether the patient's consent to a technique stands, in words and in one of the kinds."""

    kind: str
    words: str

    @property
    def stands(self) -> bool:
        """Whether a session may be signed on it."""
        return self.kind == "good"


def consent_states(case: Case, now: datetime) -> dict[str, ConsentState]:
    """Return the state of consent to each technique in a case, in two queries."""
    consents = list(
        Consent.objects.filter(
            case=case,
            template__purpose=ConsentTemplate.Purpose.TREATMENT,
        )
        .select_related("template")
        .order_by("-information_given_at")
    )
    standing = set(Consent.objects.standing_at(now).filter(case=case).values_list("pk", flat=True))
    return {
        technique: _state([c for c in consents if c.template.technique == technique], standing, now)
        for technique in Technique.values
    }


def _state(consents: list[Consent], standing: set[UUID], now: datetime) -> ConsentState:
    signed = [consent.signed_at for consent in consents if consent.pk in standing]
    if signed:
        return ConsentState("good", f"Signed {day(max(at for at in signed if at))}")
    if not consents:
        return ConsentState("danger", "No information given yet")
    newest = consents[0]
    if newest.withdrawn_at is not None:
        return ConsentState("danger", f"Withdrawn {day(newest.withdrawn_at)}")
    if newest.signed_at is None:
        return _not_signed(newest, now)
    if newest.awaits_clinician:
        return ConsentState("attention", "Signed by the patient, not by the clinician yet")
    if newest.is_expired_at(now):
        return ConsentState("danger", f"Expired {day(newest.expires_at)}")
    return ConsentState("danger", "New text: must be signed anew")


def _not_signed(consent: Consent, now: datetime) -> ConsentState:
    if consent.reflect_until > now:
        words = f"Information given, time to reflect until {day(consent.reflect_until)}"
        return ConsentState("attention", words)
    return ConsentState("attention", "Information given, not signed yet")


@dataclass(frozen=True)
class CourseState:
    """One plan with its sessions, oldest first, and what it was planned without."""

    plan: Plan
    sessions: list[Session]
    consent: ConsentState
    without: list[PlannedWithout] = field(default_factory=list)

    @property
    def signed(self) -> list[Session]:
        """The sessions that are signed."""
        return [session for session in self.sessions if session.is_signed]

    @property
    def draft(self) -> Session | None:
        """The session that is still open."""
        return next((session for session in self.sessions if not session.is_signed), None)

    @property
    def is_complete(self) -> bool:
        """Whether as many sessions are signed as were planned."""
        return len(self.signed) >= self.plan.sessions_planned

    @property
    def next_number(self) -> int:
        """The number of the next session."""
        return max((session.number for session in self.sessions), default=0) + 1

    @property
    def number_to_come(self) -> int:
        """The number of the session that is under way, or else of the next."""
        return self.draft.number if self.draft else self.next_number

    @property
    def next_due_date(self) -> date | None:
        """The last signed session's date and the interval; None before the first and at the end."""
        if self.is_complete or not self.signed:
            return None
        last = max(session.performed_date for session in self.signed)
        return last + timedelta(days=self.plan.interval_days)


def course_states(case: Case, now: datetime | None = None) -> list[CourseState]:
    """Return the standing plans of a case, each with its sessions, in five queries."""
    sessions = list(
        Session.objects.for_case(case)
        .select_related("operator", "site", "signed_by", "micrograft", "prp")
        .prefetch_related("zones")
        .order_by("number")
    )
    consents = consent_states(case, now or timezone.now())
    without = list(PlannedWithout.objects.filter(case=case).select_related("planned_by"))
    return [
        CourseState(
            plan=plan,
            sessions=[session for session in sessions if session.technique == plan.technique],
            consent=consents[plan.technique],
            without=[row for row in without if row.about_id == plan.pk],
        )
        for plan in Plan.objects.standing().filter(case=case)
    ]
