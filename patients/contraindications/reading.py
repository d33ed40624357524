"""The standing rules and one patient's record, read in one query.

The chart and the session's page ask for them at every opening, so they are written as one prepared
statement (`clinic.base.prepared`), and rules and record are of the same moment.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import DEFAULT_DB_ALIAS
from django.db.models import CharField, DateTimeField, DecimalField, F, Field, Model, OuterRef
from django.db.models.functions import Cast, JSONObject

from clinic.base.prepared import prepared
from clinic.staff.models import User
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

_NAME = ("title", "given_name", "family_name")
_RECORDED, _STATED = "recorded_by", "stated_by"


def read_record(
    patient: Patient, *, answers: Mapping[str, str] | None = None
) -> tuple[Rules, Facts]:
    """Return the standing rules by technique, and what the record of a patient says; one query.

    `answers` are those to the questions of the day (`kinds.Question`), where a session asked them.
    """
    ((rules, *facts),) = _record(patient_id=patient.pk)
    standing = by_technique(_row(ContraindicationRule, each) for each in rules)
    return standing, replace(_facts(patient, *facts), answers=answers or {})


def _facts(
    patient: Patient,
    conditions: list[dict[str, Any]],
    medicines: list[dict[str, Any]],
    reviews: list[dict[str, Any]],
    results: list[dict[str, Any]],
    allergies: list[dict[str, Any]],
    none_known: list[dict[str, Any]],
    expecting: list[dict[str, Any]],
) -> Facts:
    stated = (_row(ConditionStatement, each) for each in conditions)
    return Facts(
        sex=patient.sex,
        date_of_birth=patient.date_of_birth,
        conditions={row.item: row for row in stated},
        medicines=_rows(Medicine, medicines),
        medicines_review=next(iter(_rows(MedicinesReview, reviews)), None),
        results=tuple(_with_sample(each) for each in results),
        allergies=_rows(Allergy, allergies),
        no_allergies=next(iter(_rows(NoKnownAllergies, none_known)), None),
        expecting=next(iter(_rows(PregnancyStatement, expecting)), None),
    )


@prepared(patient_id=UUID)
def _record(patient_id: UUID) -> Any:
    here = {"patient": OuterRef("pk")}
    conditions = ConditionStatement.objects.filter(**here)
    results = BloodResult.objects.standing().filter(**here).newest_first()
    taken = {"taken_date": F("sample__taken_date")}
    return Patient.objects.filter(pk=patient_id).values_list(
        _all(that_may_stand()),
        _all(conditions.order_by("item", "-stated_at", "-id").distinct("item"), _STATED),
        _all(Medicine.objects.standing().filter(**here).order_by("name", "id"), _RECORDED),
        _all(MedicinesReview.objects.filter(**here)[:1], _STATED),
        _all(results, _RECORDED, **taken),
        _all(Allergy.objects.standing().filter(**here), _RECORDED),
        _all(standing_statements(OuterRef("pk"))[:1], _STATED),
        _all(PregnancyStatement.objects.filter(**here)[:1], _STATED),
    )


def _all(rows: Any, who: str = "", **more: Any) -> ArraySubquery:
    """Return rows as JSON, with the name of `who` wrote them; figures as text, to the last digit."""
    model = rows.model
    found = {
        name: Cast(name, CharField()) if isinstance(field, DecimalField) else F(name)
        for name, field in _fields(model).items()
    }
    names = {name: F(f"{who}__{name}") for name in _NAME} if who else {}
    if names:
        found["_by"] = JSONObject(**names)
    return ArraySubquery(rows.values(found=JSONObject(**found, **more)))


@cache
def _fields(model: type[Model]) -> dict[str, "Field[Any, Any]"]:
    """Return the fields of a model that a rule may look at, by column."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    left = ("created_at", "patient_id")
    return {
        name: field
        for name, field in fields.items()
        if name not in left and not name.startswith(("withdrawn_", "stop_re"))
    }


def _rows(model: type[AnyModel], found: Iterable[dict[str, Any]]) -> tuple[AnyModel, ...]:
    return tuple(_row(model, each) for each in found)


def _row(model: type[AnyModel], found: dict[str, Any]) -> AnyModel:
    fields = _fields(model)
    values = [_value(field, found[name]) for name, field in fields.items()]
    row = model.from_db(DEFAULT_DB_ALIAS, list(fields), values)
    if "_by" in found:
        setattr(row, _RECORDED if "recorded_by_id" in fields else _STATED, User(**found["_by"]))
    return row


def _value(field: "Field[Any, Any]", found: Any) -> Any:
    if isinstance(field, DateTimeField) and found is not None:
        return datetime.fromisoformat(found)
    return field.to_python(found)


def _with_sample(found: dict[str, Any]) -> BloodResult:
    row = _row(BloodResult, found)
    taken_date = BloodSample._meta.get_field("taken_date").to_python(found["taken_date"])
    row.sample = BloodSample(pk=row.sample_id, taken_date=taken_date)
    return row
