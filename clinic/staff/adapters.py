"""How allauth fits the clinic: nobody signs up, and what becomes of an account is on record."""

from collections.abc import Sequence
from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from clinic.staff import actions
from clinic.staff.models import User

logger = structlog.get_logger(__name__)

# allauth names what became of a second factor by the mail that it would send about it.
_FACTORS = {
    "mfa/email/totp_activated": (actions.note_factor_added, "authenticator app"),
    "mfa/email/totp_deactivated": (actions.note_factor_removed, "authenticator app"),
    "mfa/email/webauthn_added": (actions.note_factor_added, "passkey"),
    "mfa/email/webauthn_removed": (actions.note_factor_removed, "passkey"),
    "mfa/email/recovery_codes_generated": (actions.note_factor_added, "new recovery codes"),
}


class StaffAccountAdapter(DefaultAccountAdapter):
    """Accounts are made by the clinic."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "This e-mail address and this password do not belong together.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse sign-up."""
        return False

    @transaction.atomic
    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Record the sign-in."""
        actions.note_sign_in(of=user)
        return super().post_login(request, user, **kwargs)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Record a refused sign-in under the account it was tried on, where there is one."""
        email = str(credentials.get("email", ""))
        user = User.objects.get_queryset().filter(email__iexact=email).first()
        if user:
            actions.note_failed_sign_in(of=user)
        super().authentication_failed(request, **credentials)

    @transaction.atomic
    def logout(self, request: HttpRequest) -> None:
        """Record the sign-out."""
        if isinstance(request.user, User):
            actions.note_sign_out(of=request.user)
        super().logout(request)

    @transaction.atomic
    def set_password(self, user: User, password: str) -> None:
        """Record a new password: chosen by somebody signed in, or by whoever holds the link."""
        super().set_password(user, password)
        if self.request.user.is_authenticated:
            actions.note_password_changed(of=user)
        else:
            actions.note_password_reset(of=user)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail about an account now; say so where the mail server is away.

        These mails do not wait in the outbox: a link to a new password must not be kept. Mails go
        to unknown addresses too, so a mail server that is away tells nobody which are known.
        """
        try:
            super().send_mail(template_prefix, email, context)
        except OSError as error:  # every smtplib error is one
            logger.error("account_mail_not_sent", mail=template_prefix, error=type(error).__name__)
            page = render(self.request, "account/mail_not_sent.html", status=503)
            raise ImmediateHttpResponse(page) from error

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """Record the link once it is sent: no transaction waits for the mail server."""
        super().send_password_reset_mail(user, email, context)
        actions.note_password_link(of=user)

    def send_notification_mail(self, template_prefix: str, user: User, *args: Any) -> None:
        """Record what became of a second factor.

        allauth offers no earlier place: it calls this once its own transaction is committed, so
        the event has one to itself.
        """
        if known := _FACTORS.get(template_prefix):
            note, factor = known
            note(of=user, factor=factor)
        super().send_notification_mail(template_prefix, user, *args)


class StaffSessionsAdapter(DefaultUserSessionsAdapter):
    """The list of sessions of one person."""

    @transaction.atomic
    def end_sessions(self, sessions: Sequence[UserSession]) -> None:
        """Record that the person ended sessions elsewhere."""
        super().end_sessions(sessions)
        if sessions:
            actions.note_sessions_ended(of=self.request.user, count=len(sessions))
