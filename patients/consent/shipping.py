"""What a consent text that comes with the product is made of."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ShippedText:
    """One text: `reflection_days` is the time between the information and the signature.

    A signature under it stands for `valid_months`; without a number until it is withdrawn.
    """

    purpose: str
    title: str
    body: str
    technique: str = ""
    reflection_days: int = 0
    valid_months: int | None = None
    risks: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()


def unwrapped(text: str) -> str:
    """Join the lines of a paragraph or a list entry, which a file wraps for its reader."""
    lines: list[str] = []
    for line in (raw.strip() for raw in text.strip().splitlines()):
        goes_on = lines and lines[-1] and line and not line.startswith(("#", "- "))
        if goes_on and not lines[-1].startswith("#"):
            lines[-1] += f" {line}"
        elif line or (lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines)
