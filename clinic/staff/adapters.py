"""How allauth fits the clinic: nobody signs up, and every sign-in is on record."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.staff.models import User


class StaffAccountAdapter(DefaultAccountAdapter):
    """Accounts are made by the clinic."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse sign-up."""
        return False

    @transaction.atomic
    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Record the sign-in."""
        audit.record(Kind.SIGNED_IN, by=user)
        return super().post_login(request, user, **kwargs)

    @transaction.atomic
    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Record a refused sign-in under the account it was tried on, where there is one."""
        email = str(credentials.get("email", ""))
        user = User.objects.get_queryset().filter(email__iexact=email).first()
        if user:
            audit.record(Kind.SIGN_IN_FAILED, by=None, actor_label=str(user), subject=user)
        super().authentication_failed(request, **credentials)
