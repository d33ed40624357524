"""One patient's consents, sorted by what they are to, with their state in words."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.http import Http404
from django.shortcuts import get_object_or_404

from clinic.base.templatetags.anagen import day
from clinic.practice.models import Technique
from patients.consent.wording import consequences
from patients.models import Case, Consent, ConsentTemplate, Patient
from patients.models.consent import ConsentQuerySet

# Everybody who took part in a consent.
PEOPLE = (
    *("information_given_by", "discussed_by", "signed_by"),
    *("clinician_signed_by", "withdrawn_by"),
)


# What apps above know of consents that are with the patient: each is called with the patient and
# returns a line for each such consent.
with_the_patient: list[Callable[[Patient], Mapping[UUID, str]]] = []


@dataclass(frozen=True)
class State:
    """A state in words; `kind` is one of the five kinds of a status chip, `icon` its picture."""

    kind: str
    words: str
    icon: str = ""


@dataclass(eq=False)
class Subject:
    """What a patient can consent to, and what became of it.

    `template` is the newest published text in English, `translations` the same version in other
    languages, `blocking` the newest text that asks everybody to sign anew. `signed` is the newest
    signature of the patient that was not withdrawn, whether it can be relied on or not; `waiting`
    the information given in the open case and not signed yet, `earlier` all the rest.
    `with_patient` says how far that is, where the patient was sent a link to sign it.
    """

    template: ConsentTemplate
    now: datetime
    blocking: ConsentTemplate | None = None
    translations: list[ConsentTemplate] = field(default_factory=list)
    signed: Consent | None = None
    waiting: Consent | None = None
    earlier: list[Consent] = field(default_factory=list)
    with_patient: str = ""

    @property
    def slug(self) -> str:
        """A name for this part of the page."""
        return self.template.technique or self.template.purpose

    @property
    def consequences(self) -> tuple[str, ...]:
        """What follows from a withdrawal, in sentences."""
        return consequences(self.template)

    @property
    def standing(self) -> Consent | None:
        """The newest signature, where it can be relied on now."""
        is_good = self.signed and not (
            self.awaits_clinician or self.is_expired or self.must_sign_anew
        )
        return self.signed if is_good else None

    @property
    def awaits_clinician(self) -> bool:
        """Whether the patient signed and the clinician did not yet."""
        return self.signed is not None and self.signed.awaits_clinician

    @property
    def is_expired(self) -> bool:
        """Whether the time of the newest signature has run out."""
        return self.signed is not None and self.signed.is_expired_at(self.now)

    @property
    def must_sign_anew(self) -> bool:
        """Whether a newer text asks everybody to sign anew, the signature being under an older."""
        if self.signed is None or self.blocking is None:
            return False
        return self.signed.template.version < self.blocking.version

    @property
    def is_replaced(self) -> bool:
        """Whether a newer text was published after the information that awaits its signature."""
        return self.waiting is not None and self.waiting.template.version < self.template.version

    @property
    def is_older_text(self) -> bool:
        """Whether the newest signature is under an older text than the newest one."""
        return self.signed is not None and self.signed.template.version < self.template.version

    @property
    def may_sign(self) -> bool:
        """Whether the text can be signed, early or not."""
        return self.waiting is not None and not self.is_replaced

    @property
    def is_discussed(self) -> bool:
        """Whether the talk is recorded and the patient can decide: the tablet may go over."""
        waiting = self.waiting
        return self.may_sign and bool(waiting and waiting.discussed_at) and not self.is_in_doubt

    @property
    def next_step(self) -> str:
        """The button to the talk, which every signature here begins with, in words.

        While the time to reflect runs, the talk is what comes next and signing the exception:
        who is to record the talk is not to think that it signs.
        """
        if self.waiting is not None and self.waiting.questions_open:
            return "Answer the questions"
        if not self.is_reflecting:
            return "Sign with the patient"
        return "Sign early" if self.is_discussed else "Talk about it"

    @property
    def is_in_doubt(self) -> bool:
        """Whether the patient was found not able to decide."""
        return self.waiting is not None and self.waiting.lacks_capacity

    @property
    def is_reflecting(self) -> bool:
        """Whether the time to reflect still runs."""
        return self.waiting is not None and self.waiting.is_early_at(self.now)

    @property
    def may_give(self) -> bool:
        """Whether the newest information can be given now."""
        return self.waiting is None or self.is_replaced

    @property
    def states(self) -> list[State]:
        """What stands and what is under way, in words."""
        return [state for state in (self._signed(), self._under_way()) if state] or [self._before()]

    def _signed(self) -> State | None:
        if self.signed is None:
            return None
        if self.must_sign_anew:
            return State("danger", "New text: must be signed anew")
        if self.is_expired:
            return State("danger", f"Expired {day(self.signed.expires_at)}", "clock")
        if self.awaits_clinician:
            return State("attention", "Waits for the clinician's signature", "pen")
        return State("good", f"Signed {day(self.signed.signed_at)}")

    def _under_way(self) -> State | None:
        if self.waiting is None:
            return None
        if self.is_replaced:
            return State("attention", "New text: give the information again")
        if self.is_in_doubt:
            return State("danger", "The patient cannot decide now")
        if self.is_reflecting:
            words = f"Reflecting until {day(self.waiting.reflect_until)}"
            return State("information", words, "clock")
        if self.with_patient:
            return State("information", "With the patient to sign", "mail")
        return State("attention", "Ready to sign", "pen")

    def _before(self) -> State:
        withdrawn = [consent.withdrawn_at for consent in self.earlier if consent.withdrawn_at]
        if withdrawn:
            return State("danger", f"Withdrawn {day(max(withdrawn))}")
        return State("neutral", "No information given yet")


def consents_of(patient: Patient) -> list[Consent]:
    """Return all of a patient's consents with their texts and people, newest information first."""
    rows = Consent.objects.filter(patient=patient).select_related("template", "case", *PEOPLE)
    rows = rows.prefetch_related("narrowings__narrowed_by", "asked")
    return list(rows.order_by("-information_given_at", "-id"))


