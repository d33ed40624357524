"""Measures how long a file of new patients takes, in the worker's own process.

Counted are examining, checking and importing, all or nothing, as a clinic would. A process of its
own, with Django, on the measured database; nothing is sent to anybody.
"""

import argparse
import json
import time
from pathlib import Path

import django

AIM_SECONDS = 180
ROWS = 50_000
_HEADER = "Patient ID,Title,First name,Surname,DOB,Gender,Mobile,Email,Address 1,City,Postcode"
_GIVEN = ("Ada", "Ben", "Cleo", "Dov", "Esme", "Finn", "Greta", "Hugo", "Iris", "Jonah")
_READING = {
    "date_order": "dmy",
    "phone_region": "GB",
    "address_country": "GB",
    "sex_words": {"f": "female", "m": "male"},
}


def main() -> None:
    """Import as many rows as the arguments say and write the figures down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    django.setup()
    options.out.write_text(json.dumps(measure(options.rows)))


def line(number: int) -> str:
    """Return a row of an invented patient: nobody has the name, the birthday and the address."""
    letters = "".join(chr(97 + number // 26**place % 26) for place in range(4))
    family = f"{letters[::-1].capitalize()}wick{letters[1]}ford"
    born = f"{number % 28 + 1:02}/{number // 28 % 12 + 1:02}/{1930 + number // 336 % 75}"
    # Of Ofcom's numbers for drama, each once: a shared number is a reason to hold a row back.
    phone = f"07700 900{number:03}" if number < 1000 else ""
    return (
        f"B{number},{'Ms' if number % 2 else 'Mr'},{_GIVEN[number % 10]},{family},{born},"
        f"{'F' if number % 2 else 'M'},{phone},b{number}@example.test,"
        f"{number % 190 + 1} Imagined Road,Solihull,B91 3AB"
    )


def measure(rows: int) -> dict[str, float]:
    """Return seconds, and rows a second, of a whole import."""
    from django.core.files.base import ContentFile
    from django.utils import timezone

    from clinic.practice.models import Site
    from clinic.staff.models import User
    from patients.actions import import_work, importing
    from patients.models import ImportRow, PatientImport

    content = "\n".join([_HEADER, *map(line, range(rows)), ""]).encode()
    by = User.objects.filter(roles__contains=["admin"]).order_by("email")[0]
    site, now = Site.objects.order_by("name")[0], timezone.now()
    which = importing.upload(
        by=by, source="Bench", site=site, file=ContentFile(content), filename="bench.csv", now=now
    )
    start = time.perf_counter()
    importing.choose_columns(by=by, which=which, columns=which.reading["columns"])
    import_work.work_on(which.pk, now)
    which.refresh_from_db()
    importing.choose_reading(by=by, which=which, choices=_READING, all_or_nothing=True)
    import_work.work_on(which.pk, now)
    checked = time.perf_counter()
    which.refresh_from_db()
    held = which.rows.filter(outcome=ImportRow.Outcome.POSSIBLE)
    held_back = held.update(decision=ImportRow.Decision.LEAVE)
    importing.begin(by=by, which=which, now=now)
    import_work.work_on(which.pk, now)
    seconds = time.perf_counter() - start
    done = PatientImport.objects.get(pk=which.pk)
    if done.state != PatientImport.State.DONE:
        raise SystemExit(f"The import is {done.state}: {done.failure} {done.counts}")
    return {
        "rows": rows,
        "held_back": held_back,
        "seconds": round(seconds, 1),
        "check_seconds": round(checked - start, 1),
        "rows_a_second": round(rows / seconds),
    }


if __name__ == "__main__":
    main()
