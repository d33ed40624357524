"""Makes the seeded clinic ready to be measured; a process of its own, with Django.

Adds a busy day and second factors, picks what each page shows, and counts the queries of each
page with Django's own client on the same database, outside of the measured server.
"""

import argparse
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import django
from django.conf import settings
from django.db import connection
from django.db.models import Count
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clinic.bench.client import WrongAnswerError
from clinic.bench.pages import Person, Prepared, Probe

# The first receptionist's.
SITE = "henley-in-arden"


def main() -> None:
    """Prepare what the arguments name and write it down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts-file", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("names", nargs="+")
    options = parser.parse_args()
    django.setup()
    accounts = json.loads(options.accounts_file.read_text())
    prepared = prepare(accounts, options.names, now=timezone.now())
    options.out.write_text(json.dumps(prepared))


def prepare(accounts: list[dict[str, str]], names: list[str], *, now: datetime) -> Prepared:
    """Return where to knock, as whom, and what must be answered."""
    from patients.models import Patient

    probes = [probe for name in names for probe in PROBES[name](now)]
    people = [_person(accounts, role) for role in ("reception", "clinician", "admin")]
    browsers = {person["role"]: _browser(person) for person in people} | {"": _stranger()}
    for probe in probes:
        probe["queries"] = queries_of(browsers[probe["role"]], probe)
    anybody = Patient.objects.order_by("number").first()
    if anybody is None:
        raise SystemExit("There is nobody to measure with: use more patients.")
    return {
        "floor_path": f"/{anybody.pk}/",
        "floor_expects": [anybody.number, anybody.family_name],
        "people": people,
        "probes": probes,
    }


def queries_of(client: Client, probe: Probe) -> int:
    """Return how many statements a page sends to the database when all caches are warm."""
    client.get(probe["path"])
    with CaptureQueriesContext(connection) as queries:
        response = client.get(probe["path"])
    if response.status_code != 200:
        raise WrongAnswerError(f"{probe['path']} answered {response.status_code}.")
    return len(queries)


# -- people -----------------------------------------------------------------------------------


def _person(accounts: list[dict[str, str]], role: str) -> Person:
    """Return the first person of a role, with a second factor, as in a clinic in use."""
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    from clinic.staff.models import User

    account = next(each for each in accounts if each["role"] == role)
    user = User.objects.get_by_natural_key(account["email"])
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return {
        "role": role,
        "email": account["email"],
        "password": account["password"],
        "totp_secret": secret,
    }


def _stranger() -> Client:
    host = str(urlsplit(settings.PUBLIC_URL).hostname)
    return Client(headers={"host": host, "x-forwarded-proto": "https"})


def _browser(person: Person) -> Client:
    from clinic.staff.models import User

    client = _stranger()
    client.force_login(User.objects.get_by_natural_key(person["email"]))
    return client


# -- pages ------------------------------------------------------------------------------------


def _probe(name: str, figure: str, role: str, path: str, expects: list[str]) -> Probe:
    return Probe(name=name, figure=figure, role=role, path=path, expects=expects, queries=0)


def sign_in(now: datetime) -> list[Probe]:
    """The page on which one signs in."""
    return [_probe("sign_in", "", "", reverse("account_login"), ['name="password"'])]


def search(now: datetime) -> list[Probe]:
    """A surname typed in full, with two letters swapped and while typing; then what is exact."""
    from patients.models import Patient

    families = Patient.objects.values("family_name").annotate(count=Count("pk"))
    family = families.order_by("-count", "family_name")[len(families) // 2]["family_name"]
    typo = family[:2] + family[3] + family[2] + family[4:]
    here = Patient.objects.filter(registrations__site__slug=SITE)
    told = here.filter(family_name=family, date_of_birth__isnull=False).exclude(phone="")
    somebody = told.order_by("number")[0]
    # Invented people share their numbers; the first of them is on the first page.
    first = here.filter(phone=somebody.phone).order_by("search_name", "date_of_birth", "pk")[0]
    texts = {
        "": (family, family),
        "typo": (typo, family),
        "phone": (somebody.phone, first.family_name),
        "number": (somebody.number, family),
        "date_of_birth": (f"{somebody.date_of_birth:%d/%m/%Y}", family),
        "as_you_type": (family, family),
    }
    addresses = {"as_you_type": reverse("patients:search")}
    return [
        _probe(
            "search",
            figure,
            "reception",
            f"{addresses.get(figure, reverse('patients:list'))}?{urlencode({'q': text})}",
            [f">{name.upper()}, "],
        )
        for figure, (text, name) in texts.items()
    ]


def chart(now: datetime) -> list[Probe]:
    """The chart of the patient in follow-up to whom most has happened."""
    from patients.models import Patient

    patient = (
        Patient.objects.filter(cases__closed_at__isnull=True, reviews__held_at__isnull=False)
        .annotate(visits=Count("appointments", distinct=True))
        .order_by("-visits", "number")
        .first()
    )
    if patient is None:
        raise SystemExit("Nobody is in follow-up yet: measure with more patients.")
    path = reverse("caseload:chart", args=[patient.pk])
    return [_probe("chart", "", "clinician", path, [patient.number, 'class="timeline"'])]


def diary(now: datetime) -> list[Probe]:
    """A busy day."""
    from clinic.bench.busy_day import add_busy_day
    from clinic.practice.models import Site

    busy = add_busy_day(Site.objects.get(slug=SITE), now=now)
    path = f"{reverse('booking:diary')}?date={busy.day}&site={busy.site.slug}"
    links = [reverse("booking:appointment", args=[each.pk]) for each in busy.appointments]
    return [_probe("diary", "", "reception", path, links)]


def worklist(now: datetime) -> list[Probe]:
    """The reviews that are due and not booked."""
    return [_probe("worklist", "", "reception", reverse("followups:overdue"), ["/patients/"])]


def caseload(now: datetime) -> list[Probe]:
    """The board of everybody's case."""
    return [_probe("caseload", "", "admin", reverse("caseload:board"), ["/patients/"])]


PROBES: dict[str, Callable[[datetime], list[Probe]]] = {
    "sign_in": sign_in,
    "search": search,
    "chart": chart,
    "diary": diary,
    "worklist": worklist,
    "caseload": caseload,
}


if __name__ == "__main__":
    main()
