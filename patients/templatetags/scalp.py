"""The scalp as a drawing, in templates."""

from django import template

from patients.drawings import Shape, drawing_of
from patients.models import Diagnosis
from patients.scales import Scale

register = template.Library()


@register.filter
def drawn(diagnosis: Diagnosis) -> tuple[Shape, ...]:
    """The drawing of a diagnosis' grade, or nothing where it is not graded."""
    lost = diagnosis.salt_lost_percent if diagnosis.scale == Scale.SALT else None
    return drawing_of(diagnosis.scale, diagnosis.grade, lost)
