"""What the patient fills in, question by question. Nothing is chosen beforehand.

Each form gives what was told as plain values for `PatientAnswer.value`; nothing told is `{}`.
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict

from clinic.base.forms import PlainForm
from clinic.questionnaires.questions import Question
from patients.forms.fields import LineField, ParagraphsField, PartialDateField

YES, NO, NOT_KNOWN = "yes", "no", "not_known"
ANSWERS = [(YES, "Yes"), (NO, "No"), (NOT_KNOWN, "I don’t know")]
_DONT_KNOW = (NOT_KNOWN, "I don’t know")
_ABOUT_WHEN = "A year is enough: 2019, or March 2021"


def fingerprint(value: Mapping[str, Any]) -> str:
    """Return a short mark of what an answer says, to tell whether a page changed it."""
    return sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


def _line(label: str, *, longest: int, hint: str = "", width: str = "w-line") -> LineField:
    return LineField(
        label=label,
        max_length=longest,
        required=False,
        help_text=hint,
        widget=forms.TextInput(attrs={"class": width, "autocomplete": "off"}),
    )


def _when(label: str) -> PartialDateField:
    return PartialDateField(label=label, required=False, help_text=_ABOUT_WHEN)


def _one_of(label: str, choices: list[tuple[str, str]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, required=False, widget=forms.RadioSelect)


def _some_of(label: str, choices: list[tuple[str, str]]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple
    )


class SaidForm(PlainForm):
    """One question on the patient's screen; `was` marks what stood there when it was shown."""

    LEAD: ClassVar[str] = "answer"
    """The field that carries the question itself."""
    EXCLUSIVE: ClassVar[dict[str, tuple[str, ...]]] = {}
    """By field of several boxes, those that go with no other."""

    was = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        question: Question,
        item: str,
        value: Mapping[str, Any],
    ) -> None:
        self.question, self.item = question, item
        initial = {**value, "was": fingerprint(value)}
        super().__init__(data, prefix=item.replace(".", "-"), initial=initial)
        self.word(question)

    def word(self, question: Question) -> None:
        """Put the question's own words on the field that carries it."""
        if field := self.fields.get(self.LEAD):
            field.label, field.help_text = question.words, question.hint

    def clean(self) -> dict[str, Any]:
        """Refuse a box that says none together with others."""
        values = super().clean() or {}
        for name, alone in self.EXCLUSIVE.items():
            chosen = values.get(name) or []
            if len(chosen) > 1 and any(each in alone for each in chosen):
                self.add_error(name, "You ticked one that goes with no other. Take one away.")
        return values

    def told(self) -> dict[str, Any]:
        """Return what was told, without what was left empty."""
        return {
            name: value if isinstance(value, list) else str(value)
            for name, value in self.cleaned_data.items()
            if name != "was" and value not in (None, "", [])
        }

    @property
    def is_changed_here(self) -> bool:
        """Whether this page says something else than it showed."""
        return fingerprint(self.told()) != self.cleaned_data["was"]

    @property
    def lead(self) -> Any:
        """The field with the question."""
        return self[self.LEAD] if self.LEAD in self.fields else None

    @property
    def details(self) -> list[Any]:
        """The other fields that people see."""
        return [
            self[name]
            for name, field in self.fields.items()
            if name != self.LEAD and not field.widget.is_hidden
        ]


class YesOrNoForm(SaidForm):
    """Yes, no, or I don't know."""

    answer = _one_of("", ANSWERS)

    def told(self) -> dict[str, Any]:
        """Return the answer; details only with a yes."""
        told = super().told()
        return (
            told if told.get("answer") == YES else {k: v for k, v in told.items() if k == "answer"}
        )


class ConditionSaidForm(YesOrNoForm):
    """Whether the patient has or had something."""

    since = _when("Since when?")
    note = _line("What should we know about it?", longest=200)


