"""What was found region by region: pull tests and trichoscopy; and the wash test."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from clinic.base.forms import PlainForm
from followups.actions.findings import Pulled, Seen
from followups.models import Region, Trichoscopy
from patients.forms.fields import LineField


def _whole(label: str, unit: str, highest: int, *, lowest: int = 0, **more: Any) -> Any:
    attrs = {"class": "w-number", "inputmode": "numeric", "data-unit": unit}
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=lowest,
        max_value=highest,
        widget=forms.NumberInput(attrs=attrs),
        **more,
    )


def _measured(
    label: str, unit: str, highest: int, *, lowest: int = 0, places: int = 1, help_text: str = ""
) -> forms.DecimalField:
    attrs = {"class": "w-number", "inputmode": "decimal", "data-unit": unit, "step": "any"}
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=lowest,
        max_value=highest,
        decimal_places=places,
        help_text=help_text,
        widget=forms.NumberInput(attrs=attrs),
    )


class TestsForm(PlainForm):
    """What goes with the pull test, and the wash test."""

    __test__ = False  # a form, no test of ours

    prefix = "tests"

    pull_days_since_wash = _whole("Hair last washed", "days ago", 60)
    wash_hairs_counted = _whole("Hairs counted after washing", "hairs", 5000)
    wash_days_since_wash = _whole("Not washed before it for", "days", 60)


@dataclass(frozen=True)
class Measure:
    """One field of a row, and what was found before in words."""

    field: Any
    past: str


class RegionForm(PlainForm):
    """What was found in one region. A row without a figure says nothing and is not kept."""

    region = forms.ChoiceField(
        label="Region",
        choices=[("", "Choose"), *Region.choices],
        required=False,
        error_messages={"required": "Choose the region."},
        widget=forms.Select(attrs={"class": "w-name"}),
    )
    past: dict[str, str] = {}

    @property
    def names(self) -> list[str]:
        """The fields beside the region."""
        return [name for name in self.fields if name not in ("region", "DELETE")]

    def clean(self) -> dict[str, Any]:
        """Ask for the region of what was found."""
        values = super().clean() or {}
        has_more = any(values.get(name) not in (None, "") for name in self.names)
        if has_more and not values.get("region"):
            self.add_error("region", "Choose the region.")
        return values

    @property
    def measures(self) -> list[Measure]:
        """The fields beside the region, each with what was found before."""
        return [Measure(self[name], self.past.get(name, "")) for name in self.names]

    @property
    def region_label(self) -> str:
        """The region in words, or "" where none is chosen."""
        return dict(Region.choices).get(str(self["region"].value() or ""), "")


class PullForm(RegionForm):
    """A pull test."""

    hairs_pulled = _whole("Hairs pulled", "hairs", 200, lowest=10, help_text="50 to 60, as a rule.")
    hairs_out = _whole("Came out", "hairs", 200)

    def clean(self) -> dict[str, Any]:
        """Ask for both figures, and refuse more hairs than were pulled."""
        values = super().clean()
        pulled, out = values.get("hairs_pulled"), values.get("hairs_out")
        if pulled is None and out is not None and "hairs_pulled" not in self.errors:
            self.add_error("hairs_pulled", "Say how many hairs were pulled, too.")
        if out is None and pulled is not None and "hairs_out" not in self.errors:
            self.add_error("hairs_out", "Say how many came out: 0 where none did.")
        if pulled is not None and out is not None and out > pulled:
            self.add_error("hairs_out", "No more hairs can come out than were pulled.")
        return values

    @property
    def found(self) -> Pulled | None:
        """The test, or None where none was made."""
        values = self.cleaned_data
        if values.get("hairs_out") is None:
            return None
        return Pulled(values["region"], values["hairs_pulled"], values["hairs_out"])


class TrichoscopyForm(RegionForm):
    """What was seen in one region."""

    hairs_per_cm2 = _measured("Hairs", "per cm²", 1000)
    units_per_cm2 = _measured("Follicular units", "per cm²", 500)
    hairs_per_unit = _measured(
        *("Hairs in each unit", "hairs", 10),
        lowest=1,
        places=2,
        help_text="Only if a device states it: it is worked out from the two before.",
    )
    mean_shaft_um = _measured("Mean shaft", "µm", 200, lowest=5)
    terminal_percent = _measured("Terminal hairs", "%", 100)
    vellus_percent = _measured("Vellus hairs", "%", 100)
    anagen_percent = _measured("Anagen", "%", 100)
    telogen_percent = _measured("Telogen", "%", 100)
    thin_percent = _measured("Thin, under 30 µm", "%", 100)
    diameter_diversity_percent = _measured(
        *("Diameter diversity", "%", 100),
        help_text="Above 20 % is said to suggest AGA. Not verified: no verdict follows.",
    )
    device = LineField(
        label="Device", required=False, max_length=60, widget=forms.TextInput({"class": "w-code"})
    )
    magnification = _whole("Magnification", "×", 1000, lowest=1)

    def clean(self) -> dict[str, Any]:
        """Refuse shares of one whole that are more than it."""
        values = super().clean()
        for first, second in (
            ("terminal_percent", "vellus_percent"),
            ("anagen_percent", "telogen_percent"),
        ):
            shares = values.get(first), values.get(second)
            if None not in shares and sum(shares) > 100:  # type: ignore[arg-type]
                labels = f"{self.fields[first].label} and {str(self.fields[second].label).lower()}"
                self.add_error(second, f"{labels} cannot be more than 100 % together.")
        return values

    @property
    def found(self) -> Seen | None:
        """What was seen, or None where nothing was measured."""
        values = self.cleaned_data
        figures = {name: values.get(name) for name in Trichoscopy.QUANTITIES}
        if all(figure is None for figure in figures.values()):
            return None
        return Seen(values["region"], figures, values["device"], values["magnification"])


class RegionsFormSet(forms.BaseFormSet):
    """Rows about regions, each region once."""

    def clean(self) -> None:
        """Refuse one region in two rows."""
        if any(form.errors for form in self.forms):
            return
        regions = [found.region for found in self.found]
        if len(regions) != len(set(regions)):
            raise ValidationError("The same region is in two rows.")

    @property
    def found(self) -> list[Any]:
        """What was found, in the order of the rows."""
        kept = [form for form in self.forms if not form.cleaned_data.get("DELETE")]
        return [found for form in kept if (found := form.found) is not None]


def _rows(form: type[RegionForm]) -> type[forms.BaseFormSet]:
    most = len(Region)
    return forms.formset_factory(
        form,
        formset=RegionsFormSet,
        extra=0,
        can_delete=True,
        max_num=most,
        absolute_max=most + 1,
        validate_max=True,
    )


PullRows = _rows(PullForm)
TrichoscopyRows = _rows(TrichoscopyForm)
