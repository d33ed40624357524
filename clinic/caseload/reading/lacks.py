"""What of the assessment is not known, and why a course was planned without it, for the chart.

Asks in the chart's one query what `patients.planning` asks for the pages of the plan.
"""

from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef
from django.db.models.functions import JSONObject

from clinic.staff.models import User
from followups.assessed import counted_before_treatment
from patients.models import PlannedWithout, SignsStatement
from patients.models.planning import Lack

_NAMES = ("title", "given_name", "family_name")


def what_is_known() -> tuple[Any, ...]:
    """Return the columns of a case: signs looked for, hairs counted before treatment, reasons."""
    asked = SignsStatement.objects.standing().asked_in(OuterRef("pk"), OuterRef("patient"))
    given = PlannedWithout.objects.filter(case=OuterRef("pk")).order_by("planned_at", "pk")
    return (
        Exists(asked),
        Exists(counted_before_treatment(OuterRef("pk"))),
        ArraySubquery(
            given.values(
                found=JSONObject(
                    lack="lack",
                    technique="technique",
                    reason="reason",
                    planned_at="planned_at",
                    by=JSONObject(**{name: F(f"planned_by__{name}") for name in _NAMES}),
                )
            )
        ),
    )


def lacks_in(*, signs_asked: bool, is_counted: bool) -> list[Lack]:
    """Return what is not known, in the order of the assessment."""
    known = {Lack.SIGNS: signs_asked, Lack.BASELINE: is_counted}
    return [lack for lack, is_known in known.items() if not is_known]


def planned_without_of(found: dict[str, Any]) -> PlannedWithout:
    """Return a reason as the database wrote it, with the name of who gave it."""
    at, by = datetime.fromisoformat(found.pop("planned_at")), User(**found.pop("by"))
    return PlannedWithout(planned_at=at, planned_by=by, **found)
