"""Narrowing the outbox."""

from django import forms

from clinic.base.forms import PlainForm
from clinic.messaging.models import Message

STATUSES = [
    ("waiting", "Waiting"),
    ("sent", "Sent"),
    ("failed", "Failed"),
    ("cancelled", "Not sent"),
]


class FilterForm(PlainForm):
    """Which messages to show."""

    status = forms.ChoiceField(label="Status", choices=[("", "All"), *STATUSES], required=False)
    purpose = forms.ChoiceField(
        label="What about", choices=[("", "Everything"), *Message.Purpose.choices], required=False
    )