class RelativeSaidForm(YesOrNoForm):
    """Whether a relative lost hair."""

    pattern = _one_of(
        "How?",
        [
            ("male", "Going back at the front, or bald on top"),
            ("female", "Thinner on top, with a wider parting"),
            ("patchy", "In patches"),
            ("total", "All of it"),
            ("scarring", "With scars"),
            _DONT_KNOW,
        ],
    )
    onset_age_years = forms.IntegerField(
        label="How old were they when it began?",
        min_value=0,
        max_value=110,
        required=False,
        help_text="Leave it empty if you don’t know",
        widget=forms.NumberInput(
            attrs={"class": "w-digit", "data-unit": "years", "inputmode": "numeric"}
        ),
    )


class HairSaidForm(SaidForm):
    """How the hair loss began and went on."""

    LEAD = ""
    EXCLUSIVE: ClassVar[dict[str, tuple[str, ...]]] = {"triggers": ("none", NOT_KNOWN)}

    since = _when("When did it start?")
    since_not_known = forms.BooleanField(label="I don’t know when", required=False)
    course = _one_of(
        "How did it come?",
        [
            ("gradual", "Slowly"),
            ("sudden", "All at once"),
            ("patchy", "In patches"),
            ("episodic", "It comes and goes"),
            _DONT_KNOW,
        ],
    )
    shedding = _one_of(
        "How much hair falls out now?",
        [
            ("none", "No more than it always did"),
            ("mild", "A bit more"),
            ("heavy", "Much more"),
            _DONT_KNOW,
        ],
    )
    triggers = _some_of(
        "What came before it? Tick all that fit",
        [
            ("illness", "I was ill or had a fever"),
            ("surgery", "I had an operation"),
            ("childbirth", "I had a baby"),
            ("stress", "Stress, or a loss"),
            ("diet", "A diet, or I lost weight"),
            ("medicine", "A new medicine"),
            ("hormones", "A change in hormones"),
            ("hair_care", "Tight hair styles, dye or heat"),
            ("none", "None of these"),
            _DONT_KNOW,
        ],
    )

    def told(self) -> dict[str, Any]:
        """Return what was told; a date that is there is known."""
        told = super().told()
        told.pop("since_not_known", None)
        if self.cleaned_data.get("since_not_known") and "since" not in told:
            told["since_not_known"] = YES
        return told


class WhereSaidForm(SaidForm):
    """Where hair is lost."""

    LEAD = "places"
    EXCLUSIVE: ClassVar[dict[str, tuple[str, ...]]] = {"places": (NOT_KNOWN,)}

    places = _some_of(
        "",
        [
            ("front", "At the front"),
            ("temples", "At the temples"),
            ("top", "On top"),
            ("crown", "At the crown, at the back of the top"),
            ("parting", "Along the parting"),
            ("sides", "At the sides or the back"),
            ("all", "All over the head"),
            ("patches", "In round patches"),
            ("face_body", "Eyebrows, lashes, beard or body"),
            _DONT_KNOW,
        ],
    )


class MedicineSaidForm(SaidForm):
    """One medicine."""

    LEAD = "name"

    name = _line("", longest=80, width="w-name")
    dose = _line("How much, and how often?", longest=80, hint="For example: 1 mg once a day")
    route = _one_of(
        "How do you take it?",
        [
            ("mouth", "By mouth"),
            ("scalp", "On the scalp"),
            ("skin", "On the skin somewhere else"),
            ("injection", "As a jab"),
            ("inhaled", "I breathe it in"),
            ("other", "Another way"),
            _DONT_KNOW,
        ],
    )
    started = _when("Since when?")

    def word(self, question: Question) -> None:
        """Ask for the name in the list's words."""
        self.fields["name"].label = "What is it called?"
        self.fields["name"].help_text = "As it says on the pack"

    def clean(self) -> dict[str, Any]:
        """Ask for the name where only details were given."""
        values = super().clean()
        if not values.get(self.LEAD) and self.told_but("was", self.LEAD):
            self.add_error(self.LEAD, "Write the name too, or empty the other lines.")
        return values

    def told_but(self, *names: str) -> bool:
        """Return whether anything but these fields was filled in."""
        return any(v for k, v in self.cleaned_data.items() if k not in names)


