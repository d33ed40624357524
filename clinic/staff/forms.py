"""allauth's forms in our words: it writes Email, and we write E-mail."""

from typing import Any

from allauth.account.forms import LoginForm, ResetPasswordForm

from clinic.base.forms import PlainForm

EMAIL = "E-mail"


class SignInForm(PlainForm, LoginForm):
    """The address and the password of a member of staff."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _in_our_words(self.fields["login"])


class ForgottenPasswordForm(PlainForm, ResetPasswordForm):
    """The address to which a link for a new password goes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _in_our_words(self.fields["email"])


def _in_our_words(field: Any) -> None:
    field.label = EMAIL
    field.widget.attrs.pop("placeholder", None)
