"""The forms of the second factor, which leave in the audit trail what they were given."""

from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError

from clinic.staff import actions


class _OnRecord:
    """Records a wrong code, and a recovery code that is used up."""

    def clean_code(self) -> str:
        """Refuse a wrong code, and record that it was tried."""
        try:
            code: str = super().clean_code()  # type: ignore[misc]
        except ValidationError as error:
            if error.code == "incorrect_code":  # and not: too many tries, so it was not looked at
                actions.note_wrong_code(of=self.user)  # type: ignore[attr-defined]
            raise
        return code

    def save(self) -> None:
        """Let the person in, and record that a recovery code is used up by it."""
        used = self.authenticator  # type: ignore[attr-defined]
        if used.type == Authenticator.Type.RECOVERY_CODES:
            left = len(Authenticator.objects.get(pk=used.pk).wrap().get_unused_codes())
            actions.note_recovery_code(of=self.user, left=left)  # type: ignore[attr-defined]
        super().save()  # type: ignore[misc]


class SecondFactorForm(_OnRecord, AuthenticateForm):
    """The code after the password."""


class SecondFactorAgainForm(_OnRecord, ReauthenticateForm):
    """The code again, before a change to the account."""
