"""Who the patient is, how to reach them, and which records are theirs."""

from datetime import date

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Cast, Collate, Concat, Upper

from clinic.base.history import tracked
from clinic.base.models import Record, paired
from clinic.base.triggers import never_changes, never_changes_after, not_truncated
from clinic.practice.models import Site
from clinic.staff.keys import by_staff
from clinic.staff.models import User
from patients.models.needs import NEEDS_CONSTRAINTS, HasNeeds
from patients.models.others import OTHERS_CONSTRAINTS, HasOthers
from patients.models.reach import REACH_CONSTRAINTS, Reachable
from patients.triggers import (
    birth_date_stays_known,
    learns_name_words,
    moves_in_its_transaction,
)

RECOGNISED_BY = "Without a date of birth, a phone number or an e-mail address is needed."


class Fold(Func):
    """Lower case without accents, as the database's own immutable function does it."""

    function = "anagen_fold"
    output_field = models.TextField()


class DialledAtHome(Func):
    """A stored phone number without its country code, and without a nought that follows it.

    +33123456789 is 123456789, and so is what a French patient says, 01 23 45 67 89, without its
    nought.
    """

    function = "patients_dialled_at_home"
    output_field = models.TextField()


def is_abroad(field: str) -> Q:
    """Return the condition that a stored phone number is of another country."""
    return Q(**{f"{field}__startswith": "+"}) & ~Q(**{f"{field}__startswith": "+44"})


class PatientQuerySet(models.QuerySet["Patient"]):
    """Patients, with names for the ways to narrow them."""

    def standing(self) -> "PatientQuerySet":
        """Return patients whose record did not become part of another."""
        merged = Merge.objects.standing().filter(absorbed=models.OuterRef("pk"))
        return self.exclude(models.Exists(merged))

    def visible_to(self, user: User) -> "PatientQuerySet":
        """Return the patients registered at a site where this person works."""
        standing = self.standing()
        if not user.site_ids:
            return standing
        registered = SiteRegistration.objects.filter(
            patient=models.OuterRef("pk"), site__in=user.site_ids
        )
        return standing.filter(models.Exists(registered))


def listed_as(family_name: str, given_names: str) -> str:
    """Return a patient's name as lists write it: FAMILY, Given."""
    return f"{family_name.upper()}, {given_names}"


