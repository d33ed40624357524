"""A whole session on one page: the forms together, and what of them can be kept."""

from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone

from clinic.base.forms import PlainForm
from clinic.base.templatetags.anagen import day
from clinic.practice.models import Site, Technique
from clinic.staff.models import User
from patients.contraindications.kinds import Question
from patients.models import Answer
from treatments.contraindications import Known
from treatments.draft import Draft
from treatments.forms import fields
from treatments.forms.places import part_of
from treatments.forms.rows import (
    AnaestheticForm,
    LotForm,
    RowForm,
    RowsFormSet,
    SpinForm,
    ZoneForm,
    rows_formset,
)
from treatments.forms.stored import (
    asked_date_of,
    preparation_initial,
    rows_initial,
    session_initial,
)
from treatments.models import MicrograftPreparation, PrpPreparation, Session
from treatments.times import STILL_TO_COME, case_opened_date, disorder, is_to_come

# What the fields of the questions of the day begin with.
ASKED = "asked_"


class SessionForm(PlainForm):
    """What every session has: place, people, confirmations, times, observations."""

    site = forms.ModelChoiceField(
        label="Site",
        queryset=Site.objects.none(),
        required=False,
        empty_label=None,
        widget=forms.Select(attrs={"class": "w-name"}),
    )
    operator = forms.ModelChoiceField(
        label="Operator",
        queryset=User.objects.none(),
        required=False,
        empty_label=None,
        widget=forms.Select(attrs={"class": "w-name"}),
    )
    performed_date = fields.date_of("Date of the session")
    started_time = fields.time_of("Started")
    identity_confirmed = forms.BooleanField(
        label="The patient said their name and date of birth", required=False
    )
    contraindications_checked = forms.BooleanField(
        label="Contraindications and allergies asked again", required=False
    )
    consent_reconfirmed = forms.BooleanField(
        label="Consent reconfirmed: the patient was asked today and still agrees", required=False
    )
    responsible_doctor = forms.ModelChoiceField(
        label="Responsible doctor",
        queryset=User.objects.none(),
        required=False,
        empty_label="Choose",
        help_text="With a GMC number: PRP used medically is an unlicensed medicine.",
        widget=forms.Select(attrs={"class": "w-name"}),
    )
    weight_kg = fields.quantity("Weight", "kg", 30, 300)
    identity_confirmed_before_injection = forms.BooleanField(
        label="Name and date of birth confirmed again before injection", required=False
    )
    allergy_reason = fields.words("Why an anaesthetic is given despite the allergy", 300)
    volume_reason = fields.words("Why more went in than was prepared", 300)
    observations = forms.CharField(
        label="Observations",
        required=False,
        max_length=5000,
        help_text="How it went: pain, bleeding, anything unusual.",
        widget=forms.Textarea(attrs={"class": "w-text", "rows": 3}),
    )
    aftercare_given = forms.BooleanField(
        label="Aftercare explained and given in writing", required=False
    )
    ended_time = fields.time_of("Ended")

    def __init__(
        self,
        *args: Any,
        session: Session,
        today: date,
        by: User,
        questions: list[Question],
        **kwargs: Any,
    ) -> None:
        self.session, self.today = session, today
        super().__init__(*args, **kwargs)
        for question in questions:
            asked = fields.across(question.label, Answer.choices)
            self.fields[f"{ASKED}{question}"] = asked
        sites = [session.site_id, *(site.pk for site in by.workplaces)]
        self._choices("site").queryset = Site.objects.filter(pk__in=sites)
        at_these = Q(sites=None) | Q(sites__in=sites)
        operators = User.objects.get_queryset().clinicians().filter(at_these)
        on_record = User.objects.get_queryset().filter(pk=session.operator_id)
        self._choices("operator").queryset = (operators | on_record).distinct()
        for name in ("allergy_reason", "volume_reason"):
            self.fields[name].widget.attrs["class"] = "w-line"
        if session.technique == Technique.PRP:
            doctors = User.objects.get_queryset().active().filter(registration_body=User.Body.GMC)
            self._choices("responsible_doctor").queryset = doctors.filter(at_these).distinct()
        else:
            del self.fields["responsible_doctor"]

    def _choices(self, name: str) -> Any:
        return self.fields[name]

    @property
    def questions_of_the_day(self) -> list[forms.BoundField]:
        """What is asked at every session, as the rules want it."""
        return [self[name] for name in self.fields if name.startswith(ASKED)]

    def clean_performed_date(self) -> date | None:
        """Refuse a date in the future, or before the case was opened."""
        performed: date | None = self.cleaned_data["performed_date"]
        if performed is not None and performed > self.today:
            raise forms.ValidationError("The session cannot be dated in the future.")
        opened = case_opened_date(self.session.case, self.at_site)
        if performed is not None and performed < opened:
            raise forms.ValidationError(f"The case was opened on {day(opened)}.")
        return performed

    def clean_started_time(self) -> time | None:
        """Refuse a time that is still to come."""
        return self.not_to_come(self.cleaned_data["started_time"])

    def clean_ended_time(self) -> time | None:
        """Refuse a time that is still to come."""
        return self.not_to_come(self.cleaned_data["ended_time"])

    def clean(self) -> dict[str, Any]:
        """Refuse an end before the start."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name, words in disorder("", None, self.moment("started"), self.moment("ended")):
            self.add_error(f"{name}_time", words)
        return cleaned

    def not_to_come(self, clock: time | None) -> time | None:
        """Return a time of day of the session; raise `ValidationError` if it is still to come."""
        if clock is not None and is_to_come(self.on_the_day(clock), timezone.now()):
            raise forms.ValidationError(STILL_TO_COME)
        return clock

    def moment(self, name: str) -> datetime | None:
        """Return the valid start or end as typed, on the session's day at its site."""
        typed: time | None = getattr(self, "cleaned_data", {}).get(f"{name}_time")
        return None if typed is None else self.on_the_day(typed)

    def on_the_day(self, clock: time) -> datetime:
        """Put a time of day on the session's date at its site."""
        return datetime.combine(self.day, clock, tzinfo=self.at_site.zone)

    @property
    def at_site(self) -> Site:
        """The site chosen, or the one on record where none or a wrong one was."""
        chosen: Site | None = getattr(self, "cleaned_data", {}).get("site")
        return chosen or self.session.site

    @property
    def day(self) -> date:
        """The date typed, or the one on record where none or a wrong one was typed."""
        typed: date | None = getattr(self, "cleaned_data", {}).get("performed_date")
        return typed or self.session.performed_date


