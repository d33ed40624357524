"""Forms about photographs."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from clinic.base.forms import PlainForm
from clinic.photos.intake import Photograph, UnreadablePhotoError, read_photograph
from clinic.photos.models import View


class PhotographField(forms.FileField):
    """A file that becomes a photograph, or an error that says why it cannot."""

    widget = forms.FileInput(attrs={"accept": "image/*", "data-photo": True})

    def clean(self, data: Any, initial: Any = None) -> Photograph | None:
        """Return the photograph, or None when no file was chosen."""
        file = super().clean(data, initial)
        if not file:
            return None
        try:
            return read_photograph(file)
        except UnreadablePhotoError as error:
            raise ValidationError(f"{file.name}: {error}") from error


class PhotosForm(PlainForm):
    """The photographs of one visit, one for each standard view that is still missing."""

    taken_at = forms.DateTimeField(
        label="Taken",
        widget=forms.DateTimeInput(
            attrs={"class": "w-phone", "type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
        ),
    )

    def __init__(
        self, *args: Any, views: Iterable[View], asks_agreement: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.views = list(views)
        if asks_agreement:
            self.fields["agreed"] = forms.BooleanField(
                label="The patient agreed today to be photographed for their own record",
                error_messages={"required": "Ask the patient, and tick that they agreed."},
            )
        for view in self.views:
            self.fields[view.value] = PhotographField(
                label=view.label, required=False, allow_empty_file=True
            )

    def clean(self) -> dict[str, Any]:
        """Ask for one photograph at least."""
        cleaned = super().clean() or {}
        if not self.photographs and not any(view in self.errors for view in self.views):
            raise ValidationError("Choose at least one photograph.")
        return cleaned

    @property
    def photographs(self) -> dict[str, Photograph]:
        """The files that became photographs, by view; those with an error are not among them."""
        chosen = {view.value: self.cleaned_data.get(view.value) for view in self.views}
        return {view: photograph for view, photograph in chosen.items() if photograph}

    @property
    def refusals(self) -> list[str]:
        """One sentence for each file that was not kept, with its view."""
        return [
            f"{View(name).label}: {error}"
            for name, errors in self.errors.items()
            if name in View.values
            for error in errors
        ]

    @property
    def lacks_agreement(self) -> bool:
        """Whether the patient's agreement is asked for and was not given."""
        return "agreed" in self.fields and not self.cleaned_data.get("agreed")

    @property
    def taken_at_or_none(self) -> datetime | None:
        """When the photographs were taken, unless that was not understood."""
        return self.cleaned_data.get("taken_at")


class WithdrawForm(PlainForm):
    """Why a photograph leaves the record's pages."""

    reason = forms.CharField(label="Why is it withdrawn?", max_length=200)
