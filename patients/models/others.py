"""Who else is there for a patient: their general practitioner and whom to call in an emergency."""

from django.db import models
from django.db.models import Q

from patients.models.reach import e164


class HasOthers(models.Model):
    """The part of a patient that names other people.

    That the clinic may write to the general practitioner is a consent, not a detail.
    """

    gp_name = models.CharField("GP", max_length=80, blank=True)
    gp_practice = models.CharField("GP practice", max_length=120, blank=True)
    gp_address = models.TextField("GP practice's address", blank=True)
    gp_phone = models.CharField("GP's phone", max_length=20, blank=True)
    gp_email = models.EmailField("GP's e-mail", blank=True)
    emergency_name = models.CharField("emergency contact", max_length=80, blank=True)
    emergency_relationship = models.CharField(
        "emergency contact's relationship", max_length=60, blank=True
    )
    emergency_phone = models.CharField("emergency contact's phone", max_length=20, blank=True)

    class Meta:
        abstract = True

    @property
    def gp_lines(self) -> list[str]:
        """The general practitioner, practice and address, line by line."""
        lines = [self.gp_name, self.gp_practice, *self.gp_address.splitlines()]
        return [line for line in lines if line.strip()]


OTHERS_CONSTRAINTS = [
    e164("gp_phone"),
    e164("emergency_phone"),
    models.CheckConstraint(
        name="patients_emergency_named",
        condition=~Q(emergency_name="") | Q(emergency_phone="", emergency_relationship=""),
        violation_error_message="Write who the emergency contact is.",
    ),
]
