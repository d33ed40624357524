"""What stands at the top of the history page: each part in a few words."""

from dataclasses import dataclass
from typing import Any

from clinic.base.templatetags.anagen import day
from patients.models import Patient, PregnancyStatement
from patients.record.statements import Answers

NOT_ASKED = "Not asked"


@dataclass(frozen=True)
class Part:
    """A part of the page: where it stands, and what it says in short."""

    anchor: str
    label: str
    words: str
    tone: str = ""
    """ "danger" for what must be known before a needle, "neutral" for what was never asked."""


def index_of(context: dict[str, Any]) -> list[Part]:
    """Return the parts of the page in their order, each in a few words."""
    return [
        _allergies(context),
        _medicines(context),
        _pregnancy(context),
        _answers("conditions", "Conditions", context["conditions"], is_danger=True),
        _bloods(context),
        _hair(context),
        _answers("relatives", "Family", context["relatives"]),
        _elsewhere(context),
        _goals(context),
        _diagnosis(context),
    ]


def _allergies(context: dict[str, Any]) -> Part:
    count = len(context["allergies"])
    if count:
        names = ", ".join(row.substance for row in context["allergies"][:2])
        more = f" and {count - 2} more" if count > 2 else ""
        return Part("allergies", "Allergies", f"{names}{more}", "danger")
    words = "None known" if context["none_known"] else NOT_ASKED
    return Part("allergies", "Allergies", words, "" if context["none_known"] else "neutral")


def _medicines(context: dict[str, Any]) -> Part:
    count, reviewed = len(context["medicines"]), context["medicines_reviewed"]
    if context["takes_none"]:
        return Part("medicines", "Medicines", "None taken")
    if not count:
        was_asked = context["stopped_medicines"] or reviewed
        words = "None on the list" if was_asked else NOT_ASKED
        return Part("medicines", "Medicines", words, "neutral")
    when = f"reviewed {day(reviewed.stated_at)}" if reviewed else "never reviewed"
    return Part("medicines", "Medicines", f"{count} taken, {when}")


def _pregnancy(context: dict[str, Any]) -> Part:
    statement: PregnancyStatement | None = context["pregnancy"]
    label = "Pregnancy"
    if statement is None:
        is_male = context["patient"].sex == Patient.Sex.MALE
        words = "Not asked: male" if is_male else NOT_ASKED
        return Part("pregnancy", label, words, "neutral")
    yes, asked = PregnancyStatement.State.YES, day(statement.stated_at)
    stated = [
        words
        for words, state in (
            ("Pregnant", statement.pregnancy),
            ("Breastfeeding", statement.breastfeeding),
        )
        if state == yes
    ]
    if stated:
        return Part("pregnancy", label, f"{', '.join(stated)}, {asked}", "danger")
    return Part("pregnancy", label, f"{statement.get_pregnancy_display()}, {asked}")


def _answers(anchor: str, label: str, answers: Answers, *, is_danger: bool = False) -> Part:
    if not answers.were_asked:
        return Part(anchor, label, NOT_ASKED, "neutral")
    words = [f"{len(answers.yes)} yes" if answers.yes else "None"]
    if answers.not_known:
        words.append(f"{len(answers.not_known)} not known")
    if answers.not_asked:
        words.append(f"{len(answers.not_asked)} not asked")
    return Part(anchor, label, ", ".join(words), "danger" if is_danger and answers.yes else "")


def _bloods(context: dict[str, Any]) -> Part:
    if not context["blood_reports"]:
        return Part("bloods", "Blood results", "None recorded", "neutral")
    report = context["blood_reports"][0]
    notable = sum(row.flag not in ("", "within") for row in report.results)
    words = f"{day(report.sample.taken_date)}{f', {notable} to look at' if notable else ''}"
    return Part("bloods", "Blood results", words)


def _hair(context: dict[str, Any]) -> Part:
    hair = context["hair"]
    if hair:
        words = [f"Since {hair.since}" if hair.since else "", hair.get_course_display().lower()]
        return Part("hair-loss", "Hair loss", ", ".join(filter(None, words)) or "Recorded")
    if context["topics"]["hair"].latest:
        return Part("hair-loss", "Hair loss", "In words")
    return Part("hair-loss", "Hair loss", NOT_ASKED, "neutral")


def _elsewhere(context: dict[str, Any]) -> Part:
    rows = context["earlier_treatments"]
    if rows:
        first = rows[0].get_kind_display()
        return Part(
            "elsewhere", "Treated elsewhere", f"{len(rows)}: {first}{' …' * (len(rows) > 1)}"
        )
    if context["not_treated"]:
        return Part("elsewhere", "Treated elsewhere", "No")
    if context["topics"]["previous"].latest:
        return Part("elsewhere", "Treated elsewhere", "In words")
    return Part("elsewhere", "Treated elsewhere", NOT_ASKED, "neutral")


def _goals(context: dict[str, Any]) -> Part:
    is_known = context["topics"]["goals"].latest
    return Part(
        "hopes", "Hopes", "In words" if is_known else NOT_ASKED, "" if is_known else "neutral"
    )


def _diagnosis(context: dict[str, Any]) -> Part:
    found = context["diagnosis"]
    return Part(
        "diagnosis", "Diagnosis", str(found) if found else "None yet", "" if found else "neutral"
    )
