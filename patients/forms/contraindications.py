"""What is typed about contraindications: reasons for going on, and the clinic's rules."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from clinic.base.forms import PlainForm
from patients.analytes import SCALES, Analyte, Unit
from patients.catalogue import Condition
from patients.contraindications.evaluation import Evaluation, Finding, Given
from patients.contraindications.kinds import ASKED_FOR_DAYS, Expecting, Question, read_new_kind
from patients.models import ContraindicationRule as Rule
from patients.models import Medicine
from patients.reasons import SHORTEST_REASON

_LONGEST = 300


class ReasonsForm(PlainForm):
    """A reason for each finding over which nobody goes on without one.

    What was read when the reason was typed goes along, so that it is no reason for anything else.
    """

    errors_about = ""
    """What the errors are said to be about, where forms beside each other ask the same."""

    def __init__(
        self,
        data: Any = None,
        *,
        evaluation: Evaluation,
        prefix: str = "reasons",
        is_asked: bool = True,
    ) -> None:
        """Make the fields; without `is_asked` nothing has to be filled in."""
        super().__init__(data, prefix=prefix)
        self._wanting = evaluation.wanting_reason
        for finding in self._wanting:
            self.fields[finding.key] = _reason(finding, is_asked=is_asked)
            self.fields[f"{finding.key}__why"] = forms.CharField(
                required=False, initial=finding.verdict.why, widget=forms.HiddenInput
            )

    def given(self) -> dict[str, Given]:
        """Return what was typed, by key; call it after `is_valid`."""
        typed = self.cleaned_data
        return {
            finding.key: Given(typed.get(finding.key, ""), typed.get(f"{finding.key}__why", ""))
            for finding in self._wanting
        }

    def clean(self) -> dict[str, Any]:
        """Refuse a reason typed for something that is no longer what is found."""
        cleaned = super().clean() or self.cleaned_data
        for finding in self._wanting:
            read = cleaned.get(f"{finding.key}__why", "")
            if cleaned.get(finding.key) and read != finding.verdict.why:
                words = f"This changed meanwhile: {finding.verdict.why}. Read it, and save again."
                self.add_error(finding.key, words)
                self._show_anew(finding)
        return cleaned

    def _show_anew(self, finding: Finding) -> None:
        """Have the page that comes back show what is found now."""
        shown: Any = self.data
        shown = shown.copy()
        shown[self.add_prefix(f"{finding.key}__why")] = finding.verdict.why
        self.data = shown


def _reason(finding: Finding, *, is_asked: bool) -> forms.CharField:
    what = "Why it is done although this is not known" if finding.is_open else "Why it is done"
    if finding.is_late:
        what = "Known only after the session began. What was decided"
    return forms.CharField(
        label=f"{what}: {finding.rule.sentence}",
        help_text=finding.verdict.why,
        initial=finding.reason,
        required=is_asked,
        min_length=SHORTEST_REASON,
        max_length=_LONGEST,
        error_messages={
            "required": "Write the reason, or do not go on.",
            "min_length": f"Write the reason in {SHORTEST_REASON} letters or more.",
        },
        widget=forms.Textarea(attrs={"rows": 2, "class": "w-text"}),
    )


def _several(label: str, choices: Any, *, required: bool = True, **kwargs: Any) -> Any:
    return forms.MultipleChoiceField(
        label=label,
        choices=choices,
        required=required,
        widget=forms.CheckboxSelectMultiple,
        **kwargs,
    )


def _whole_number(label: str, unit: str, lowest: int, highest: int, **kwargs: Any) -> Any:
    attrs = {"class": "w-number", "data-unit": unit, "inputmode": "numeric"}
    return forms.IntegerField(
        label=label,
        min_value=lowest,
        max_value=highest,
        widget=forms.TextInput(attrs=attrs),
        **kwargs,
    )


_QUESTIONS = [("", "Not asked again"), *Question.choices]


def _fields_of(kind: str) -> dict[str, forms.Field]:
    """Return the fields of a kind's parameters, by the names that the kind reads."""
    return {
        Rule.Kind.MEDICINE: lambda: {
            "groups": _several("Medicines", Medicine.Group.choices),
            "within_hours": _whole_number(
                "Taken within",
                "hours",
                0,
                43_800,
                help_text="Before the session. 48 is 2 days, 336 is 2 weeks; 0 is: taken now.",
            ),
            "routes": _several(
                "Only if taken",
                Medicine.Route.choices,
                required=False,
                help_text="None ticked: whichever way. A way that nobody wrote down always counts.",
            ),
            "question": forms.ChoiceField(
                label="Asked again on the day", choices=_QUESTIONS, required=False
            ),
            "max_age_days": _asked_for("A list gone through counts for"),
        },
        Rule.Kind.CONDITION: lambda: {
            "conditions": _several("Conditions", Condition.choices),
            "max_age_days": _asked_for("A “no” counts for"),
        },
        Rule.Kind.BLOOD: _blood_fields,
        Rule.Kind.ALLERGY: lambda: {
            "words": forms.CharField(
                label="Allergy to",
                help_text="One a line. The beginning of a word is enough: “paraben”.",
                max_length=1000,
                widget=forms.Textarea(attrs={"rows": 4, "class": "w-line"}),
            )
        },
        Rule.Kind.EXPECTING: lambda: {
            "what": _one_of("What was stated", list(Expecting.names.items()))
        },
        Rule.Kind.TODAY: lambda: {"question": _one_of("Question", Question.choices)},
        Rule.Kind.AGE: lambda: {"years": _whole_number("Younger than", "years", 1, 110)},
    }[Rule.Kind(kind)]()


