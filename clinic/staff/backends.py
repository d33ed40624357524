"""Who is behind a session."""

from typing import Any
from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.models import Authenticator
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Exists, OuterRef, QuerySet

from clinic.base.prepared import prepared
from clinic.staff.models import User


class StaffBackend(AuthenticationBackend):
    """Signs in as allauth does; finds who is signed in by one query that every page asks."""

    def get_user(self, user_id: UUID) -> User | None:
        """Return the active member of staff, with `has_second_factor` known."""
        for *values, has_second_factor in _people(user_id=user_id):
            user = User.from_db(DEFAULT_DB_ALIAS, _columns(), values)
            user.has_second_factor = has_second_factor
            return user if self.user_can_authenticate(user) else None
        return None


def _columns() -> list[str]:
    return [field.attname for field in User._meta.concrete_fields]


@prepared(user_id=UUID)
def _people(user_id: UUID) -> QuerySet[User, Any]:
    factors = Authenticator.objects.filter(user=OuterRef("pk"))
    return User.objects.get_queryset().filter(pk=user_id).values_list(*_columns(), Exists(factors))
