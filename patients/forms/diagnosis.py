"""The diagnosis: a pattern or cause, and how far it has gone, chosen from pictures or a list.

Scale and grade are one choice, so that they always fit each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.http import QueryDict

from clinic.base.forms import AskedAgainField
from patients import scales
from patients.actions.assessment import Graded
from patients.drawings import Shape, drawing_of, drawing_of_basp_part
from patients.forms.fields import ParagraphsField
from patients.forms.mistake import KEPT, MistakeForm
from patients.models import Diagnosis, Patient
from patients.scales import BaspType, Scale

_Condition, _Sex = Diagnosis.Condition, Patient.Sex
_PATTERN_OF: dict[str, str] = {_Sex.MALE: _Condition.AGA_MALE, _Sex.FEMALE: _Condition.AGA_FEMALE}
_SCALES_OF: dict[str, tuple[str, ...]] = {
    _Condition.AGA_MALE: (Scale.NORWOOD, Scale.BASP),
    _Condition.AGA_FEMALE: (Scale.LUDWIG, Scale.SINCLAIR, Scale.SAVIN, Scale.BASP),
}
_OF_EITHER_SEX = (Scale.BASP, Scale.SALT)
_SALT_AREAS = {
    "vertex": "Vertex (top), 40 % of the scalp",
    "back": "Back, 24 %",
    "left": "Left side, 18 %",
    "right": "Right side, 18 %",
}
TWO_SCALES = "Two scales are filled in: {}. Keep the one that you mean."


def _scales_of_sex(sex: str) -> tuple[str, ...]:
    """Return the scales made for a sex; all of them where it settles nothing."""
    pattern = _PATTERN_OF.get(sex)
    return (*_SCALES_OF[pattern], *_OF_EITHER_SEX) if pattern else tuple(Scale)


def _fitting_first(sex: str) -> list[str]:
    fitting = _scales_of_sex(sex)
    return sorted(scales.LISTED, key=lambda scale: scale not in fitting)


def _grades(sex: str) -> list[Any]:
    """Return the grades by scale, the scale that fits the patient first."""
    return [
        ("", "Not graded"),
        *(
            (
                Scale(scale).label,
                [
                    (f"{scale}:{grade}", f"{Scale(scale).label} {grade}")
                    for grade in scales.LISTED[scale]
                ],
            )
            for scale in _fitting_first(sex)
        ),
    ]


def _pictured() -> list[tuple[str, str]]:
    return [
        (f"{scale}:{grade}", f"{Scale(scale).label} {grade}")
        for scale, grades in scales.LISTED.items()
        for grade in grades
    ]


def _unusual(sex: str, condition: str, scale: str) -> str:
    """Return what does not usually go together, in sentences, or ""."""
    usual = _PATTERN_OF.get(sex)
    is_pattern, says = condition in _SCALES_OF, f"the record says {_Sex(sex).label.lower()}."
    sentences = []
    if usual and is_pattern and condition != usual:
        sentences.append(f"{_Condition(condition).label} is unusual: {says}")
    if scale and is_pattern and scale not in _SCALES_OF[condition]:
        fitted = _Condition(condition).label.lower()
        sentences.append(f"{Scale(scale).label} is not the scale of {fitted}.")
    elif scale and not sentences and scale not in _scales_of_sex(sex):
        sentences.append(f"{Scale(scale).label} is unusual: {says}")
    return " ".join(sentences)


@dataclass(frozen=True)
class Card:
    """One grade as a picture to choose; `described` says in words what is bald."""

    name: str
    value: str
    label: str
    described: str
    shapes: Sequence[Shape]
    is_chosen: bool

    @property
    def key(self) -> str:
        """What the card's identifiers on the page are made of."""
        return f"{self.name}-{self.value.replace(':', '-') or 'none'}"


@dataclass(frozen=True)
class Cards:
    """The grades of one scale, or one part of a BASP type."""

    title: str
    cards: list[Card]
    is_open: bool = False

    @property
    def chosen(self) -> str:
        """The label of the grade that is chosen, or ""."""
        return next((card.label for card in self.cards if card.is_chosen and card.value), "")


def _choice(options: dict[str, str]) -> forms.ChoiceField:
    choices = [("", "Not said"), *((value, value) for value in options)]
    return forms.ChoiceField(choices=choices, required=False, widget=forms.RadioSelect)


def _share(area: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=_SALT_AREAS[area],
        required=False,
        min_value=0,
        max_value=100,
        widget=forms.NumberInput(
            attrs={"class": "w-digit", "inputmode": "numeric", "data-unit": "% lost"}
        ),
    )


