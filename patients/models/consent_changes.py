"""What a patient adds to a consent: questions before the signature, uses taken back after it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from clinic.base.models import Record
from clinic.base.triggers import append_only, same_patient
from clinic.staff.keys import by_staff
from patients.models.consent import Consent, PhotoScope
from patients.models.consent_constraints import by_staff_or_patient
from patients.models.patient import Patient
from patients.triggers import asked_before_signing, narrows_what_stands

_OF_THE_CONSENT = ("patients_consent", "consent_id")


class PhotoNarrowing(Record):
    """Uses of photographs that a patient took back from a consent that stands for the others.

    What was signed never changes; what is left of it is `Consent.photo_scopes_left`. There is no
    row that gives a use back: for that the patient signs anew.
    """

    told_as = ("use of photographs taken back", "uses of photographs taken back")

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="narrowings")
    uses = ArrayField(models.CharField(max_length=12, choices=PhotoScope))
    narrowed_at = models.DateTimeField()
    narrowed_by = by_staff(optional=True)
    narrowed_how = models.CharField(max_length=10, choices=Consent.How)
    reason = models.TextField(blank=True, max_length=1000)

    class Meta:
        ordering = ["narrowed_at", "id"]
        indexes = [models.Index(fields=["-narrowed_at"], name="patients_narrowing_newest")]
        constraints = [
            by_staff_or_patient("patients_narrowing", "narrowed"),
            models.CheckConstraint(
                name="patients_narrowing_uses_known",
                condition=Q(uses__contained_by=PhotoScope.values, uses__len__gte=1),
                violation_error_message="Choose from the listed uses of photographs.",
            ),
        ]
        triggers = [*append_only(), same_patient(_OF_THE_CONSENT), narrows_what_stands()]

    def __str__(self) -> str:
        return f"{self.consent}: {', '.join(self.words)} taken back"

    @property
    def words(self) -> list[str]:
        """The uses that were taken back, in words."""
        return [str(PhotoScope(use).label) for use in self.uses]

    @property
    def told_by(self) -> str:
        """Who recorded it and how the patient said so, in words."""
        if self.narrowed_by is None:
            return "by the patient, on their own page"
        how = self.get_narrowed_how_display().lower()
        return f"recorded by {self.narrowed_by}, said {how}"


class ConsentQuestion(Record):
    """What the patient asks on their own page instead of signing. The clinician answers in a talk.

    It is open until the talk is recorded anew (`Consent.questions_open`).
    """

    told_as = ("question about a consent", "questions about a consent")

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="asked")
    words = models.TextField("question", max_length=1000)
    asked_at = models.DateTimeField()

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="patients_question_has_words",
                condition=Q(words__regex=r"\S"),
                violation_error_message="Write your question.",
            )
        ]
        triggers = [*append_only(), same_patient(_OF_THE_CONSENT), asked_before_signing()]

    def __str__(self) -> str:
        return f"Question about {self.consent}"