@tracked(exclude=("search_name",))
class Patient(Reachable, HasOthers, HasNeeds, Record):
    """A person who came to the clinic. `number` is what people say and write: AN-000123.

    `date_of_birth` is None where somebody only enquired and did not say.
    """

    class Sex(models.TextChoices):
        FEMALE = "female", "Female"
        MALE = "male", "Male"
        INTERSEX = "intersex", "Intersex"
        NOT_KNOWN = "not_known", "Not known"

    class NhsNumberStatus(models.TextChoices):
        SAID = "said", "Given by the patient, not checked"
        SEEN = "seen", "Seen on a document"
        TRACED = "traced", "Traced in the NHS register"

    class HeardOf(models.TextChoices):
        SEARCH = "search", "Searched on the internet"
        SOCIAL = "social", "Social media"
        PATIENT = "patient", "A patient of the clinic"
        FRIEND = "friend", "Friend or family"
        DOCTOR = "doctor", "GP or another doctor"
        HAIRDRESSER = "hairdresser", "Hairdresser or barber"
        PRESS = "press", "Newspaper, radio or television"
        ADVERTISEMENT = "advert", "Advertisement"
        EVENT = "event", "Open day or another event"
        OTHER = "other", "Something else"

    number = models.CharField(max_length=12, unique=True, editable=False)
    title = models.CharField(max_length=20, blank=True)
    family_name = models.CharField(max_length=80)
    given_names = models.CharField(max_length=80)
    preferred_name = models.CharField(max_length=80, blank=True)
    pronouns = models.CharField(max_length=30, blank=True)
    sex = models.CharField("sex at birth", max_length=10, choices=Sex, default=Sex.NOT_KNOWN)
    date_of_birth = models.DateField(null=True, blank=True)
    # None, never "", so that many patients may be without one.
    nhs_number = models.CharField("NHS number", max_length=10, null=True, blank=True)  # noqa: DJ001
    nhs_number_status = models.CharField(
        "NHS number's check", max_length=8, choices=NhsNumberStatus, blank=True
    )
    reason = models.CharField("reason for coming", max_length=200, blank=True)
    heard_of = models.CharField("how they heard of us", max_length=12, choices=HeardOf, blank=True)
    heard_of_words = models.CharField("more on how they heard of us", max_length=120, blank=True)
    search_name = models.GeneratedField(
        expression=Fold(
            Concat(F("family_name"), Value(" "), F("given_names"), Value(" "), F("preferred_name"))
        ),
        output_field=models.TextField(),
        db_persist=True,
    )
    revision = models.PositiveIntegerField(default=0, editable=False)

    objects = PatientQuerySet.as_manager()

    class Meta:
        ordering = ["family_name", "given_names", "date_of_birth", "pk"]
        indexes = [
            GinIndex(OpClass(F("search_name"), "gin_trgm_ops"), name="patients_search_name"),
            # Finds names by their beginnings, and has them in order, whatever the database's.
            models.Index(
                Collate("search_name", "C"), "date_of_birth", "id", name="patients_name_begins"
            ),
            models.Index(fields=["date_of_birth"], name="patients_date_of_birth"),
            # Finds a number by its first digits too, whatever the database's collation.
            models.Index(
                fields=["phone"], name="patients_phone", opclasses=["varchar_pattern_ops"]
            ),
            models.Index(
                fields=["second_phone"],
                name="patients_second_phone",
                opclasses=["varchar_pattern_ops"],
                condition=~Q(second_phone=""),
            ),
            # Finds a number of another country by how it is dialled there.
            models.Index(
                OpClass(DialledAtHome("phone"), "text_pattern_ops"),
                name="patients_phone_abroad",
                condition=is_abroad("phone"),
            ),
            models.Index(
                OpClass(DialledAtHome("second_phone"), "text_pattern_ops"),
                name="patients_second_phone_abroad",
                condition=is_abroad("second_phone"),
            ),
            models.Index(fields=["email"], name="patients_email"),
            # Those whose name alone says who they may be.
            GinIndex(
                OpClass(F("search_name"), "gin_trgm_ops"),
                name="patients_name_without_birth",
                condition=Q(date_of_birth__isnull=True),
            ),
            models.Index(fields=["family_name", "given_names"], name="patients_by_name"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["nhs_number"],
                name="patients_nhs_number_once",
                violation_error_message="Another patient has this NHS number.",
            ),
            models.CheckConstraint(
                name="patients_nhs_number_form",
                condition=Q(nhs_number__isnull=True) | Q(nhs_number__regex=r"^[0-9]{10}$"),
                violation_error_message="An NHS number has 10 digits.",
            ),
            models.CheckConstraint(
                name="patients_nhs_number_status_known",
                condition=Q(nhs_number__isnull=True, nhs_number_status="")
                | Q(nhs_number__isnull=False) & ~Q(nhs_number_status=""),
                violation_error_message="Say how the NHS number is known.",
            ),
            models.CheckConstraint(
                name="patients_born_in_the_past",
                condition=Q(date_of_birth__isnull=True)
                | Q(date_of_birth__gte=date(1900, 1, 1))
                & Q(date_of_birth__lte=Cast(F("created_at"), models.DateField())),
                violation_error_message="The date of birth must lie in the past, after 1899.",
            ),
            models.CheckConstraint(
                name="patients_recognisable",
                condition=Q(date_of_birth__isnull=False) | ~Q(phone="") | ~Q(email=""),
                violation_error_message=RECOGNISED_BY,
            ),
            models.CheckConstraint(
                name="patients_heard_of_in_words",
                condition=~Q(heard_of="other") | ~Q(heard_of_words=""),
                violation_error_message="Write how they heard of us.",
            ),
            models.CheckConstraint(
                name="patients_named",
                condition=~Q(family_name="") & ~Q(given_names=""),
                violation_error_message="Give the family name and the given names.",
            ),
            *REACH_CONSTRAINTS,
            *OTHERS_CONSTRAINTS,
            *NEEDS_CONSTRAINTS,
        ]
        triggers = [birth_date_stays_known(), learns_name_words(), not_truncated()]

    def __str__(self) -> str:
        return listed_as(self.family_name, self.given_names)

    @property
    def sex_label(self) -> str:
        """The sex at birth, in words."""
        return self.get_sex_display()

    @property
    def spoken_name(self) -> str:
        """The name to call the patient by."""
        return self.preferred_name or self.given_names

    @property
    def nhs_number_note(self) -> str:
        """What to know of the NHS number beside its digits: "not checked", or ""."""
        return "not checked" if self.nhs_number_status == self.NhsNumberStatus.SAID else ""

    def age_on(self, day: date) -> int | None:
        """Return the age in completed years on a day; 29 February counts from 1 March.

        None where the date of birth is not known: nobody can say that the patient is an adult.
        """
        born = self.date_of_birth
        if born is None:
            return None
        birthday_passed = (day.month, day.day) >= (born.month, born.day)
        return day.year - born.year - (0 if birthday_passed else 1)


