"""How a consent text reads: its parts, and the whole that a patient signs."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from patients.consent.texts import STATEMENTS
from patients.models import ConsentTemplate, PhotoScope


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


def statements(template: ConsentTemplate) -> tuple[str, ...]:
    """Return the sentences that a patient says by signing."""
    return STATEMENTS[ConsentTemplate.Purpose(template.purpose)]


def consequences(template: ConsentTemplate) -> tuple[str, ...]:
    """Return what follows from a withdrawal, as sentences for the member of staff."""
    if template.purpose == ConsentTemplate.Purpose.PHOTOGRAPHS:
        return (
            "From now on no photograph is used on the website, in a publication or in a document.",
            "Photographs in the record stay there. Take those on the website down yourself.",
            "What is in print, or copied by others, cannot be called back. Tell the patient so.",
        )
    label = template.get_technique_display()
    technique = label if label.isupper() else label.lower()
    return (
        f"From now on no {technique} session can be signed, not even one that has begun.",
        f"Booked {technique} visits stay in the diary until somebody cancels them.",
        "What was treated, and what was signed, stays in the record.",
        "A new consent can be started at any time; its time to reflect starts anew.",
    )


def text_to_sign(template: ConsentTemplate, photo_scopes: Iterable[str] = ()) -> str:
    """Return the whole of what is signed: the information, the chosen uses, the statement."""
    parts = [str(template), template.body.strip()]
    chosen = [PhotoScope(scope).label for scope in PhotoScope if scope in set(photo_scopes)]
    if chosen:
        parts.append("# What I have ticked\n\n" + _as_list(chosen))
    parts.append("# What I say by signing\n\n" + _as_list(statements(template)))
    return "\n\n".join(parts) + "\n"


def _as_list(sentences: Iterable[str]) -> str:
    return "\n".join(f"- {sentence}" for sentence in sentences)


def digest(text: str) -> str:
    """Return SHA-256 over the text's UTF-8 bytes, in lower-case hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
