"""Where a patient lives, how to reach them, and what they agreed to be contacted about."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from patients import countries
from patients.contact import ALL_WAYS, About, Channel, usual_ways, way
from patients.postcode import UK_PATTERN


def e164(field: str) -> models.CheckConstraint:
    """Return the constraint that a telephone number, where given, has its country code."""
    return models.CheckConstraint(
        name=f"patients_{field}_e164",
        condition=Q(**{field: ""}) | Q(**{f"{field}__regex": r"^\+[1-9][0-9]{6,14}$"}),
        violation_error_message="Write the phone number with its country code.",
    )


class Reachable(models.Model):
    """The part of a patient that says how to reach them."""

    email = models.EmailField("e-mail", blank=True)
    phone = models.CharField(max_length=20, blank=True, help_text="In E.164: +447700900123")
    second_phone = models.CharField(max_length=20, blank=True)
    address = models.TextField(blank=True, help_text="The lines before town and postcode")
    town = models.CharField(max_length=80, blank=True)
    postcode = models.CharField(max_length=12, blank=True)
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166, two letters")
    contact_allowed = ArrayField(
        models.CharField(max_length=16),
        verbose_name="ways to contact",
        default=usual_ways,
        blank=True,
    )

    class Meta:
        abstract = True

    @property
    def country_label(self) -> str:
        """The country's name, or ""."""
        return countries.name_of(self.country)

    @property
    def address_lines(self) -> list[str]:
        """The address as it stands on an envelope; the home country is left out."""
        abroad = self.country_label if self.country != countries.HOME else ""
        lines = [*self.address.splitlines(), self.town, self.postcode, abroad]
        return [line for line in lines if line.strip()]

    def may_be_contacted(self, channel: Channel, about: About) -> bool:
        """Say whether the patient agrees to be contacted this way about this."""
        return way(channel, about) in self.contact_allowed


REACH_CONSTRAINTS = [
    e164("phone"),
    e164("second_phone"),
    models.CheckConstraint(
        name="patients_country_form",
        condition=Q(country="") | Q(country__regex="^[A-Z]{2}$"),
        violation_error_message="Choose a country.",
    ),
    models.CheckConstraint(
        name="patients_postcode_form",
        condition=Q(postcode="")
        | ~Q(country=countries.HOME)
        | Q(postcode__regex=f"^{UK_PATTERN}$"),
        violation_error_message="Write the postcode like B91 3AB.",
    ),
    models.CheckConstraint(
        name="patients_contact_known",
        condition=Q(contact_allowed__contained_by=ALL_WAYS),
        violation_error_message="Choose among the ways to contact that are listed.",
    ),
]
