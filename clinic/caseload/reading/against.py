"""What speaks against the planned courses now, for the chart."""

from datetime import datetime

from django.utils import timezone

from clinic.caseload.reading.chart import ShownCase
from clinic.practice.models import Technique
from patients.contraindications.evaluation import Evaluation, evaluate
from patients.contraindications.facts import facts_of
from patients.contraindications.rules import standing_by_technique


def against_of(shown: ShownCase, now: datetime) -> list[tuple[str, Evaluation]]:
    """Return for each course that goes on its technique in words, and what the rules say now."""
    if not (shown.is_open and shown.courses):
        return []
    rules, facts, at = (
        standing_by_technique(),
        facts_of(shown.case.patient),
        timezone.localtime(now),
    )
    return [
        (str(Technique(each).label), evaluate(rules[each], facts, at, technique=each))
        for each in (course.technique for course in shown.courses if not course.is_complete)
    ]
