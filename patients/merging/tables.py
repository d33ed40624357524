"""Which tables have rows of a patient, parents before what points to them."""

from collections.abc import Iterator
from graphlib import TopologicalSorter
from typing import Any

from django.db import models

from patients.models import Patient

Model = type[models.Model]


def tables_of_patients(apps: Any) -> list[Model]:
    """Return every model with a `patient`, each after those that it points to."""
    found = {model for model in apps.get_models() if _has_patient(model)}
    order = TopologicalSorter({model: _parents(model) & found - {model} for model in found})
    return _in_steady_order(order)


def _in_steady_order(order: "TopologicalSorter[Model]") -> list[Model]:
    """Return the models in an order that is the same each time."""
    order.prepare()
    models_in_order: list[Model] = []
    while order.is_active():
        ready = sorted(order.get_ready(), key=lambda model: model._meta.label)
        models_in_order += ready
        order.done(*ready)
    return models_in_order


def keys_within(model: Model, tables: set[Model]) -> Iterator[tuple[str, Model]]:
    """Return the foreign keys by which rows of a table hang on those of others, or of its own."""
    for each in model._meta.concrete_fields:
        if isinstance(each, models.ForeignKey) and each.related_model in tables:
            yield each.attname, each.related_model


def _has_patient(model: Model) -> bool:
    if model._meta.proxy or hasattr(model, "pgh_tracked_model"):
        return False
    return any(
        each.name == "patient" and each.related_model is Patient
        for each in model._meta.concrete_fields
    )


def _parents(model: Model) -> set[Any]:
    return {each.related_model for each in model._meta.concrete_fields if each.related_model}
