"""The standing rules and one patient's record, read in one query.

The chart and the session's page ask for them at every opening, so they are written as one prepared
statement (`clinic.base.prepared`), and rules and record are of the same moment.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, TypeVar
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    CharField,
    DateField,
    DateTimeField,
    DecimalField,
    F,
    ForeignKey,
    Model,
    OuterRef,
    UUIDField,
)
from django.db.models.functions import Cast, JSONObject

from clinic.base.prepared import columns, from_row, prepared
from clinic.staff.models import User
from patients.analytes import MEASURED
from patients.banner import standing_statements
from patients.contraindications.facts import Facts
from patients.contraindications.rules import by_technique, that_may_stand
from patients.models import (
    Allergy,
    BloodResult,
    BloodSample,
    ConditionStatement,
    ContraindicationRule,
    Medicine,
    MedicinesReview,
    NoKnownAllergies,
    Patient,
    PregnancyStatement,
)

AnyModel = TypeVar("AnyModel", bound=Model)
Rules = dict[str, list[ContraindicationRule]]

_PERSON = ("id", "title", "given_name", "family_name")
# What the rules look at and the pages say; anything else is fetched when it is asked for.
_LOOKED_AT: dict[type[Model], tuple[str, ...]] = {
    ContraindicationRule: (
        *("id", "technique", "code", "version", "severity", "kind", "parameters"),
        *("sentence", "source", "approved_at", "retired_at", "author_id", "was_in_use"),
    ),
    ConditionStatement: (
        "id",
        "item",
        "answer",
        "since_date",
        "since_precision",
        "note",
        "stated_at",
    ),
    Medicine: (
        *("id", "group", "name", "dose", "route", "started_date", "started_precision"),
        *("stopped_date", "stopped_precision", "recorded_at"),
    ),
    MedicinesReview: ("id", "takes_none", "stated_at"),
    BloodResult: (
        *("id", "sample_id", "analyte", "other_name", "comparator", "value", "unit"),
        "recorded_at",
    ),
    Allergy: ("id", "substance", "reaction", "recorded_at"),
    NoKnownAllergies: ("id", "stated_at"),
    PregnancyStatement: ("id", "pregnancy", "breastfeeding", "stated_at"),
}
_FROM_TEXT: dict[type, Callable[[str], Any]] = {
    UUIDField: UUID,
    ForeignKey: UUID,
    DateTimeField: datetime.fromisoformat,
    DateField: date.fromisoformat,
    DecimalField: Decimal,
}


def read_record(patient: Patient) -> tuple[Rules, Facts]:
    """Return the standing rules by technique, and what the record of a patient says; one query."""
    ((found,),) = _record(patient_id=patient.pk)
    return from_json(patient, found)


@prepared(patient_id=UUID)
def _record(patient_id: UUID) -> Any:
    return as_json(patient_id).values_list("record")


def as_of(facts: Facts, patient_id: UUID, at: datetime) -> Facts:
    """Return of these facts what was recorded by a moment; two queries for what was stated then.

    What was withdrawn since stays left out. The answers of the day are the session's.
    """
    conditions = ConditionStatement.objects.filter(patient=patient_id, stated_at__lte=at)
    newest = conditions.order_by("item", "-stated_at", "-id").distinct("item")
    expecting = PregnancyStatement.objects.filter(patient=patient_id, stated_at__lte=at)
    return replace(
        facts,
        conditions={row.item: row for row in newest.select_related("stated_by")},
        medicines=tuple(row for row in facts.medicines if row.recorded_at <= at),
        results=tuple(row for row in facts.results if row.recorded_at <= at),
        allergies=tuple(row for row in facts.allergies if row.recorded_at <= at),
        expecting=expecting.select_related("stated_by").first(),
    )


def as_json(patient_id: Any) -> Any:
    """Return the query for rules and record as one value, for `from_json`; for a query's parts."""
    here = {"patient": OuterRef("pk")}
    conditions = ConditionStatement.objects.filter(**here)
    measured = BloodResult.objects.standing().filter(**here, analyte__in=MEASURED)
    return Patient.objects.filter(pk=patient_id).values(
        record=JSONObject(
            rules=_all(that_may_stand()),
            conditions=_all(conditions.order_by("item", "-stated_at", "-id").distinct("item")),
            medicines=_all(Medicine.objects.standing().filter(**here).order_by("name", "id")),
            reviews=_all(MedicinesReview.objects.filter(**here)[:1]),
            results=_all(measured.newest_first(), taken_date=F("sample__taken_date")),
            allergies=_all(Allergy.objects.standing().filter(**here)),
            none_known=_all(standing_statements(OuterRef("pk"))[:1]),
            expecting=_all(PregnancyStatement.objects.filter(**here)[:1]),
        )
    )