class PreparationForm(PlainForm):
    """What micrografts and plasma share: when it was taken, within the session."""

    taken = ""

    def __init__(self, *args: Any, session_form: SessionForm, **kwargs: Any) -> None:
        self.session_form = session_form
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Refuse a time that is still to come, or outside the session."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        clock: time | None = cleaned.get(f"{self.taken}_time")
        if clock is None:
            return cleaned
        whole = self.session_form
        if is_to_come(whole.on_the_day(clock), timezone.now()):
            self.add_error(f"{self.taken}_time", STILL_TO_COME)
        limits = whole.moment("started"), whole.moment("ended")
        for name, words in disorder(self.taken, whole.on_the_day(clock), *limits):
            if name == self.taken:
                self.add_error(f"{name}_time", words)
        return cleaned


class MicrograftForm(PreparationForm):
    """Harvest and processing of micrografts."""

    taken = "harvested"
    donor_site = fields.choice("Donor site", MicrograftPreparation.DonorSite.choices)
    punches = fields.count("Number of punches", 1, 60)
    punch_diameter_mm = fields.quantity("Punch diameter", "mm", Decimal("0.5"), 6)
    punch_depth_mm = fields.quantity("Punch depth", "mm", Decimal("0.5"), 10)
    closure = fields.across("Closure", MicrograftPreparation.Closure.choices)
    harvested_time = fields.time_of("Harvested")
    saline_ml = fields.quantity("Saline", "mL", Decimal("0.1"), 100, places=2)
    device = fields.words("Processing device", 60)
    processing_minutes = fields.quantity("Processing time", "min", Decimal("0.1"), 120)
    suspension_ml = fields.quantity("Suspension obtained", "mL", Decimal("0.1"), 100, places=2)


