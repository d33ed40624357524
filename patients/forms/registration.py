"""Registering a patient and changing their details."""

from typing import Any
from uuid import UUID

from django import forms

from clinic.base.forms import PlainForm
from clinic.practice.models import Site
from clinic.staff.models import User
from patients import countries
from patients.forms.details import DetailsForm

# Stands among the patients who were looked at for those of other sites, who are not shown.
ELSEWHERE = "elsewhere"


class RegistrationForm(DetailsForm):
    """A new patient: the details, and the site where they will be seen."""

    site = forms.ModelChoiceField(
        queryset=Site.objects.none(),
        empty_label=None,
        error_messages={"required": "Choose the site where the patient will be seen."},
        widget=forms.RadioSelect(attrs={"across": True}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].initial = countries.HOME
        if not self.is_bound:
            self.fields["family_name"].widget.attrs["autofocus"] = True
        self.fields["site"].queryset = sites_of(user)  # type: ignore[attr-defined]

    def known_matches(self) -> frozenset[UUID]:
        """Return the similar patients whom the person looked at and found to be others."""
        found = []
        for text in self._other_people():
            try:
                found.append(UUID(text))
            except ValueError:
                continue
        return frozenset(found)

    def asked_elsewhere(self) -> bool:
        """Say whether the person said that the other sites were asked."""
        return ELSEWHERE in self._other_people()

    def _other_people(self) -> list[str]:
        return str(self.data.get("other_people", "")).split()


class ChangeForm(DetailsForm):
    """The details again, with the version that the person was looking at."""

    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class SiteForm(PlainForm):
    """One of the clinic's sites."""

    site = forms.ModelChoiceField(queryset=Site.objects.all(), empty_label=None)


def sites_of(user: User) -> Any:
    """Return the sites at which this person works; all of them when not limited."""
    sites = Site.objects.order_by("name")
    return sites.filter(pk__in=user.site_ids) if user.site_ids else sites
