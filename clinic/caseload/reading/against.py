"""What speaks against the planned courses now, for the chart."""

from datetime import datetime

from django.utils import timezone

from clinic.caseload.reading.chart import ShownCase
from patients.contraindications.evaluation import Evaluation, evaluate
from patients.contraindications.reading import from_json


def against_of(shown: ShownCase, now: datetime) -> list[tuple[str, Evaluation]]:
    """Return for each course that goes on its technique in words, and what the rules say now.

    Rules and record came with the case, where something is still planned.
    """
    going_on = [course for course in shown.courses if not course.is_complete]
    if not (shown.is_open and going_on and shown.record):
        return []
    (rules, facts), at = from_json(shown.case.patient, shown.record), timezone.localtime(now)
    return [
        (
            course.label,
            evaluate(rules[course.technique], facts, at, technique=course.technique),
        )
        for course in going_on
    ]
