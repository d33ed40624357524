"""Doors: a view opens only for those whose role allows it."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from clinic.practice.models import Site
from clinic.staff.models import User
from clinic.staff.permissions import Permission

CHOSEN_SITE = "site"
# The day of that choice, in the calendar of the site: My day chooses no other site on it.
SITE_CHOSEN_FOR = "site_chosen_for"
View = Callable[..., HttpResponse]


def signed_in(request: HttpRequest) -> User:
    """Return the member of staff behind a request that sign-in has let through."""
    return cast(User, request.user)


def current_site(request: HttpRequest) -> Site:
    """Return the site whose day the person is looking at: the one chosen last, else the first.

    Only lists and the diary follow it; a patient is always known from the address alone.
    """
    workplaces = signed_in(request).workplaces
    if not workplaces:
        raise PermissionDenied("The clinic has no site yet: `manage.py open_site` adds one.")
    chosen = request.session.get(CHOSEN_SITE)
    return next((site for site in workplaces if site.slug == chosen), workplaces[0])


def choose_site(request: HttpRequest, site: Site) -> None:
    """Have the person look at a site's day from now on, and remember that it was chosen today."""
    request.session[CHOSEN_SITE] = site.slug
    request.session[SITE_CHOSEN_FOR] = timezone.localdate(timezone=site.zone).isoformat()


def require(*any_of: Permission) -> Callable[[View], View]:
    """Open a view to those with one of the permissions; others read 403 and why."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            user = signed_in(request)
            if not any(user.can(permission) for permission in any_of):
                raise PermissionDenied(f"Your role does not allow you to {any_of[0]}.")
            return view(request, *args, **kwargs)

        guarded.required_permissions = any_of  # type: ignore[attr-defined]
        return guarded

    return decorate
