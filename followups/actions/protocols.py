"""The follow-up schedules that the product brings along. A clinic's own stand beside them."""

from django.db import transaction

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.practice.models import Technique
from clinic.staff.models import User
from followups.models import Protocol, ProtocolStep

FIRST_VERSION = 1

# Weeks after the last session and their names. The windows are the model's default of two weeks.
_SHIPPED: dict[str, tuple[str, dict[int, str]]] = {
    Technique.MICROGRAFT: (
        "After micrograft",
        {23: "23 weeks", 44: "44 weeks", 58: "58 weeks", 113: "26 months"},
    ),
    Technique.PRP: ("After PRP", {12: "12 weeks", 24: "24 weeks", 48: "48 weeks"}),
}


@transaction.atomic
def install_shipped_protocols(*, by: User | None = None) -> None:
    """Make the first version of each technique's protocol where there is none.

    What a clinic has changed since stays as it is: calling again changes nothing.
    """
    for technique, (name, weeks) in _SHIPPED.items():
        if not Protocol.objects.filter(technique=technique, version=FIRST_VERSION).exists():
            _install(technique, name, weeks, by)


def _install(technique: str, name: str, weeks: dict[int, str], by: User | None) -> None:
    protocol = Protocol.check_and_create(technique=technique, version=FIRST_VERSION, name=name)
    for after, label in weeks.items():
        ProtocolStep.check_and_create(
            protocol=protocol, label=label, weeks_after_last_session=after
        )
    audit.record(Kind.PROTOCOL_INSTALLED, by=by, subject=protocol, name=str(protocol))
