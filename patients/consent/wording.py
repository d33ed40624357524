"""How a consent text reads: its parts, and the whole that a patient signs."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from patients.consent.statements import statements
from patients.contact import Channel
from patients.models import Consent, ConsentTemplate, PhotoScope


@dataclass
class Block:
    """A heading, a paragraph or a list of a text; exactly one of the three is filled."""

    heading: str = ""
    paragraph: str = ""
    entries: list[str] = field(default_factory=list)


def blocks(text: str) -> list[Block]:
    """Return the parts of a text in order: # begins a heading, - an entry, else a paragraph.

    Lines that follow each other are one paragraph; an empty line ends it.
    """
    parts: list[Block] = []
    fresh = True
    for line in (raw.strip() for raw in text.splitlines()):
        if line:
            _add(parts, line, fresh=fresh)
        fresh = not line
    return parts


def _add(parts: list[Block], line: str, *, fresh: bool) -> None:
    last = parts[-1] if parts and not fresh else Block()
    if line.startswith("#"):
        parts.append(Block(heading=line.lstrip("# ")))
    elif line.startswith("- "):
        if last.entries:
            last.entries.append(line[2:])
        else:
            parts.append(Block(entries=[line[2:]]))
    elif last.paragraph:
        last.paragraph += f" {line}"
    else:
        parts.append(Block(paragraph=line))


_WITHDRAWN: dict[str, tuple[str, ...]] = {
    ConsentTemplate.Purpose.PHOTOGRAPHS: (
        "From now on no photograph is used for what is taken back. If that is the record and "
        "documents, none is shown in a new document either.",
        "Photographs in the record stay there. Take those on the website down yourself.",
        "What is in print, or copied by others, cannot be called back. Tell the patient so.",
        "Documents that were issued before stay as they are; they may show photographs.",
    ),
    ConsentTemplate.Purpose.MARKETING: (
        "From now on no news and offers are sent. Those that wait in the outbox are cancelled.",
        "Messages about the patient's own visits go on.",
        "A message that was sent cannot be called back.",
    ),
    ConsentTemplate.Purpose.RESEARCH: (
        "From now on the record is left out of every export that is made for research.",
        "What was published or handed over before cannot be taken back. Tell the patient so.",
        "The record itself stays as it is, because it is part of the patient's care.",
    ),
    ConsentTemplate.Purpose.GP: (
        "From now on nothing is sent to the GP.",
        "What the GP has been sent stays in the GP's record. Tell the patient so.",
    ),
}


def consequences(template: ConsentTemplate) -> tuple[str, ...]:
    """Return what follows from a withdrawal, as sentences for the member of staff."""
    if not template.is_for_treatment:
        return _WITHDRAWN[template.purpose]
    label = template.get_technique_display()
    technique = label if label.isupper() else label.lower()
    return (
        f"From now on no {technique} session can be signed, not even one that has begun.",
        f"Booked {technique} visits stay in the diary until somebody cancels them.",
        "What was treated, and what was signed, stays in the record.",
        "A new consent can be started at any time; its time to reflect starts anew.",
    )


_WITHDRAWN_FOR_PATIENT: dict[str, tuple[str, ...]] = {
    ConsentTemplate.Purpose.PHOTOGRAPHS: (
        "From now on we do not use your photos for what you take back.",
        "Photos in your record stay there. They are part of your care.",
        "What is in print already, or was copied by others, cannot be called back.",
    ),
    ConsentTemplate.Purpose.MARKETING: (
        "From now on we send you no news and no offers.",
        "Messages about your own visits go on.",
    ),
    ConsentTemplate.Purpose.RESEARCH: (
        "From now on your record is left out of research.",
        "What was published before cannot be taken back.",
        "Your record itself stays. It is part of your care.",
    ),
    ConsentTemplate.Purpose.GP: (
        "From now on we send nothing to your GP.",
        "What your GP has from us stays with your GP.",
    ),
}


def consequences_for_patient(template: ConsentTemplate) -> tuple[str, ...]:
    """Return what follows from a withdrawal, as sentences for the patient."""
    if not template.is_for_treatment:
        return _WITHDRAWN_FOR_PATIENT[template.purpose]
    return (
        "From now on we do not give you this treatment.",
        "Visits that are booked stay booked. Call us to cancel or to talk.",
        "What was done, and what you signed, stays in your record.",
        "You can agree again later. Then you get new time to think.",
    )


@dataclass(frozen=True)
class Talk:
    """What was talked about before a signature, in the words of the record."""

    risks: Sequence[str] = ()
    alternatives: Sequence[str] = ()
    no_treatment: bool = False
    questions: str = ""
    matters: str = ""


def talk_of(consent: Consent) -> Talk:
    """Return what was talked about, as it stands in a consent."""
    return Talk(
        risks=(*consent.risks_discussed, *consent.risks_added),
        alternatives=consent.alternatives_discussed,
        no_treatment=consent.no_treatment_discussed,
        questions=consent.questions,
        matters=consent.matters,
    )


def text_to_sign(
    template: ConsentTemplate,
    photo_scopes: Iterable[str] = (),
    talk: Talk | None = None,
    *,
    news_by: Iterable[str] = (),
) -> str:
    """Return the whole of what is signed: the information, the talk, the ticks, the statement.

    `news_by` are the ways (`contact.Channel`) in which the patient wants news.
    """
    parts = [str(template), template.body.strip(), *_told(talk or Talk())]
    chosen = [PhotoScope(scope).label for scope in PhotoScope if scope in set(photo_scopes)]
    chosen += [f"News by: {channel.label.lower()}" for channel in Channel if channel in news_by]
    if chosen:
        parts.append("# What I have ticked\n\n" + _as_list(chosen))
    parts.append("# What I say by signing\n\n" + _as_list(statements(template)))
    return "\n\n".join(parts) + "\n"


def _told(talk: Talk) -> Iterator[str]:
    if talk.risks:
        yield "# Risks that we talked about\n\n" + _as_list(talk.risks)
    choices = (["No treatment"] if talk.no_treatment else []) + list(talk.alternatives)
    if choices:
        yield "# Other choices that we talked about\n\n" + _as_list(choices)
    for heading, words in (
        ("What matters to me", talk.matters),
        ("My questions", talk.questions),
    ):
        if words:
            yield f"# {heading}\n\n{_quoted(words)}"


def _quoted(words: str) -> str:
    """Return a patient's words as paragraphs of their own, none of them a heading or an entry."""
    lines = (line.strip().lstrip("#").strip() for line in words.splitlines())
    return "\n\n".join(f"“{line}”" for line in lines if line)


def _as_list(sentences: Iterable[str]) -> str:
    return "\n".join(f"- {sentence}" for sentence in sentences)


def digest(text: str) -> str:
    """Return SHA-256 over the text's UTF-8 bytes, in lower-case hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
