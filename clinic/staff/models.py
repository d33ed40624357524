"""The people who work in the clinic."""

from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q

from clinic.base.history import tracked, tracked_link
from clinic.base.models import Record
from clinic.base.prepared import columns, from_row, prepared
from clinic.practice.models import Site
from clinic.staff.permissions import Permission, Role, permissions_of


class UserQuerySet(models.QuerySet["User"]):
    """Members of staff."""

    def active(self) -> "UserQuerySet":
        """Return those who may sign in."""
        return self.filter(is_active=True)

    def clinicians(self) -> "UserQuerySet":
        """Return active clinicians."""
        return self.active().filter(roles__contains=[Role.CLINICIAN])

    def working_at(self, site: Site) -> "UserQuerySet":
        """Return those who work at a site: at this one, or at every one."""
        return self.filter(Q(sites=site) | Q(sites=None)).distinct()


class UserManager(BaseUserManager["User"]):
    """Makes members of staff."""

    def get_queryset(self) -> UserQuerySet:
        """Return all members of staff."""
        return UserQuerySet(self.model, using=self._db)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the member of staff with this e-mail address, in any case."""
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Insert a member of staff with a usable password, or none."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user


def written_as(title: str | None, given_name: str | None, family_name: str | None) -> str:
    """Return the name of a member of staff as colleagues write it: Dr Amy Test."""
    return " ".join(filter(None, [title, given_name, family_name]))


# The password's hash has no business in a history, and each sign-in is an event already.
@tracked(exclude=("password", "last_login"))
class User(AbstractBaseUser, Record):
    """A member of staff. Without `sites` the person works at all of them."""

    class Body(models.TextChoices):
        GMC = "gmc", "GMC"
        NMC = "nmc", "NMC"
        HCPC = "hcpc", "HCPC"

    email = models.EmailField(unique=True)
    title = models.CharField(max_length=20, blank=True)
    given_name = models.CharField(max_length=60)
    family_name = models.CharField(max_length=60)
    roles = ArrayField(models.CharField(max_length=12, choices=Role))
    sites: "models.ManyToManyField[Site, Any]" = models.ManyToManyField(
        Site, blank=True, related_name="staff"
    )
    registration_body = models.CharField(max_length=4, choices=Body, blank=True)
    registration_number = models.CharField(max_length=12, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = False
    is_superuser = False
    # Known of the person behind a session; None of anybody else.
    has_second_factor: bool | None = None

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ["family_name", "given_name"]
        constraints = [
            models.CheckConstraint(
                name="staff_user_email_lower",
                condition=Q(email=models.functions.Lower("email")),
                violation_error_message="Write the e-mail address in lower case.",
            ),
            models.CheckConstraint(
                name="staff_user_has_a_role",
                condition=Q(roles__len__gt=0),
                violation_error_message="Give the person at least one role.",
            ),
        ]

    def __str__(self) -> str:
        return written_as(self.title, self.given_name, self.family_name)

    def get_full_name(self) -> str:
        """Return the name as colleagues write it."""
        return str(self)

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        """Everything that this person's roles allow."""
        return permissions_of(self.roles)

    def can(self, permission: Permission) -> bool:
        """Say whether this person may do something."""
        return self.is_active and permission in self.permissions

    @cached_property
    def _sites(self) -> list[tuple[Site, bool]]:
        """Every site, and whether this person is limited to it."""
        return [(from_row(Site, row), row[-1]) for row in _sites_and_limits(user_id=self.pk)]

    @cached_property
    def _limited_to(self) -> list[Site]:
        return [site for site, is_limit in self._sites if is_limit]

    @property
    def site_ids(self) -> frozenset[UUID]:
        """The sites to which this person is limited; empty means all of them."""
        return frozenset(site.pk for site in self._limited_to)

    @cached_property
    def workplaces(self) -> list[Site]:
        """The sites where this person works."""
        return self._limited_to or [site for site, _ in self._sites]

    def works_at(self, site_id: UUID) -> bool:
        """Say whether this person works at a site."""
        return not self.site_ids or site_id in self.site_ids

    @property
    def role_label(self) -> str:
        """The person's roles, in words."""
        return ", ".join(Role(role).label for role in self.roles)

    @property
    def home_role(self) -> Role:
        """The role whose home page opens first: the one that has most to do today."""
        order = [Role.CLINICIAN, Role.RECEPTION, Role.ADMIN, Role.EVALUATOR]
        return next(role for role in order if role in self.roles)


@tracked_link()
class Workplace(User.sites.through):  # type: ignore[name-defined]
    """That a person works at a site: it says whose records they may open."""

    class Meta:
        proxy = True

    def __str__(self) -> str:
        return f"{self.user} at {self.site}"


@prepared(user_id=UUID)
def _sites_and_limits(user_id: UUID) -> models.QuerySet[Site, Any]:
    limits = User.sites.through.objects.filter(site=OuterRef("pk"), user=user_id)
    return Site.objects.order_by("name").values_list(*columns(Site), Exists(limits))
