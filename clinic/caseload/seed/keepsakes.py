"""What a few patients of the fictional clinic have beside rows: photographs."""

from django.core.files.base import ContentFile
from django.utils import timezone

from clinic.caseload.seed.clinic import Clinic
from clinic.caseload.seed.drawings import scalp
from clinic.photos.actions import add_photos
from clinic.photos.intake import read_photograph
from clinic.photos.models import View
from followups.models import Examination

PATIENTS_WITH_PHOTOS = 3
_VIEWS = (View.VERTEX, View.MIDLINE, View.FRONTAL)


def add_keepsakes(clinic: Clinic) -> None:
    """Add drawn photographs to the examinations of the first patients in follow-up."""
    reviewed = (
        Examination.objects.filter(kind=Examination.Kind.REVIEW, case__closed_at__isnull=True)
        .order_by("patient__number")
        .values_list("case", flat=True)
        .distinct()
    )
    cases = list(dict.fromkeys(reviewed))[:PATIENTS_WITH_PHOTOS]
    for number, case_id in enumerate(cases):
        examinations = Examination.objects.filter(case=case_id).order_by("examined_date")
        for place, examination in enumerate(examinations.select_related("case__patient")[:2]):
            _photograph(examination, head=number, coverage=0.25 + 0.12 * place)


def _photograph(examination: Examination, *, head: int, coverage: float) -> None:
    files = {
        view.value: read_photograph(ContentFile(scalp(head, view=view, coverage=coverage)))
        for view in _VIEWS
    }
    examination.photo_set = add_photos(
        by=examination.recorded_by,
        case=examination.case,
        taken_at=examination.recorded_at,
        files=files,
        agreed_aloud=True,
        now=timezone.now(),
    )
    examination.save()
