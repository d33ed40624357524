"""What is looked up of registered triggers is what pgtrigger would work out itself."""

import pgtrigger
import pytest
from pgtrigger import registry

from clinic.base.trigger_registry import QuickRegistry
from patients.models import Patient

_ORIGINAL = QuickRegistry.__mro__[1]


def held():
    ours = registry._registry
    return dict(ours.by_db_table), set(ours.pg_function_names)


def worked_out():
    ours = registry._registry
    return _ORIGINAL.by_db_table.fget(ours), _ORIGINAL.pg_function_names.fget(ours)


def test_what_is_kept_is_what_would_be_worked_out():
    assert isinstance(registry._registry, QuickRegistry)
    assert len(worked_out()[0]) > 100
    assert held() == worked_out()


def test_a_trigger_that_comes_and_goes_is_noticed():
    trigger = pgtrigger.Trigger(
        name="for_a_test", when=pgtrigger.Before, operation=pgtrigger.Insert, func="RETURN NEW;"
    )
    before = held()
    pgtrigger.register(trigger)(Patient)
    try:
        assert held() == worked_out()
        assert ("patients_patient", "for_a_test") in registry._registry.by_db_table
        with pytest.raises(KeyError, match="already used"):
            pgtrigger.register(
                pgtrigger.Trigger(
                    name="for_a_test",
                    when=pgtrigger.After,
                    operation=pgtrigger.Insert,
                    func="RETURN NEW;",
                )
            )(Patient)
    finally:
        registry.delete("patients.Patient:for_a_test")
    assert held() == worked_out() == before