class PrpForm(PreparationForm):
    """Blood draw and preparation of the plasma."""

    taken = "drawn"
    blood_ml = fields.quantity("Blood drawn", "mL", Decimal("0.1"), 500)
    anticoagulant = fields.across("Anticoagulant", PrpPreparation.Anticoagulant.choices)
    drawn_time = fields.time_of("Drawn")
    prp_ml = fields.quantity("PRP obtained", "mL", Decimal("0.01"), 200, places=2)
    activator = fields.choice("Activation", PrpPreparation.Activator.choices)
    blood_platelets = fields.quantity("Platelets in blood", "×10⁹/L", 1, 3000)
    prp_platelets = fields.quantity("Platelets in PRP", "×10⁹/L", 1, 20000)

    def clean(self) -> dict[str, Any]:
        """Refuse more plasma than blood."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        blood_ml, prp_ml = cleaned.get("blood_ml"), cleaned.get("prp_ml")
        if blood_ml is not None and prp_ml is not None and prp_ml > blood_ml:
            self.add_error("prp_ml", "There cannot be more PRP than blood drawn.")
        return cleaned


class IncompletePageError(Exception):
    """The page sent lacks the counters of its rows: nothing can be told from it."""


ROWS: dict[str, type[RowsFormSet]] = {
    "anaesthetics": rows_formset(AnaestheticForm),
    "lots": rows_formset(LotForm),
    "spins": rows_formset(SpinForm),
    "zones": rows_formset(ZoneForm),
}
_NEVER_EMPTY = ("site", "operator", "performed_date", "punch_diameter_mm")


class SessionForms:
    """The forms of one session's page, filled from the record or from what was typed."""

    def __init__(
        self,
        session: Session,
        today: date,
        by: User,
        typed: QueryDict | None = None,
        *,
        known: Known,
    ) -> None:
        """Fill from the record; with `typed`, bind. Raises `IncompletePageError`.

        `by` is who writes: the sites offered are theirs. `known` is what was just read for it.
        """
        self.record, self.known = session, known
        self.asked_date = asked_date_of(session, typed)
        is_prp = session.technique == Technique.PRP
        self.session = SessionForm(
            typed,
            session=session,
            today=today,
            by=by,
            questions=known.questions,
            initial=session_initial(session, SessionForm.base_fields),
        )
        self.session.is_valid()
        preparation = PrpForm if is_prp else MicrograftForm
        self.preparation = preparation(
            typed,
            session_form=self.session,
            initial=preparation_initial(session, preparation.base_fields),
        )
        self.rows = {name: self._formset(name, typed) for name in ROWS if is_prp or name != "spins"}
        if typed is not None and not all(r.management_form.is_valid() for r in self.rows.values()):
            raise IncompletePageError

    def _formset(self, name: str, typed: QueryDict | None) -> RowsFormSet:
        kwargs: dict[str, Any] = {"session": self.record}
        if name == "lots":
            kwargs["performed_date"] = self.session.day
        if name == "anaesthetics":
            kwargs["is_allergic"] = bool(self.known.allergies.to_anaesthetics)
        initial = rows_initial(self.record, name)
        return ROWS[name](typed, prefix=name, initial=initial, form_kwargs=kwargs)

    @property
    def all(self) -> list[forms.Form | RowsFormSet]:
        """Every form and formset, in the order of the page."""
        return [self.session, self.preparation, *self.rows.values()]

    def is_valid(self) -> bool:
        """Say whether nothing that was typed is wrong."""
        return not [part for part in self.all if not part.is_valid()]

    def errors_by_id(self) -> dict[str, str]:
        """Return what is wrong, by the id of the field on the page."""
        found = {}
        for form in self._forms():
            for name, errors in form.errors.items():
                found[str(form[name].auto_id)] = " ".join(map(str, errors))
        return found

    def wrong_parts(self) -> set[str]:
        """Return the parts of the page that have an error in them; none before they are sent."""
        fields = {name for form in (self.session, self.preparation) for name in form.errors}
        rows = {name for name, rows in self.rows.items() if rows.is_bound and not rows.is_valid()}
        return {part_of(name) for name in fields - {NON_FIELD_ERRORS} | rows}

    def too_many_rows(self) -> list[str]:
        """Return what is wrong with the rows as a whole."""
        return [str(error) for rows in self.rows.values() for error in rows.non_form_errors()]

    def _forms(self) -> Iterator[forms.Form]:
        yield self.session
        yield self.preparation
        for rows in self.rows.values():
            yield from rows.kept_or_wrong()

    def _asked_today(self) -> dict[str, Any]:
        """Return the answers of the day; one to a question no longer asked stays as it is."""
        answers = {
            name.removeprefix(ASKED): self.session.cleaned_data.get(name)
            for name in self.session.fields
            if name.startswith(ASKED)
        }
        kept = {**self.record.asked_today, **answers}
        return {"asked_today": {name: answer for name, answer in kept.items() if answer}}

    def draft(self) -> Draft:
        """Return what can be stored of what was typed. Wrong entries are left out."""
        self.is_valid()
        kept = {name: rows.kept() for name, rows in self.rows.items()}
        unfinished = {
            name: [_as_text(row) for row in rows if not row.is_whole()]
            for name, rows in kept.items()
        }
        return Draft(
            session=_times_placed(self.session, self.session) | self._asked_today(),
            asked_date=self.asked_date,
            preparation=_times_placed(self.preparation, self.session),
            unfinished={name: rows for name, rows in unfinished.items() if rows},
            **{
                name: [row.as_stored() for row in rows if row.is_whole()]
                for name, rows in kept.items()
            },
        )


def _times_placed(form: forms.Form, whole: SessionForm) -> dict[str, Any]:
    """Return the form's valid values with times of day put on the session's date at the site."""
    values: dict[str, Any] = {}
    for name in form.fields:
        value = form.cleaned_data.get(name)
        if name.endswith("_time"):
            values[f"{name.removesuffix('_time')}_at"] = (
                whole.on_the_day(value) if value is not None else None
            )
        elif name.startswith(ASKED):
            continue
        elif value is not None or name not in _NEVER_EMPTY:
            values[name] = "" if value is None and _is_text(form.fields[name]) else value
    return values


def _is_text(typed_in: forms.Field) -> bool:
    return isinstance(typed_in, forms.CharField | forms.ChoiceField) and not isinstance(
        typed_in, forms.ModelChoiceField
    )


def _as_text(row: RowForm) -> dict[str, Any]:
    return {
        name: value if isinstance(value, bool) else str(value)
        for name, value in row.entries().items()
    }