class AllergySaidForm(MedicineSaidForm):
    """One allergy."""

    LEAD = "substance"

    name = dose = route = started = None  # type: ignore[assignment]
    substance = _line("", longest=80, width="w-name")
    reaction = _line(
        "What happens?", longest=120, hint="For example: a rash, a swollen face, trouble breathing"
    )
    severity = _one_of(
        "How bad was it?",
        [
            ("mild", "Mild"),
            ("severe", "Bad"),
            ("anaphylaxis", "My life was in danger"),
            _DONT_KNOW,
        ],
    )

    def word(self, question: Question) -> None:
        """Ask for the substance."""
        self.fields["substance"].label = "What are you allergic to?"


class TreatmentSaidForm(MedicineSaidForm):
    """One treatment of the hair before."""

    LEAD = "kind"

    name = dose = route = started = None  # type: ignore[assignment]
    kind = _one_of(
        "",
        [
            ("fue", "Hair transplant, hairs taken one by one (FUE)"),
            ("fut", "Hair transplant, a strip of skin taken (FUT)"),
            ("transplant", "Hair transplant, I don’t know which"),
            ("prp", "Jabs of my own blood (PRP)"),
            ("micrograft", "Micrografts"),
            ("fat_cells", "Cells from my own fat"),
            ("laser", "Laser or light"),
            ("mesotherapy", "Jabs of vitamins or other things"),
            ("other", "Something else, or I don’t know"),
        ],
    )
    treated = _when("When was it?")
    place = _line("Where was it?", longest=120)
    sessions = forms.IntegerField(
        label="How many times?",
        min_value=1,
        max_value=200,
        required=False,
        widget=forms.NumberInput(attrs={"class": "w-digit", "inputmode": "numeric"}),
    )
    result = _line("What did it do for you?", longest=300)
    complications = _line("Did anything go wrong?", longest=300)

    def word(self, question: Question) -> None:
        """Ask what was done."""
        self.fields["kind"].label = "What was done?"


class PregnancySaidForm(SaidForm):
    """Whether the patient is pregnant or breastfeeding today."""

    LEAD = ""

    pregnancy = _one_of(
        "Are you pregnant?",
        [*ANSWERS, ("not_applicable", "This does not apply to me")],
    )
    breastfeeding = _one_of(
        "Do you breastfeed?",
        [*ANSWERS, ("not_applicable", "This does not apply to me")],
    )


class WordsSaidForm(SaidForm):
    """An answer in one's own words."""

    LEAD = "text"

    text = ParagraphsField(
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"class": "w-text", "rows": 5}),
    )


FORMS: dict[str, type[SaidForm]] = {
    "hair": HairSaidForm,
    "where": WhereSaidForm,
    "relative": RelativeSaidForm,
    "condition": ConditionSaidForm,
    "medicines": YesOrNoForm,
    "medicine": MedicineSaidForm,
    "allergies": YesOrNoForm,
    "allergy": AllergySaidForm,
    "treatments": YesOrNoForm,
    "treatment": TreatmentSaidForm,
    "pregnancy": PregnancySaidForm,
    "goals": WordsSaidForm,
    "other": WordsSaidForm,
}


def kind_of(item: str) -> str:
    """Return what kind of item this is: "condition" of "condition.heart"."""
    return item.partition(".")[0]


def said_form(
    question: Question, item: str, value: Mapping[str, Any], data: QueryDict | None = None
) -> SaidForm:
    """Return the form of one item, filled in with what was said before."""
    return FORMS[kind_of(item)](data, question=question, item=item, value=value)
