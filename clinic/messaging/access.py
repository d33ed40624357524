"""Which messages a person may see."""

from clinic.messaging.models import Message, MessageQuerySet
from clinic.staff.models import User
from patients.models import Patient


def messages_visible_to(user: User) -> MessageQuerySet:
    """Return the messages to patients registered at this person's sites, the newest first."""
    messages = Message.objects.select_related("patient")
    if not user.site_ids:
        return messages
    return messages.filter(patient__in=Patient.objects.visible_to(user))
