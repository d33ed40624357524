"""One patient's consents, sorted by what they are to, with their state in words."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404

from clinic.base.templatetags.anagen import day
from clinic.practice.models import Technique
from patients.consent.wording import consequences
from patients.models import Case, Consent, ConsentTemplate, Patient

_PEOPLE = ("information_given_by", "signed_by", "withdrawn_by")


@dataclass(frozen=True)
class State:
    """A state in words; `kind` is one of the five kinds of a status chip, `icon` its picture."""

    kind: str
    words: str
    icon: str = ""


@dataclass(eq=False)
class Subject:
    """What a patient can consent to, and what became of it.

    `template` is the newest published text. `standing` is the newest signature that stands,
    `waiting` the information given in the open case and not signed yet, `earlier` all the rest.
    """

    template: ConsentTemplate
    now: datetime
    standing: Consent | None = None
    waiting: Consent | None = None
    earlier: list[Consent] = field(default_factory=list)

    @property
    def slug(self) -> str:
        """A name for this part of the page."""
        return self.template.technique or self.template.purpose

    @property
    def consequences(self) -> tuple[str, ...]:
        """What follows from a withdrawal, in sentences."""
        return consequences(self.template)

    @property
    def is_replaced(self) -> bool:
        """Whether a newer text was published after the information that awaits its signature."""
        return self.waiting is not None and self.waiting.template_id != self.template.pk

    @property
    def is_older_text(self) -> bool:
        """Whether the standing signature is under an older text than the newest one."""
        return self.standing is not None and self.standing.template_id != self.template.pk

    @property
    def may_sign(self) -> bool:
        """Whether the text can be signed, early or not."""
        return self.waiting is not None and not self.is_replaced

    @property
    def is_reflecting(self) -> bool:
        """Whether the time to reflect still runs."""
        return self.waiting is not None and self.now < self.waiting.reflect_until

    @property
    def may_give(self) -> bool:
        """Whether the newest information can be given now."""
        return self.waiting is None or self.is_replaced

    @property
    def states(self) -> list[State]:
        """What stands and what is under way, in words."""
        return [state for state in (self._signed(), self._under_way()) if state] or [self._before()]

    def _signed(self) -> State | None:
        return State("good", f"Signed {day(self.standing.signed_at)}") if self.standing else None

    def _under_way(self) -> State | None:
        if self.waiting is None:
            return None
        if self.is_replaced:
            return State("attention", "New text: give the information again")
        if self.is_reflecting:
            words = f"Reflecting until {day(self.waiting.reflect_until)}"
            return State("information", words, "clock")
        return State("attention", "Ready to sign", "pen")

    def _before(self) -> State:
        withdrawn = [consent.withdrawn_at for consent in self.earlier if consent.withdrawn_at]
        if withdrawn:
            return State("danger", f"Withdrawn {day(max(withdrawn))}")
        return State("neutral", "No information given yet")


def consents_of(patient: Patient) -> list[Consent]:
    """Return all of a patient's consents with their texts and people, newest information first."""
    rows = Consent.objects.filter(patient=patient).select_related("template", "case", *_PEOPLE)
    return list(rows.order_by("-information_given_at", "-id"))


def get_consent(patient: Patient, consent_id: UUID) -> Consent:
    """Return one consent of this patient. Raises `Http404` for any other."""
    rows = Consent.objects.filter(patient=patient).select_related("template", "case", *_PEOPLE)
    consent: Consent = get_object_or_404(rows, pk=consent_id)
    consent.patient = patient
    return consent


def get_text(template_id: UUID) -> ConsentTemplate:
    """Return a published text. Raises `Http404` where there is none, or it is a draft."""
    template = ConsentTemplate.objects.published().filter(pk=template_id).first()
    if template is None:
        raise Http404("There is no such published text.")
    return template


def subjects(patient: Patient, case: Case | None, *, now: datetime) -> list[Subject]:
    """Return what the patient can consent to, treatments first, in two queries.

    A treatment consent stands in its own case; one to photographs until it is withdrawn.
    """
    of_key: dict[tuple[str, str], Subject] = {
        (text.purpose, text.technique): Subject(template=text, now=now)
        for text in ConsentTemplate.objects.current()
    }
    # By signature, newest first: the newest of several is the one that stands.
    for consent in sorted(consents_of(patient), key=_signature_first, reverse=True):
        subject = of_key[consent.template.purpose, consent.template.technique]
        _place(subject, consent, case)
    for subject in of_key.values():
        subject.earlier.sort(key=lambda consent: consent.information_given_at, reverse=True)
    return sorted(of_key.values(), key=_order)


def _signature_first(consent: Consent) -> tuple[bool, datetime]:
    return consent.signed_at is not None, consent.signed_at or consent.information_given_at


def _place(subject: Subject, consent: Consent, case: Case | None) -> None:
    in_case = case is not None and consent.case_id == case.pk
    is_photographs = consent.template.purpose == ConsentTemplate.Purpose.PHOTOGRAPHS
    if consent.is_valid and (in_case or is_photographs) and subject.standing is None:
        subject.standing = consent
    elif consent.signed_at is None and in_case and subject.waiting is None:
        subject.waiting = consent
    else:
        subject.earlier.append(consent)


def _order(subject: Subject) -> tuple[int, int]:
    techniques = list(Technique.values)
    is_treatment = subject.template.purpose == ConsentTemplate.Purpose.TREATMENT
    place = techniques.index(subject.template.technique) if is_treatment else 0
    return (0 if is_treatment else 1), place
