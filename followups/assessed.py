"""What apps below cannot know of the visits: what was counted, and what was found at which one."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse

from clinic.base.templatetags.anagen import day
from followups.models import Examination, Measurement
from followups.reading import label_of
from patients.models import Case
from patients.models.planning import Lack
from patients.visits import Visit


def baseline_not_counted(case: Case) -> Iterator[Lack]:
    """Yield that no hairs were counted before treatment, where that is so."""
    if not counted_before_treatment(case.pk).exists():
        yield Lack.BASELINE


def counted_before_treatment(case: Any) -> QuerySet[Measurement]:
    """Return the counts of a case's baseline; `case` is its key, or an `OuterRef` to it."""
    return Measurement.objects.filter(
        examination__case=case, examination__kind=Examination.Kind.BASELINE
    )


def visits_of_diagnoses(keys: list[UUID]) -> Mapping[UUID, Visit]:
    """Return the visit at which each of these diagnoses was made, where it was made at one."""
    rows = Examination.objects.filter(diagnosis__in=keys).select_related("review")
    return {row.diagnosis_id: _visit(row) for row in rows if row.diagnosis_id}


def _visit(examination: Examination) -> Visit:
    words = f"{label_of(examination).lower()} of {day(examination.examined_date)}"
    if examination.review_id:
        args = [examination.patient_id, examination.review_id]
        return Visit(f"the review {words}", f"{reverse('followups:review', args=args)}?edit")
    url = reverse("followups:baseline", args=[examination.patient_id])
    return Visit(f"the {words}", f"{url}?edit")
