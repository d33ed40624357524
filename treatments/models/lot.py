"""Lots of disposables and tubes, and where each was used."""

from django.db import models
from django.db.models import Q

from clinic.base.history import tracked
from clinic.base.models import Record, paired
from clinic.base.triggers import locked_with_parent, not_truncated
from clinic.staff.keys import by_staff
from treatments.models.session import Session
from treatments.triggers import (
    lot_fixed_once_signed,
    lot_in_date_when_used,
    lot_stays_recalled,
)


@tracked()
class Lot(Record):
    """One lot of one product, with its expiry."""

    class Kind(models.TextChoices):
        DEVICE = "device", "Processing disposable"
        TUBE = "tube", "Blood tube or kit"
        ANAESTHETIC = "anaesthetic", "Local anaesthetic"

    kind = models.CharField(max_length=12, choices=Kind)
    product = models.CharField(max_length=80)
    lot_number = models.CharField(max_length=40)
    expiry_date = models.DateField()
    recalled_at = models.DateTimeField(null=True, blank=True)
    recalled_by = by_staff(optional=True)

    class Meta:
        ordering = ["product", "lot_number"]
        constraints = [
            paired("treatments_lot", "recalled"),
            models.UniqueConstraint(
                fields=["kind", "product", "lot_number"],
                name="treatments_lot_once",
                violation_error_message="This lot is already on record.",
            ),
            models.CheckConstraint(
                name="treatments_lot_named",
                condition=~Q(product="") & ~Q(lot_number=""),
                violation_error_message="A lot has a product and a number.",
            ),
        ]
        triggers = [not_truncated(), lot_fixed_once_signed(), lot_stays_recalled()]

    def __str__(self) -> str:
        return f"{self.product}, lot {self.lot_number}, expires {self.expiry_date:%d-%b-%Y}"


@tracked()
class LotUse(Record):
    """A lot used in a session; one recalled, or expired on its date, the database refuses."""

    session = models.ForeignKey(
        Session, on_delete=models.PROTECT, related_name="lot_uses", db_index=False
    )
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="uses")

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(fields=["session", "lot"], name="treatments_lot_use_once")
        ]
        triggers = [
            *locked_with_parent("treatments_session", "session_id"),
            lot_in_date_when_used(),
        ]

    def __str__(self) -> str:
        return str(self.lot)
