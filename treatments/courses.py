"""Where each planned course stands: progress, consent, what is next. Nothing here writes."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from clinic.base.templatetags.anagen import day
from clinic.practice.models import Technique
from patients.models import Case, Consent, ConsentTemplate
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
    """Return the state of consent to each technique in a case, in one query."""
    consents = list(
        Consent.objects.filter(
            case=case,
            template__purpose=ConsentTemplate.Purpose.TREATMENT,
        )
        .select_related("template")
        .order_by("-information_given_at")
    )
    return {
        technique: _state([c for c in consents if c.template.technique == technique], now)
        for technique in Technique.values
    }


def _state(consents: list[Consent], now: datetime) -> ConsentState:
    standing = [consent for consent in consents if consent.is_valid]
    if standing:
        signed_at = max(consent.signed_at for consent in standing if consent.signed_at)
        return ConsentState("good", f"Signed {day(signed_at)}")
    if not consents:
        return ConsentState("danger", "No information given yet")
    newest = consents[0]
    if newest.withdrawn_at is not None:
        return ConsentState("danger", f"Withdrawn {day(newest.withdrawn_at)}")
    if newest.reflect_until > now:
        words = f"Information given, time to reflect until {day(newest.reflect_until)}"
        return ConsentState("attention", words)
    return ConsentState("attention", "Information given, not signed yet")


@dataclass(frozen=True)
class CourseState:
    """One plan with its sessions, oldest first."""

    plan: Plan
    sessions: list[Session]
    consent: ConsentState

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
    """Return the standing plans of a case, each with its sessions, in three queries."""
    sessions = list(
        Session.objects.for_case(case)
        .select_related("operator", "site", "signed_by", "micrograft", "prp")
        .prefetch_related("zones")
        .order_by("number")
    )
    consents = consent_states(case, now or timezone.now())
    return [
        CourseState(
            plan=plan,
            sessions=[session for session in sessions if session.technique == plan.technique],
            consent=consents[plan.technique],
        )
        for plan in Plan.objects.standing().filter(case=case)
    ]