class DiagnosisForm(MistakeForm):
    """What was found. `last` is the diagnosis of an earlier visit, which may still hold."""

    prefix = "diagnosis"

    as_last = forms.BooleanField(label="As last time", required=False)
    last_seen = forms.CharField(required=False, widget=forms.HiddenInput)
    condition = forms.ChoiceField(
        label="Diagnosis",
        choices=[("", "Choose"), *Diagnosis.Condition.choices],
        error_messages={"required": "Choose the diagnosis."},
        widget=forms.Select(attrs={"class": "w-email"}),
    )
    graded = forms.ChoiceField(
        label="Scale and grade",
        help_text="From the list, or from the pictures below.",
        required=False,
        widget=forms.Select(attrs={"class": "w-email", "data-grade-list": True}),
    )
    pictured = forms.ChoiceField(choices=[("", "None"), *_pictured()], required=False)
    basp_basic = _choice(scales.BASIC)
    basp_frontal = _choice(scales.FRONTAL)
    basp_vertex = _choice(scales.VERTEX)
    salt_vertex = _share("vertex")
    salt_back = _share("back")
    salt_left = _share("left")
    salt_right = _share("right")
    note = ParagraphsField(
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"class": "w-text", "rows": 2}),
    )

    is_meant = AskedAgainField(label="Record it all the same", required=False)
    # What was asked where the box was ticked: the answer to one question is none to another.
    asked = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        sex: str,
        is_needed: bool = True,
        written: Diagnosis | None = None,
        last: Diagnosis | None = None,
    ) -> None:
        initial = _initial(written) if written else {}
        super().__init__(data, initial=initial | {"last_seen": str(last.pk) if last else ""})
        self.sex, self.last = sex, last
        self.chosen: Graded | None = None
        self.fields["graded"].choices = _grades(sex)  # type: ignore[attr-defined]
        self.fields["condition"].required = is_needed
        self.offer_taking_off(is_written=written is not None)
        if last is None:
            del self.fields["as_last"], self.fields["last_seen"]

    def clean(self) -> dict[str, Any]:
        """Bring the choices to one grade; ask about what does not usually go together."""
        values = super().clean() or {}
        is_changed = bool(values.get("as_last") or (values.get("condition") and self._is_changed))
        if self.asks_to_take_off(values, is_changed=is_changed):
            return values
        if values.get("as_last") and self.last is not None:
            self._repeat(self.last)
            return values
        if self.last is None and self.data.get(self.add_prefix("as_last")):
            self.add_error("condition", "Nothing was found before that day: choose the diagnosis.")
            return values
        found = self._found()
        if len(found) > 1:
            named = " and ".join(_named(scale, grade) for scale, grade in found)
            self.add_error("graded", TWO_SCALES.format(named))
        scale, grade = found[0] if found else ("", "")
        condition = values.get("condition", "")
        if found and not condition and "condition" not in self.errors:
            self.add_error("condition", "Choose the diagnosis that is graded.")
        elif self.is_written and not condition and "condition" not in self.errors:
            self.add_error("condition", KEPT)
        self._ask_about(_unusual(self.sex, condition, scale))
        if condition and not self.errors:
            lost = self._salt if scale == Scale.SALT else None
            self.chosen = Graded(condition, scale, grade, lost, values.get("note", ""))
        return values

    @property
    def _is_changed(self) -> bool:
        """Whether something else is said of the diagnosis than what is written."""
        own = {"condition", "graded", "note", "basp_basic", "basp_frontal", "basp_vertex"}
        return bool((own | {f"salt_{area}" for area in _SALT_AREAS}) & set(self.changed_data))

    def _repeat(self, last: Diagnosis) -> None:
        """Take the diagnosis of last time; what is new stands beside it by mistake, or is meant."""
        if set(self.changed_data) & {"condition", "graded", "pictured", "basp_basic"} or self._salt:
            self.add_error("as_last", "Untick this, or take back what you chose instead.")
            return
        if self.cleaned_data.get("last_seen") != str(last.pk):
            self._show_anew(last)
            return
        lost = last.salt_lost_percent if last.scale == Scale.SALT else None
        note = self.cleaned_data.get("note", "")
        self.chosen = Graded(last.condition, last.scale, last.grade, lost, note)

    def _show_anew(self, last: Diagnosis) -> None:
        """Have the page come back with what stands now, unticked: nobody repeats what is unseen."""
        typed = {name: value for name, value in self.data.items() if not name.endswith("as_last")}
        self.data = {**typed, self.add_prefix("last_seen"): str(last.pk)}
        self.add_error(
            "as_last", f"On that day the last one is {last}. Look at it, and tick again."
        )

    def _found(self) -> list[tuple[str, str]]:
        """Return the grades that were chosen, one of each way to say it."""
        listed = self._listed()
        found = [tuple(listed.split(":"))] if listed else []
        if basp := self._basp():
            found.append((Scale.BASP.value, str(basp)))
        if self._salt:
            found.append((Scale.SALT.value, ""))
            self._need_all_areas()
        return found  # type: ignore[return-value]

    def _listed(self) -> str:
        """Return what list and pictures say together: whichever of them was changed."""
        before = str(self.initial.get("graded", ""))
        said = [self.cleaned_data.get(name) or "" for name in ("graded", "pictured")]
        changed = [value for value in dict.fromkeys(said) if value != before]
        if len(changed) > 1 and "" in changed:
            changed.remove("")
        if len(changed) > 1:
            names = " and ".join(_named(*value.split(":")) for value in changed)
            self.add_error("graded", f"List and picture differ: {names}. Choose one of them.")
        return changed[0] if changed else before

    def _basp(self) -> BaspType | None:
        parts = [
            self.cleaned_data.get(f"basp_{name}") or "" for name in ("basic", "frontal", "vertex")
        ]
        if any(parts) and not parts[0]:
            self.add_error("basp_basic", "Choose the basic type, too: L, M, C or U.")
            return None
        return BaspType(*parts) if parts[0] else None

    @property
    def _salt(self) -> dict[str, int]:
        """What was said to be lost of each area, in percent."""
        shares = {area: self.cleaned_data.get(f"salt_{area}") for area in scales.SALT_WEIGHTS}
        return {area: share for area, share in shares.items() if share is not None}

    def _need_all_areas(self) -> None:
        for area in scales.SALT_WEIGHTS:
            if area not in self._salt and f"salt_{area}" not in self.errors:
                self.add_error(f"salt_{area}", "SALT needs all four areas: 0 where none is lost.")

    def _ask_about(self, unusual: str) -> None:
        asked, is_meant = self.cleaned_data.get("asked"), self.cleaned_data.get("is_meant")
        if unusual and not (is_meant and asked == unusual):
            self._ask(unusual)
            self.add_error("is_meant", f"{unusual} Change it, or tick the box and save again.")

    def _ask(self, unusual: str) -> None:
        """Have the page come back with the question, and with the box empty."""
        typed = {name: value for name, value in self.data.items() if not name.endswith("is_meant")}
        self.data = {**typed, self.add_prefix("asked"): unusual}

    @property
    def asks_whether_meant(self) -> bool:
        """Whether the question about an unusual finding is to be shown."""
        return "is_meant" in self.errors or bool(self["is_meant"].value())

    @cached_property
    def pictures(self) -> list[Cards]:
        """The grades of the listed scales as cards; the scale in use, or that fits, is open."""
        ordered = _fitting_first(self.sex)
        now = str(self["pictured"].value() or self["graded"].value() or "")
        last = self.last.scale if self.last and self.last.scale in ordered else ordered[0]
        opened = now.partition(":")[0] or last
        return [
            Cards(
                str(Scale(scale).label),
                [
                    Card(
                        name=self.add_prefix("pictured"),
                        value=f"{scale}:{grade}",
                        label=grade,
                        described=words,
                        shapes=drawing_of(scale, grade),
                        is_chosen=now == f"{scale}:{grade}",
                    )
                    for grade, words in scales.LISTED[scale].items()
                ],
                is_open=scale == opened,
            )
            for scale in ordered
        ]

    @property
    def is_none_pictured(self) -> bool:
        """Whether no picture is chosen."""
        return not any(group.chosen for group in self.pictures)

    @cached_property
    def basp_parts(self) -> list[Cards]:
        """The three parts of a BASP type as cards."""
        return [
            self._basp_cards("Front edge", "basp_basic", scales.BASIC),
            self._basp_cards("Top", "basp_frontal", scales.FRONTAL),
            self._basp_cards("Vertex", "basp_vertex", scales.VERTEX),
        ]

    def _basp_cards(self, title: str, name: str, options: dict[str, str]) -> Cards:
        now = str(self[name].value() or "")
        said = Card(self.add_prefix(name), "", "Not said", "", [], is_chosen=not now)
        cards = [
            Card(said.name, value, value, words, drawing_of_basp_part(value), now == value)
            for value, words in options.items()
        ]
        return Cards(title, [said, *cards], is_open=bool(now))

    @property
    def basp_in_words(self) -> str:
        """The BASP type that is chosen, or ""."""
        return "".join(group.chosen for group in self.basp_parts)

    @property
    def salt_fields(self) -> list[Any]:
        """The four fields of SALT."""
        return [self[f"salt_{area}"] for area in _SALT_AREAS]

    @property
    def has_salt(self) -> bool:
        """Whether something of SALT is filled in or wrong."""
        return any(field.value() not in (None, "") or field.errors for field in self.salt_fields)


def _initial(written: Diagnosis) -> dict[str, Any]:
    values: dict[str, Any] = {"condition": written.condition, "note": written.note}
    if written.scale in scales.LISTED:
        values["graded"] = values["pictured"] = f"{written.scale}:{written.grade}"
    if kind := BaspType.of(written.grade) if written.scale == Scale.BASP else None:
        parts = {"basic": kind.basic, "frontal": kind.frontal, "vertex": kind.vertex}
        values |= {f"basp_{name}": part for name, part in parts.items()}
    if written.scale == Scale.SALT:
        values |= {f"salt_{area}": share for area, share in written.salt_lost_percent.items()}
    return values


def _named(scale: str, grade: str) -> str:
    return f"{Scale(scale).label} {grade}".strip()
