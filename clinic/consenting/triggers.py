"""What the database checks about signatures by a link beyond a single row.

The function is made by the first migration of this app.
"""

import pgtrigger

from clinic.base.triggers import SharedFunctionTrigger


class _SignedAsTheConsent(SharedFunctionTrigger):
    function = "consenting_signed_as_the_consent"


def signed_as_the_consent() -> pgtrigger.Trigger:
    """Refuse a request as signed whose consent is not, in that moment and after that check."""
    return _SignedAsTheConsent(
        name="signed_as_the_consent",
        operation=pgtrigger.Insert | pgtrigger.Update,
        condition=pgtrigger.Q(new__signed_at__isnull=False),
    )
