"""Forms of the import and the export of patients."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.html import escape

from clinic.base.forms import PlainForm
from clinic.practice.models import Site
from clinic.staff.models import User
from patients import countries
from patients.exchange import dates, names
from patients.exchange.columns import BY_KEY, FULL_NAME, PHONES, choices
from patients.exchange.csv_files import DELIMITERS, ENCODINGS
from patients.exchange.exporting import EXPORTED
from patients.exchange.limits import MOST_BYTES, MOST_ROWS
from patients.exchange.words import SEX_WORDS
from patients.models import ImportSource, Patient, PatientImport

MODES = [
    ("all", "All or nothing: one row that is not clear keeps the whole file out"),
    ("rows", "Row by row: what is clear is imported, the rest is left out and listed"),
]


def _select(width: str = "w-email") -> forms.Select:
    return forms.Select(attrs={"class": width})


class UploadForm(PlainForm):
    """Which file, of which system, for which site."""

    source = forms.CharField(
        label="Which system it comes from",
        max_length=60,
        help_text="The same name as last time, so that patients are updated instead of doubled.",
        widget=forms.TextInput(attrs={"class": "w-name", "list": "sources", "autocomplete": "off"}),
    )
    site = forms.ModelChoiceField(
        label="Site at which new patients are registered",
        queryset=Site.objects.none(),
        widget=_select("w-name"),
    )
    file = forms.FileField(
        label="File",
        help_text=f"CSV or Excel (.xlsx), at most {MOST_BYTES >> 20} MB and {MOST_ROWS:,} rows.",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["site"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - says what is known above
        field.queryset = Site.objects.filter(pk__in=[site.pk for site in user.workplaces])
        if len(user.workplaces) == 1:
            field.initial = user.workplaces[0]

    @property
    def sources(self) -> list[str]:
        """The systems of which files came before."""
        return list(ImportSource.objects.values_list("name", flat=True))


class ReadAnewForm(PlainForm):
    """How the file is written, where it was not recognised rightly."""

    encoding = forms.ChoiceField(
        label="Encoding", choices=list(ENCODINGS.items()), widget=_select("w-name")
    )
    delimiter = forms.ChoiceField(
        label="Between the columns", choices=list(DELIMITERS.items()), widget=_select("w-phone")
    )
    header = forms.IntegerField(
        label="Line with the names of the columns",
        min_value=1,
        max_value=30,
        widget=forms.NumberInput(attrs={"class": "w-number"}),
    )

    def __init__(self, *args: Any, reading: dict[str, Any], **options: Any) -> None:
        how = reading["format"]
        initial = {
            "encoding": how["encoding"],
            "delimiter": how["delimiter"],
            "header": reading["header"],
        }
        options["initial"] = initial
        super().__init__(*args, **options)
        if how["kind"] == "xlsx":
            del self.fields["encoding"], self.fields["delimiter"]


class ColumnsForm(PlainForm):
    """What each column of the file holds."""

    def __init__(self, *args: Any, reading: dict[str, Any], **options: Any) -> None:
        super().__init__(*args, **options)
        self.headers = reading["headers"]
        for place, header in enumerate(self.headers):
            self.fields[f"column_{place}"] = forms.ChoiceField(
                label=header,
                choices=choices(),
                required=False,
                initial=reading["columns"][place],
                widget=_select("w-name"),
            )

    def clean(self) -> dict[str, Any]:
        """Refuse one meaning for two columns, and a file without names."""
        data = super().clean() or {}
        taken: dict[str, str] = {}
        for place, header in enumerate(self.headers):
            key = data.get(f"column_{place}", "")
            if key in taken:
                said = f"“{taken[key]}” is chosen as {BY_KEY[key].label.lower()} already."
                self.add_error(f"column_{place}", said)
            elif key:
                taken[key] = header
        self._check_names(set(taken))
        return data

    def _check_names(self, taken: set[str]) -> None:
        parts = {"family_name", "given_names"}
        if FULL_NAME in taken and taken & parts:
            raise ValidationError(
                "Choose either the whole name or family and given names, not both."
            )
        if FULL_NAME not in taken and not parts <= taken:
            raise ValidationError(
                "Say which columns hold the family name and the given names, or the whole name."
            )
        if not taken & {"date_of_birth", "phone", "email"}:
            raise ValidationError(
                "Without a date of birth, a phone number or an e-mail address nobody is recognised."
            )

    def columns(self) -> list[str]:
        """Return the keys by place, "" for what is left out."""
        return [self.cleaned_data[f"column_{place}"] for place in range(len(self.headers))]


class ReadingForm(PlainForm):
    """How the values of the file are to be read: chosen once for all rows."""

    def __init__(self, *args: Any, which: PatientImport, **options: Any) -> None:
        super().__init__(*args, **options)
        self.reading, self.examined = which.reading, which.examined
        keys = set(which.reading["columns"])
        if "date_of_birth" in keys and self.examined["dates"]["total"]:
            self._add_dates()
        if "date_of_birth" in keys and self.examined["dates"].get("short"):
            self._add_short_years()
        if FULL_NAME in keys:
            self._add_names()
        self._add_sexes()
        if keys & set(PHONES):
            self._add_country(
                "phone_region", "Country of phone numbers without a country code", required=True
            )
        if keys & {"address", "town", "postcode"}:
            self._add_country("address_country", "Country of addresses that name none")
        self.fields["mode"] = forms.ChoiceField(
            label="What is imported",
            choices=MODES,
            initial="all" if which.all_or_nothing else "rows",
            widget=forms.RadioSelect,
        )

    def _add_dates(self) -> None:
        found = self.examined["dates"]
        fits = {key: found["fits"].get(key, 0) for key in dates.ORDERS}
        self.fields["date_order"] = forms.ChoiceField(
            label="How dates of birth are written",
            help_text=_said_of_dates(found),
            choices=[
                (key, f"{label} · {fits[key]:,} of {found['total']:,} dates can be read so")
                for key, label in dates.ORDERS.items()
            ],
            initial=dates.proposed(found),
            widget=forms.RadioSelect,
            error_messages={"required": "Choose how the dates are written: nobody guesses it."},
        )

    def _add_short_years(self) -> None:
        found = self.examined["dates"]
        self.fields["short_years"] = forms.ChoiceField(
            label="How years of two digits are read",
            help_text=_said_of_short_years(found),
            choices=list(dates.SHORT_YEARS.items()),
            widget=forms.RadioSelect,
            error_messages={
                "required": "Choose how years of two digits are read: nobody guesses it."
            },
        )

    def _add_names(self) -> None:
        found = self.examined["names"]
        whole = [key for key in names.ORDERS if found.get(key) == found.get("total")]
        self.fields["name_order"] = forms.ChoiceField(
            label="How whole names are written",
            help_text="Names that are not written so are listed as errors.",
            choices=[
                (key, f"{label} · {found.get(key, 0):,} of {found.get('total', 0):,}")
                for key, label in names.ORDERS.items()
            ],
            initial=whole[0] if len(whole) == 1 else self.reading.get("name_order", ""),
            widget=forms.RadioSelect,
        )

    def _add_sexes(self) -> None:
        saved = self.reading.get("sex_words", {})
        for place, (word, count) in enumerate(self.examined["sexes"].items()):
            self.fields[f"sex_{place}"] = forms.ChoiceField(
                label=f"“{word}” as sex at birth ({count:,} rows)",
                choices=[("", "Not chosen: these rows are errors"), *Patient.Sex.choices],
                required=False,
                initial=saved.get(word, SEX_WORDS.get(word, "")),
                widget=_select("w-name"),
            )

    def _add_country(self, name: str, label: str, *, required: bool = False) -> None:
        unknown = [] if required else [("", "Not known")]
        self.fields[name] = forms.ChoiceField(
            label=label,
            choices=[*unknown, *countries.names().items()],
            required=required,
            initial=self.reading.get(name, countries.HOME),
            widget=_select("w-name"),
        )

    def chosen(self) -> dict[str, Any]:
        """Return the choices as they are stored."""
        words = {
            word: self.cleaned_data[f"sex_{place}"]
            for place, word in enumerate(self.examined["sexes"])
        }
        names_of = ("date_order", "short_years", "name_order", "phone_region", "address_country")
        found = {name: self.cleaned_data[name] for name in names_of if name in self.fields}
        before = self.reading.get("sex_words", {})
        return {"short_years": "", **found, "sex_words": {**before, **words}}

    @property
    def all_or_nothing(self) -> bool:
        """Whether one row keeps the whole file out."""
        return bool(self.cleaned_data["mode"] == "all")


def _said_of_short_years(found: dict[str, Any]) -> str:
    has = "date has" if found["short"] == 1 else "dates have"
    example = escape(found["short_such_as"])
    return (
        f"{found['short']:,} {has} such a year, as “{example}”. Somebody of 100 years would be "
        "taken for a child: write their year with four digits. The report says of each row how it "
        "was read."
    )


def _said_of_dates(found: dict[str, Any]) -> str:
    if dates.proposed(found):
        return "Every date fits this order and no other. Cells that are dates have no order."
    if len(found["only"]) > 1:
        examples = " and ".join(f"“{text}”" for text in found["only"].values())
        return f"The dates are mixed, such as {examples}. Those that do not fit are errors."
    if any(found["fits"].get(key, 0) == found["total"] for key in dates.ORDERS):
        return "All dates fit more than one order. Ask who made the file, or look at one you know."
    return "No order fits every date. Those that do not fit are errors."


class ExportForm(PlainForm):
    """Which patients, which columns, which kind of file."""

    site = forms.ModelChoiceField(
        label="Site", queryset=Site.objects.none(), required=False, widget=_select("w-name")
    )
    registered_from = forms.DateField(
        label="Registered from",
        required=False,
        widget=forms.DateInput(attrs={"class": "w-date", "type": "date"}),
    )
    registered_to = forms.DateField(
        label="Registered to",
        required=False,
        widget=forms.DateInput(attrs={"class": "w-date", "type": "date"}),
    )
    for_research = forms.BooleanField(
        label="For research: only patients who agree to it",
        help_text="Who took their consent to research back, or never gave it, is left out.",
        required=False,
    )
    columns = forms.MultipleChoiceField(
        label="Columns",
        choices=[(key, label) for key, label in EXPORTED.items()],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one column."},
    )
    format = forms.ChoiceField(
        label="Kind of file",
        choices=[("xlsx", "Excel (.xlsx)"), ("csv", "CSV")],
        widget=forms.RadioSelect(attrs={"across": True}),
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        options.setdefault("initial", {"columns": list(EXPORTED), "format": "xlsx"})
        super().__init__(*args, **options)
        field = self.fields["site"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - says what is known above
        field.queryset = Site.objects.filter(pk__in=[site.pk for site in user.workplaces])
        field.empty_label = "All sites where you work"

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins."""
        data = super().clean() or {}
        first, last = data.get("registered_from"), data.get("registered_to")
        if first and last and last < first:
            self.add_error("registered_to", "The last day lies before the first.")
        if first and first > timezone.localdate():
            self.add_error("registered_from", "This day lies in the future.")
        return data
