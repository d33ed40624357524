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


@transaction.atomic
def note_wrong_code(*, of: User) -> None:
    """Record a wrong code of the second factor; who gave it has not shown who they are."""
    audit.record(Kind.SECOND_FACTOR_FAILED, by=None, actor_label=str(of), subject=of)


@transaction.atomic
def note_recovery_code(*, of: User, left: int) -> None:
    """Record that one of a person's recovery codes is used up."""
    audit.record(Kind.RECOVERY_CODE_USED, by=of, subject=of, left=left)
