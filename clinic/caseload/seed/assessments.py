"""What is found at an invented patient's visits, as rows."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from random import Random
from typing import Any

from clinic.caseload.seed.rows import Rows
from followups.models import PullTest, Trichoscopy
from patients.models import (
    CauseStatement,
    Diagnosis,
    FindingWithdrawal,
    PathwayStop,
    PlannedWithout,
    SignsStatement,
    StopReview,
)
from patients.models.planning import Lack

_MALE_GRADES = (
    *(("norwood", grade) for grade in ("II", "III", "III-vertex", "IIIa", "IV", "IVa", "V")),
    *(("basp", grade) for grade in ("M2V1", "M2F1V2")),
)
_FEMALE_GRADES = (
    *(("ludwig", grade) for grade in ("I", "I", "II")),
    *(("sinclair", grade) for grade in ("2", "3")),
    *(("savin", grade) for grade in ("I-3", "II-1", "Frontal")),
)
_RULED_OUT = {
    "telogen_effluvium": "Shedding steady for years; wash test as expected",
    "thyroid": "TSH within range",
    "iron": "Ferritin within range",
    "traction": "No tight styles",
}
# A sign, what was seen, and what settled it.
_SIGNS = (
    (
        *("patchy", "One thin patch, 1 cm, left parietal"),
        "Follicle openings and vellus hairs are there; no exclamation mark hairs. A scar of old.",
    ),
    ("inflamed", "Fine scaling at the nape", "Scraping and culture negative: seborrhoeic."),
    ("sudden", "Noticed within a month", "Earlier photographs show a slow course."),
)
_SIGNS_SHARE = 0.08
_NOT_ASKED_SHARE = 0.04
_NOT_ASKED = (
    "Looked for by the referring dermatologist last month",
    "To be looked for before the first session",
    "Scalp covered by a dressing on the day",
)
_MISTAKES_SHARE = 0.08


@dataclass(frozen=True)
class About:
    """Whose rows these are, by whom, and of which visit."""

    rows: Rows
    patient_id: str
    case_id: str
    by_id: Any
    at: datetime
    day: date

    @property
    def stated(self) -> dict[str, Any]:
        """What every statement of the visit has in common."""
        return {
            "patient_id": self.patient_id,
            "case_id": self.case_id,
            "found_date": self.day,
            "stated_at": self.at,
            "stated_by_id": self.by_id,
        }


def look_for_signs(random: Random, about: About) -> str | None:
    """Look for warning signs: a few patients have one, which was reviewed at the visit.

    Return the statement's key; None where nobody asked, which is so of a few as well.
    """
    drawn = random.random()
    if _SIGNS_SHARE < drawn < _SIGNS_SHARE + _NOT_ASKED_SHARE:
        return None
    if drawn > _SIGNS_SHARE:
        return about.rows.add(SignsStatement, at=about.at, present=[], **about.stated)
    sign, words, reason = random.choice(_SIGNS)
    stop_id = about.rows.add(
        PathwayStop,
        at=about.at,
        patient_id=about.patient_id,
        case_id=about.case_id,
        raised_at=about.at,
        raised_by_id=about.by_id,
    )
    about.rows.add(
        StopReview,
        at=about.at,
        stop_id=stop_id,
        outcome=StopReview.Outcome.RULED_OUT.value,
        reason=reason,
        reviewed_at=about.at,
        reviewed_by_id=about.by_id,
    )
    return about.rows.add(
        SignsStatement, at=about.at, present=[sign], note=words, stop_id=stop_id, **about.stated
    )


def say_why_not_asked(random: Random, about: About, plan_id: str, technique: str) -> None:
    """Say why a course was planned although nobody had looked for warning signs."""
    about.rows.add(
        PlannedWithout,
        at=about.at,
        patient_id=about.patient_id,
        case_id=about.case_id,
        technique=technique,
        about_id=plan_id,
        lack=Lack.SIGNS.value,
        reason=random.choice(_NOT_ASKED),
        planned_at=about.at,
        planned_by_id=about.by_id,
    )


def diagnose(random: Random, about: About, *, female: bool) -> str:
    """Diagnose a pattern, with its grade, and say which cause was ruled out; return its key."""
    item, why = random.choice(list(_RULED_OUT.items()))
    about.rows.add(CauseStatement, at=about.at, item="aga", weight="likely", **about.stated)
    about.rows.add(
        CauseStatement, at=about.at, item=item, weight="ruled_out", note=why, **about.stated
    )
    grades = _FEMALE_GRADES if female else _MALE_GRADES
    if random.random() < _MISTAKES_SHARE:
        about.rows.add(
            FindingWithdrawal,
            at=about.at,
            diagnosis_id=_add_diagnosis(about, random.choice(grades), female=female),
            reason="Read from the photographs of another visit",
            withdrawn_at=about.at,
            withdrawn_by_id=about.by_id,
        )
    return _add_diagnosis(about, random.choice(grades), female=female)


def _add_diagnosis(about: About, graded: tuple[str, str], *, female: bool) -> str:
    scale, grade = graded
    return about.rows.add(
        Diagnosis,
        at=about.at,
        case_id=about.case_id,
        condition="aga_female" if female else "aga_male",
        scale=scale,
        grade=grade,
        found_date=about.day,
        made_at=about.at,
        made_by_id=about.by_id,
    )


def measure_vertex(
    random: Random, rows: Rows, examination_id: str, at: datetime, hair_count: int
) -> None:
    """Pull at the vertex and look at it: figures that fit the count of 0.65 cm²."""
    rows.add(
        PullTest,
        at=at,
        examination_id=examination_id,
        region="vertex",
        hairs_pulled=random.choice((50, 60)),
        hairs_out=random.randrange(0, 5),
    )
    per_cm2 = Decimal(hair_count) * 100 // 65
    vellus = random.randrange(12, 34)
    telogen = random.randrange(8, 22)
    rows.add(
        Trichoscopy,
        at=at,
        examination_id=examination_id,
        region="vertex",
        hairs_per_cm2=per_cm2,
        units_per_cm2=(per_cm2 / Decimal("1.8")).quantize(Decimal("0.1")),
        mean_shaft_um=random.randrange(42, 66),
        terminal_percent=100 - vellus,
        vellus_percent=vellus,
        anagen_percent=100 - telogen,
        telogen_percent=telogen,
        thin_percent=vellus,
        diameter_diversity_percent=random.randrange(18, 42),
        device="Invented dermatoscope",
        magnification=70,
    )
