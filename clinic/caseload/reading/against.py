"""What speaks against the planned courses now, for the chart."""

from datetime import datetime

from django.utils import timezone

from clinic.caseload.reading.chart import ShownCase
from patients.contraindications.evaluation import Evaluation, evaluate
from patients.contraindications.reading import read_record


def against_of(shown: ShownCase, now: datetime) -> list[tuple[str, Evaluation]]:
    """Return for each course that goes on its technique in words, and what the rules say now.

    One query; none where nothing is planned any more.
    """
    going_on = [course for course in shown.courses if not course.is_complete]
    if not (shown.is_open and going_on):
        return []
    (rules, facts), at = read_record(shown.case.patient), timezone.localtime(now)
    return [
        (
            course.label,
            evaluate(rules[course.technique], facts, at, technique=course.technique),
        )
        for course in going_on
    ]