def _asked_for(label: str) -> Any:
    return _whole_number(
        *(label, "days", 1, 3650),
        initial=ASKED_FOR_DAYS,
        help_text="After that it is not known.",
    )


def _one_of(label: str, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect)


def _blood_fields() -> dict[str, forms.Field]:
    analytes = [(each.value, each.label) for each in map(Analyte, SCALES)]
    units = list(dict.fromkeys(Unit(scale.unit) for scales in SCALES.values() for scale in scales))
    return {
        "analyte": forms.ChoiceField(label="Measured", choices=analytes),
        "side": forms.ChoiceField(
            label="Speaks against it",
            choices=[("below", "Below the value"), ("above", "Above the value")],
            widget=forms.RadioSelect(attrs={"across": True}),
        ),
        "value": forms.DecimalField(
            label="Value",
            min_value=Decimal("0.001"),
            max_digits=11,
            decimal_places=3,
            help_text="The value itself does not speak against it.",
            widget=forms.TextInput(attrs={"class": "w-number", "inputmode": "decimal"}),
        ),
        "unit": forms.ChoiceField(label="Unit", choices=[(each, each.label) for each in units]),
        "max_age_days": _whole_number(
            "A result counts for", "days", 1, 3650, help_text="After that it is not known."
        ),
    }


class RuleForm(PlainForm):
    """A rule of one kind: how severe, its parameters, what it says, where that is from."""

    severity = forms.ChoiceField(
        label="Severity",
        choices=[
            ("absolute", "Absolute: nobody is treated"),
            ("relative", "Relative: only with a written reason"),
        ],
        widget=forms.RadioSelect,
    )
    sentence = forms.CharField(
        label="What is shown",
        help_text="A few words: “Platelets below 100 ×10⁹/L”.",
        max_length=200,
        widget=forms.TextInput(attrs={"class": "w-line"}),
    )
    source = forms.CharField(
        label="Source",
        help_text="The guideline, study or decision of the clinic that it comes from.",
        max_length=200,
        widget=forms.TextInput(attrs={"class": "w-line"}),
    )
    number = forms.CharField(
        label="Try it on a patient",
        help_text="The number of a patient, such as AN-1042. Nothing is kept but that you looked.",
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"class": "w-code", "autocomplete": "off"}),
    )

    def __init__(self, data: Any = None, *, kind: str, rule: Rule | None = None) -> None:
        """Make the form of a kind; with `rule`, filled in from that version."""
        parameters = _fields_of(kind)
        super().__init__(data, initial=_initial(rule) if rule else None)
        self.kind, self._names = kind, list(parameters)
        self.fields.update(parameters)
        self.order_fields(["severity", *parameters, "sentence", "source", "number"])

    @property
    def parameter_fields(self) -> list[forms.BoundField]:
        """The fields of the kind's own parameters."""
        return [self[name] for name in self._names]

    @property
    def parameters(self) -> dict[str, Any]:
        """What was typed, as the kind reads it; call it once it is valid."""
        typed = {name: self.cleaned_data[name] for name in self._names}
        if "words" in typed:
            typed["words"] = typed["words"].splitlines()
        if "value" in typed:
            typed["value"] = f"{typed['value'].normalize():f}"
        return typed

    def clean(self) -> dict[str, Any]:
        """Refuse parameters that cannot be meant together."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                read_new_kind(self.kind, self.parameters)
            except ValidationError as error:
                self.add_error(self._names[0], error)
        return cleaned

    def values(self) -> dict[str, Any]:
        """Return what a rule is made of."""
        names = ("severity", "sentence", "source")
        own = {name: self.cleaned_data[name] for name in names}
        return own | {"kind": self.kind, "parameters": self.parameters}


def _initial(rule: Rule) -> dict[str, Any]:
    shown = {**rule.parameters}
    if "words" in shown:
        shown["words"] = "\n".join(shown["words"])
    return shown | {name: getattr(rule, name) for name in ("severity", "sentence", "source")}


class RetireForm(PlainForm):
    """Why a rule ends."""

    reason = forms.CharField(
        label="Why it is retired",
        min_length=SHORTEST_REASON,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "class": "w-text"}),
    )


class DeclineForm(PlainForm):
    """Why a version that waits is turned down."""

    prefix = "decline"

    reason = forms.CharField(
        label="Why it is declined",
        help_text="Whoever wrote it reads this.",
        min_length=SHORTEST_REASON,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "class": "w-text"}),
    )