def from_json(patient: Patient, found: dict[str, list[dict[str, Any]]]) -> tuple[Rules, Facts]:
    """Return what `read_record` does, of what the database wrote for `as_json`."""
    standing = by_technique(_rows(ContraindicationRule, found["rules"]))
    conditions = _rows(ConditionStatement, found["conditions"])
    return standing, Facts(
        sex=patient.sex,
        date_of_birth=patient.date_of_birth,
        conditions={row.item: row for row in conditions},
        medicines=_rows(Medicine, found["medicines"]),
        medicines_review=_one(MedicinesReview, found["reviews"]),
        results=tuple(_with_sample(each) for each in found["results"]),
        allergies=_rows(Allergy, found["allergies"]),
        no_allergies=_one(NoKnownAllergies, found["none_known"]),
        expecting=_one(PregnancyStatement, found["expecting"]),
    )


def _all(rows: Any, **more: Any) -> ArraySubquery:
    """Return rows as JSON with the name of who wrote them; figures as text, to the last digit."""
    names = columns(rows.model, only=_LOOKED_AT[rows.model])
    fields = {name: rows.model._meta.get_field(name) for name in names}
    found: dict[str, Any] = {
        name: Cast(name, CharField()) if isinstance(field, DecimalField) else F(name)
        for name, field in fields.items()
    }
    if who := _author(rows.model):
        found["_by"] = JSONObject(**{name: F(f"{who}__{name}") for name in _PERSON})
    return ArraySubquery(rows.values(found=JSONObject(**found, **more)))


@cache
def _author(model: type[Model]) -> str:
    """Return the field that says who wrote a row, or ""."""
    names = {field.name for field in model._meta.concrete_fields}
    return next((name for name in ("recorded_by", "stated_by") if name in names), "")


def _one(model: type[AnyModel], found: Iterable[dict[str, Any]]) -> AnyModel | None:
    return next(iter(_rows(model, found)), None)


def _rows(model: type[AnyModel], found: Iterable[dict[str, Any]]) -> tuple[AnyModel, ...]:
    return tuple(_row(model, each) for each in found)


def _row(model: type[AnyModel], found: dict[str, Any]) -> AnyModel:
    values = [
        convert(found[name]) if convert is not None and found[name] is not None else found[name]
        for name, convert in _converters(model)
    ]
    row = from_row(model, values, only=_LOOKED_AT[model])
    if who := _author(model):
        setattr(row, who, _person(*(found["_by"][name] for name in _PERSON)))
    return row


@cache
def _converters(model: type[Model]) -> tuple[tuple[str, Callable[[str], Any] | None], ...]:
    """Return what makes a column's value of what JSON has of it, None where it is that already."""
    return tuple(
        (name, _FROM_TEXT.get(type(model._meta.get_field(name))))
        for name in columns(model, only=_LOOKED_AT[model])
    )


@lru_cache(maxsize=500)
def _person(key: str, *names: str) -> User:
    """Return whom a row names, with no more of them than that."""
    return from_row(User, [UUID(key), *names], only=_PERSON)


def _with_sample(found: dict[str, Any]) -> BloodResult:
    row = _row(BloodResult, found)
    row.sample = BloodSample(pk=row.sample_id, taken_date=date.fromisoformat(found["taken_date"]))
    return row
