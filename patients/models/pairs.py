"""Two records that may be of one person."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from clinic.base.models import Record
from clinic.base.triggers import append_only
from clinic.staff.keys import by_staff
from patients.models.patient import Patient


class _Pair(Record):
    """Two patients, the one with the smaller key first."""

    first = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+", db_index=False)
    second = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.first} and {self.second}"

    @property
    def both(self) -> tuple[Patient, Patient]:
        """The two patients."""
        return self.first, self.second


class LikelyPair(_Pair):
    """Two records that may be of one person, as the search of last night found them."""

    reasons = ArrayField(models.CharField(max_length=60))
    likeness = models.FloatField(help_text="The greater the likelier.")

    class Meta:
        ordering = ["-likeness", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="patients_likely_pair_once"),
            models.CheckConstraint(
                name="patients_likely_pair_in_order", condition=Q(first__lt=F("second"))
            ),
        ]


class TwoPeople(_Pair):
    """Somebody's dated statement that two like records are of two people."""

    stated_at = models.DateTimeField()
    stated_by = by_staff()

    class Meta:
        verbose_name_plural = "two people"
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="patients_two_people_once"),
            models.CheckConstraint(
                name="patients_two_people_in_order", condition=Q(first__lt=F("second"))
            ),
        ]
        triggers = append_only()
