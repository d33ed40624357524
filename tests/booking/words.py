"""What an action says: its refusal, field by field, and what it leaves on record."""

import pytest

from clinic.audit.models import Event


def sentences(error: pytest.ExceptionInfo) -> dict[str, list[str]]:
    return error.value.message_dict


def events(appointment) -> list[str]:
    return [e.sentence for e in Event.objects.filter(subject_id=appointment.pk).order_by("id")]