@tracked()
class SiteRegistration(Record):
    """A site at which the patient is seen; staff of that site may open the record."""

    told_as = ("site where they are seen", "sites where they are seen")

    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, related_name="registrations", db_index=False
    )
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patient", "site"], name="patients_registered_once")
        ]
        triggers = [never_changes("patient", "site"), not_truncated()]

    def __str__(self) -> str:
        return f"{self.patient} at {self.site}"


@tracked()
class OtherNumber(Record):
    """A number by which a patient was known elsewhere, or in a record that became part of theirs.

    `source` names who gave it: another system, or `OWN_NUMBERS`. `imported` is what the last file
    of that system said, by the fields of the details: what differs from it was changed here.
    """

    told_as = ("number in another system", "numbers in other systems")

    OWN_NUMBERS = "Anagen"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="other_numbers")
    source = models.CharField(max_length=60)
    number = models.CharField(max_length=80)
    imported = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)

    class Meta:
        ordering = ["source", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "number"],
                name="patients_other_number_once",
                violation_error_message="Another patient has this number there.",
            ),
            models.CheckConstraint(
                name="patients_other_number_given",
                condition=Q(source__regex=r"\S") & Q(number__regex=r"\S"),
            ),
        ]
        indexes = [
            models.Index(fields=["number"], name="patients_other_number"),
            models.Index(Upper("number"), name="patients_other_number_upper"),
        ]
        triggers = [never_changes("patient", "source", "number"), not_truncated()]

    def __str__(self) -> str:
        return f"{self.number} ({self.source})"


class MergeQuerySet(models.QuerySet["Merge"]):
    """Merges, with a name for the way to narrow them."""

    def standing(self) -> "MergeQuerySet":
        """Return merges that were not undone."""
        return self.filter(undone_at__isnull=True)


class Merge(Record):
    """A record that was made part of another, and what that takes to undo.

    Everything of `absorbed` went to `survivor`: `moved` has the keys of the rows by table. The row
    of the absorbed patient stays, so that their number is found. `replaced` has, by "survivor" and
    "absorbed", the values before and after of each detail that changed.

    The database lets rows go from one patient to another in the transactions that write this row,
    and in no other; `moved_in` is the number of the last, written by a trigger.
    """

    survivor = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="absorbing_merges")
    absorbed = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="merges")
    merged_at = models.DateTimeField()
    merged_by = by_staff()
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = by_staff(optional=True)
    moved = models.JSONField(default=dict, blank=True)
    replaced = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    moved_in = models.TextField(blank=True, editable=False)

    objects = MergeQuerySet.as_manager()

    class Meta:
        ordering = ["-merged_at"]
        constraints = [
            paired("patients_merge", "undone"),
            models.CheckConstraint(
                name="patients_merge_of_two",
                condition=~Q(survivor=F("absorbed")),
                violation_error_message="A record cannot be merged with itself.",
            ),
            models.UniqueConstraint(
                fields=["absorbed"],
                condition=Q(undone_at__isnull=True),
                name="patients_merged_once",
                violation_error_message="This record is merged into another already.",
            ),
        ]
        triggers = [
            never_changes("survivor", "absorbed", "merged_at", "merged_by"),
            never_changes_after("undone_at", "undone_by", "moved", "replaced"),
            moves_in_its_transaction(),
            not_truncated(),
        ]

    def __str__(self) -> str:
        return f"{self.absorbed.number} into {self.survivor.number}"

    @property
    def key(self) -> str:
        """The key as text, to name what stands on a page."""
        return str(self.pk)
