"""The rows of a session: zones, spins, anaesthetics, lots.

A row may be left half done: then its valid entries wait in the draft, and the row is stored once
it is whole.
"""

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django import forms

from clinic.base.forms import PlainForm
from treatments.completeness import ROW_NEEDS
from treatments.forms import fields
from treatments.formulas import rcf_g
from treatments.lots import lot_trouble
from treatments.models import Anaesthetic, Lot, Session, Zone

MOST_ROWS = 20
MOST_ROWS_WITH_REMOVED = 200


class RowForm(PlainForm):
    """One row. `rows_of` names its list in the draft; `presets` do not make an empty row a row."""

    rows_of = ""
    presets: frozenset[str] = frozenset()

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        self.session = session
        super().__init__(*args, **kwargs)

    def entries(self) -> dict[str, Any]:
        """Return what is entered and valid, leaving out what is empty."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name != "DELETE" and value not in (None, "", False)
        }

    def is_begun(self) -> bool:
        """Say whether there is anything to keep."""
        return bool(self.entries().keys() - self.presets)

    def is_whole(self) -> bool:
        """Say whether the row can be stored as it is."""
        return not self.errors and ROW_NEEDS[self.rows_of].keys() <= self.entries().keys()

    def as_stored(self) -> dict[str, Any]:
        """Return the row's values as the model has them."""
        return {name: value for name, value in self.cleaned_data.items() if name != "DELETE"}


class ZoneForm(RowForm):
    """Where, how much, how deep."""

    rows_of = "zones"
    region = fields.choice("Region", Zone.Region.choices)
    area_cm2 = fields.quantity("Area", "cm²", Decimal("0.1"), 700, places=2)
    volume_ml = fields.quantity("Volume", "mL", Decimal("0.01"), 100, places=2)
    points = fields.count("Injection points", 1, 2000)
    depth_mm = fields.quantity("Depth", "mm", Decimal("0.1"), 13)
    needle = fields.words("Needle or device", 40)
    syringes = fields.count("Syringes used", 1, 50)


