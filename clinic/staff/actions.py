"""Every write to staff."""

from collections.abc import Sequence

from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.practice.models import Site
from clinic.staff.models import User


@transaction.atomic
def add_person(
    *,
    by: User | None,
    email: str,
    password: str,
    given_name: str,
    family_name: str,
    roles: Sequence[str],
    title: str = "",
    sites: Sequence[Site] = (),
    gmc_number: str = "",
) -> User:
    """Make an account. Without `sites` the person works at all of them.

    Raises `ValidationError` when the password is weak, the address is taken, or a field is wrong.
    """
    validate_password(password)
    person = User.objects.create_user(
        email=email,
        password=password,
        title=title,
        given_name=given_name,
        family_name=family_name,
        roles=list(roles),
        registration_body=User.Body.GMC if gmc_number else "",
        registration_number=gmc_number,
    )
    person.sites.set(sites)
    audit.record(Kind.PERSON_ADDED, by=by, subject=person, name=str(person), roles=", ".join(roles))
    return person


# What becomes of an account. Where nobody has shown who they are, the event is the system's, under
# the name of the account.


@transaction.atomic
def note_sign_in(*, of: User) -> None:
    """Record that a person signed in."""
    audit.record(Kind.SIGNED_IN, by=of)


@transaction.atomic
def note_failed_sign_in(*, of: User) -> None:
    """Record a refused sign-in under the account on which it was tried."""
    _note_of_nobody(Kind.SIGN_IN_FAILED, of)


@transaction.atomic
def note_sign_out(*, of: User) -> None:
    """Record that a person signed out."""
    audit.record(Kind.SIGNED_OUT, by=of)


@transaction.atomic
def note_sessions_ended(*, of: User, count: int) -> None:
    """Record that a person ended sessions of theirs elsewhere."""
    audit.record(Kind.SESSIONS_ENDED, by=of, subject=of, count=count)


@transaction.atomic
def note_password_link(*, of: User) -> None:
    """Record that a link to set a new password was sent; anybody may ask for one."""
    _note_of_nobody(Kind.PASSWORD_LINK_SENT, of)


@transaction.atomic
def note_password_changed(*, of: User) -> None:
    """Record that a person who was signed in chose a new password."""
    audit.record(Kind.PASSWORD_CHANGED, by=of, subject=of)


@transaction.atomic
def note_password_reset(*, of: User) -> None:
    """Record that whoever holds the link set a new password."""
    _note_of_nobody(Kind.PASSWORD_RESET, of)


@transaction.atomic
def note_factor_added(*, of: User, factor: str) -> None:
    """Record that a person added a second factor."""
    audit.record(Kind.SECOND_FACTOR_ADDED, by=of, subject=of, factor=factor)


@transaction.atomic
def note_factor_removed(*, of: User, factor: str) -> None:
    """Record that a person removed a second factor."""
    audit.record(Kind.SECOND_FACTOR_REMOVED, by=of, subject=of, factor=factor)


@transaction.atomic
def note_wrong_code(*, of: User) -> None:
    """Record a wrong code of the second factor."""
    _note_of_nobody(Kind.SECOND_FACTOR_FAILED, of)


@transaction.atomic
def note_recovery_code(*, of: User, left: int) -> None:
    """Record that one of a person's recovery codes is used up."""
    audit.record(Kind.RECOVERY_CODE_USED, by=of, subject=of, left=left)


def _note_of_nobody(kind: Kind, account: User) -> None:
    audit.record(kind, by=None, actor_label=str(account), subject=account)