def get_consent(patient: Patient, consent_id: UUID) -> Consent:
    """Return one consent of this patient. Raises `Http404` for any other."""
    rows = Consent.objects.filter(patient=patient).select_related("template", "case", *PEOPLE)
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

    A treatment consent stands in its own case; any other until it is withdrawn.
    """
    of_key = _texts_now(now)
    # By signature, newest first: the newest of several is the one that stands.
    for consent in sorted(consents_of(patient), key=_signature_first, reverse=True):
        subject = of_key[consent.template.purpose, consent.template.technique]
        _place(subject, consent, case)
    told = {pk: words for ask in with_the_patient for pk, words in ask(patient).items()}
    for subject in of_key.values():
        subject.with_patient = told.get(subject.waiting.pk, "") if subject.waiting else ""
        subject.earlier.sort(key=lambda consent: consent.information_given_at, reverse=True)
    return sorted(of_key.values(), key=_order)


def _texts_now(now: datetime) -> dict[tuple[str, str], Subject]:
    """Return the newest text of each purpose and technique, with its translations."""
    of_key: dict[tuple[str, str], Subject] = {}
    texts = list(ConsentTemplate.objects.published().order_by("-version"))
    for text in texts:
        key = (text.purpose, text.technique)
        if text.is_original and key not in of_key:
            of_key[key] = Subject(template=text, now=now)
        subject = of_key.get(key)
        is_anew = text.earlier_consents == ConsentTemplate.Earlier.ANEW
        if subject and subject.blocking is None and text.is_original and is_anew:
            subject.blocking = text
    for text in texts:
        newest = of_key.get((text.purpose, text.technique))
        if newest and not text.is_original and text.version == newest.template.version:
            newest.translations.append(text)
    return of_key


def _signature_first(consent: Consent) -> tuple[bool, datetime]:
    return consent.signed_at is not None, consent.signed_at or consent.information_given_at


def _place(subject: Subject, consent: Consent, case: Case | None) -> None:
    in_case = case is not None and consent.case_id == case.pk
    reaches = in_case or not consent.template.is_for_treatment
    is_signed = consent.signed_at is not None and consent.withdrawn_at is None
    if is_signed and reaches and subject.signed is None:
        subject.signed = consent
    elif consent.signed_at is None and in_case and subject.waiting is None:
        subject.waiting = consent
    else:
        subject.earlier.append(consent)


def _order(subject: Subject) -> tuple[int, int]:
    purposes, techniques = ConsentTemplate.Purpose.values, Technique.values
    technique = subject.template.technique
    place = techniques.index(technique) if technique else 0
    return purposes.index(subject.template.purpose), place


@dataclass(frozen=True)
class SignedBeyond:
    """One signature to something beyond the treatment, and what became of it."""

    purpose: str
    stands: bool
    signed_at: datetime
    withdrawn_at: datetime | None

    @property
    def state(self) -> State:
        """What it says today."""
        if self.stands:
            return State("good", f"Agreed {day(self.signed_at)}")
        if self.withdrawn_at:
            return State("danger", f"Withdrawn {day(self.withdrawn_at)}")
        return State("attention", "Does not stand")


@dataclass(frozen=True)
class Agreement:
    """What of a patient may be used beyond the treatment, in words."""

    name: str
    state: State


_BEYOND_TREATMENT = [each for each in ConsentTemplate.Purpose if each != "treatment"]


def agreements_at(now: datetime) -> ConsentQuerySet:
    """Return what was signed beyond the treatment, newest first; `stands` says what still does.

    A signature under a text that asks everybody to sign anew does not.
    """
    standing = Consent.objects.standing_at(now).filter(pk=OuterRef("pk"))
    return (
        Consent.objects.filter(template__purpose__in=_BEYOND_TREATMENT, signed_at__isnull=False)
        .annotate(stands=Exists(standing))
        .order_by("-signed_at")
    )


def agreed(signed: Iterable[SignedBeyond]) -> list[Agreement]:
    """Return whether photographs, news, research and letters to the GP are agreed to, in words."""
    newest: dict[str, State] = {}
    for each in signed:
        newest.setdefault(each.purpose, each.state)
    never = State("neutral", "Not agreed")
    return [Agreement(str(each.label), newest.get(each, never)) for each in _BEYOND_TREATMENT]
