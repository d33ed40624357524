"""What the database checks about signatures by a link beyond a single row.

The functions are made by the migrations of this app. One more stands there alone, because it is
on a table of an app below: `consenting_has_its_request` refuses, when a transaction ends, a consent
signed by a link that no request and no right code of the same patient stand behind.
"""

import pgtrigger

from clinic.base.triggers import SharedFunctionTrigger


class _SignedAsTheConsent(SharedFunctionTrigger):
    function = "consenting_signed_as_the_consent"


class _GoesAnotherWay(SharedFunctionTrigger):
    function = "consenting_goes_another_way"


def goes_another_way() -> pgtrigger.Trigger:
    """Refuse a code that is sent the way by which its link went, or may have gone."""
    return _GoesAnotherWay(
        name="goes_another_way",
        operation=pgtrigger.Insert,
        condition=~pgtrigger.Q(new__channel=""),
    )


def signed_as_the_consent() -> pgtrigger.Trigger:
    """Refuse a request as signed whose consent is not, in that moment and after that check."""
    return _SignedAsTheConsent(
        name="signed_as_the_consent",
        operation=pgtrigger.Insert | pgtrigger.Update,
        condition=pgtrigger.Q(new__signed_at__isnull=False),
    )