class SpinForm(RowForm):
    """A run of the centrifuge: a force in g, or a speed with the rotor's radius."""

    rows_of = "spins"
    rpm = fields.count("Speed", 100, 20000, unit="rpm")
    rotor_radius_cm = fields.quantity("Rotor radius", "cm", 1, 40)
    rcf_g = fields.quantity("or force", "g", 1, 30000)
    minutes = fields.quantity("Time", "min", Decimal("0.1"), 120)

    def clean(self) -> dict[str, Any]:
        """Work out the force from speed and radius, and never from a speed alone."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        rpm, radius = cleaned.get("rpm"), cleaned.get("rotor_radius_cm")
        if radius is not None and rpm is None and "rpm" not in self.errors:
            self.add_error("rpm", "A rotor radius needs the speed in rpm.")
        elif rpm is not None and radius is None and "rotor_radius_cm" not in self.errors:
            words = "A speed in rpm needs the rotor radius: without it, rpm is not a g-force."
            self.add_error("rotor_radius_cm", words)
        elif rpm is not None and radius is not None:
            self._take_force(cleaned, rcf_g(rpm, radius))
        return cleaned

    def _take_force(self, cleaned: dict[str, Any], force_g: Decimal) -> None:
        typed_g = cleaned.get("rcf_g")
        if not 1 <= force_g <= 30000:
            self.add_error("rpm", f"This speed at this radius is {force_g} g: that cannot be.")
        elif typed_g is not None and abs(typed_g - force_g) > Decimal("0.1"):
            words = f"Speed and radius make {force_g} g, not {typed_g} g. Empty one of the two."
            self.add_error("rcf_g", words)
        else:
            cleaned["rcf_g"] = force_g


class AnaestheticForm(RowForm):
    """A local anaesthetic: 1 % is 10 mg/mL."""

    rows_of = "anaesthetics"
    presets = frozenset({"agent", "with_adrenaline"})
    agent = forms.ChoiceField(
        label="Agent",
        required=False,
        choices=Anaesthetic.Agent.choices,
        initial=Anaesthetic.Agent.LIDOCAINE,
        widget=forms.Select(attrs={"class": "w-name"}),
    )
    strength_percent = fields.quantity("Strength", "%", Decimal("0.1"), 10, places=2)
    volume_ml = fields.quantity("Volume", "mL", Decimal("0.1"), 100, places=2)
    with_adrenaline = forms.BooleanField(label="With adrenaline", required=False)

    def __init__(self, *args: Any, is_allergic: bool, **kwargs: Any) -> None:
        """With `is_allergic` nothing is preselected: the agent is chosen, or the row waits."""
        self.is_allergic = is_allergic
        super().__init__(*args, **kwargs)
        if is_allergic:
            agent = cast(forms.ChoiceField, self.fields["agent"])
            agent.choices = [("", "Choose"), *Anaesthetic.Agent.choices]
            agent.initial = ""

    def clean_agent(self) -> str:
        """Fall back on the only agent there is so far, except in an allergic patient."""
        preset = "" if self.is_allergic else Anaesthetic.Agent.LIDOCAINE
        return str(self.cleaned_data["agent"] or preset)


class LotForm(RowForm):
    """A disposable, tube or drug by its lot; one expired or recalled is refused here already."""

    rows_of = "lots"
    presets = frozenset({"kind"})
    product = fields.words("Product", 80)
    lot_number = fields.words("Lot number", 40)
    expiry_date = fields.date_of("Expiry")

    def __init__(self, *args: Any, performed_date: Any, **kwargs: Any) -> None:
        self.performed_date = performed_date
        super().__init__(*args, **kwargs)
        self.fields["lot_number"].widget.attrs["class"] = "w-code"
        self.fields = {"kind": self._kinds(), **self.fields}

    def _kinds(self) -> forms.ChoiceField:
        other = Lot.Kind.TUBE if self.session.technique != "prp" else Lot.Kind.DEVICE
        choices = [(kind, label) for kind, label in Lot.Kind.choices if kind != other]
        return forms.ChoiceField(
            label="What",
            required=False,
            choices=choices,
            initial=choices[0][0],
            widget=forms.Select(attrs={"class": "w-name"}),
        )

    def clean_product(self) -> str:
        """Drop needless spaces, so that one product has one name."""
        return " ".join(str(self.cleaned_data["product"]).split())

    def clean_lot_number(self) -> str:
        """Drop needless spaces, so that one lot has one number."""
        return " ".join(str(self.cleaned_data["lot_number"]).split())

    def clean(self) -> dict[str, Any]:
        """Refuse a lot that is expired on the session's date, recalled, or on record otherwise."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        expiry = cleaned.get("expiry_date")
        if expiry is not None and expiry < self.performed_date:
            self.add_error("expiry_date", "This expired before the date of the session.")
        elif self.is_whole():
            trouble = lot_trouble(self.session, self.as_stored())
            if trouble is not None:
                self.add_error(*trouble)
        return cleaned


if TYPE_CHECKING:
    _BaseRows = forms.BaseFormSet[RowForm]
else:
    _BaseRows = forms.BaseFormSet


class RowsFormSet(_BaseRows):
    """The rows of one kind, with what the kind forbids between them."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        **forms.BaseFormSet.default_error_messages,
        "too_many_forms": "There can be at most %(num)d rows here.",
    }

    def kept(self) -> list[RowForm]:
        """Return the rows that were not removed and have something in them."""
        return [row for row in self.forms if not self._removed(row) and row.is_begun()]

    def kept_or_wrong(self) -> list[RowForm]:
        """Return the rows that were not removed."""
        return [row for row in self.forms if not self._removed(row)]

    def _removed(self, row: RowForm) -> bool:
        return bool(getattr(row, "cleaned_data", {}).get("DELETE"))

    def clean(self) -> None:
        """Refuse a region or a lot that is in the list twice."""
        seen = set()
        for row in self.kept():
            field, identity = self._identity(row)
            if identity and identity in seen:
                row.add_error(field, "This is in the list already.")
            seen.add(identity)

    def _identity(self, row: RowForm) -> tuple[str, Any]:
        if isinstance(row, ZoneForm):
            return "region", row.cleaned_data.get("region")
        if isinstance(row, LotForm) and row.is_whole():
            return "lot_number", tuple(row.cleaned_data[name] for name in _LOT_IDENTITY)
        return "", None


_LOT_IDENTITY = ("kind", "product", "lot_number")


def rows_formset(form: type[RowForm]) -> type[RowsFormSet]:
    """Return the formset class for rows of one kind."""
    made: Any = forms.formset_factory(
        form,
        formset=RowsFormSet,
        extra=0,
        can_delete=True,
        max_num=MOST_ROWS,
        validate_max=True,
        absolute_max=MOST_ROWS_WITH_REMOVED,
    )
    return cast(type[RowsFormSet], made)
