"""Who is behind a session."""

from typing import Any
from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, QuerySet

from clinic.base.prepared import columns, from_row, prepared
from clinic.staff.models import User


class StaffBackend(AuthenticationBackend):
    """Signs in as allauth does; finds who is signed in by one query that every page asks."""

    def get_user(self, user_id: UUID) -> User | None:
        """Return the active member of staff, with `has_second_factor` known."""
        for row in _people(user_id=user_id):
            user = from_row(User, row)
            user.has_second_factor = row[-1]
            return user if self.user_can_authenticate(user) else None
        return None


@prepared(user_id=UUID)
def _people(user_id: UUID) -> QuerySet[User, Any]:
    factors = Authenticator.objects.filter(user=OuterRef("pk"))
    return (
        User.objects.get_queryset().filter(pk=user_id).values_list(*columns(User), Exists(factors))
    )
