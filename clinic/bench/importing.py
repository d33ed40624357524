"""Measures how long a file of new patients takes, in the worker's own process.

Counted is all from the upload to the end, all or nothing, but for what a person thinks meanwhile.
A process of its own, with Django, on the measured database; nothing is sent to anybody. The floor
is the same rows as patients without a check, a question or a trace, by one `bulk_create` that is
rolled back.
"""

import argparse
import json
import time
from pathlib import Path

import django

ROWS = 50_000
_HEADER = "Patient ID,Title,First name,Surname,DOB,Gender,Mobile,Email,Address 1,City,Postcode"
_GIVEN = ("Ada", "Ben", "Cleo", "Dov", "Esme", "Finn", "Greta", "Hugo", "Iris", "Jonah")
_ENDS = ("wick", "ton", "bury", "stead", "more", "field", "grove", "hurst", "dale", "combe")
_BIRTHDAYS = 28 * 12 * 75
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
    # Those who share a birthday have other names: who is alike is held back.
    again = number // _BIRTHDAYS
    given = _GIVEN[(number + 3 * again) % 10]
    family = f"{letters[::-1].capitalize()}{_ENDS[(number // 10 + again) % 10]}"
    born = f"{number % 28 + 1:02}/{number // 28 % 12 + 1:02}/{1930 + number // 336 % 75}"
    # Of Ofcom's numbers for drama, each once: a shared number is a reason to hold a row back.
    phone = f"07700 900{number:03}" if number < 1000 else ""
    return (
        f"B{number},{'Ms' if number % 2 else 'Mr'},{given},{family},{born},"
        f"{'F' if number % 2 else 'M'},{phone},b{number}@example.test,"
        f"{number % 190 + 1} Imagined Road,Solihull,B91 3AB"
    )


def _floor_seconds(lines: list[str]) -> float:
    """Return how long Django and the database need for nothing but the rows."""
    from django.db import transaction

    from patients.models import Patient

    cells = [text.split(",") for text in lines]
    people = [
        Patient(
            number=f"FLOOR-{row[0]}",
            title=row[1],
            given_names=row[2],
            family_name=row[3],
            sex="female" if row[5] == "F" else "male",
            email=row[7],
            address=row[8],
            town=row[9],
            postcode=row[10],
        )
        for row in cells
    ]
    start = time.perf_counter()
    with transaction.atomic():
        Patient.objects.bulk_create(people, batch_size=1000)
        transaction.set_rollback(True)
    return time.perf_counter() - start


def measure(rows: int) -> dict[str, float]:
    """Return seconds, rows a second and the ratio to the floor, of a whole import.

    Then of the same file again, in which half of the patients have moved.
    """
    lines = [line(number) for number in range(rows)]
    floor = _floor_seconds(lines)
    seconds, held_back = _bring_in(lines)
    moved = [
        text.replace("Imagined Road", "Invented Lane") if number % 2 else text
        for number, text in enumerate(lines)
    ]
    again, _ = _bring_in(moved)
    return {
        "rows": rows,
        "held_back": held_back,
        "seconds": round(seconds, 1),
        "rows_a_second": round(rows / seconds),
        "again_seconds": round(again, 1),
        "again_rows_a_second": round(rows / again),
        "floor_seconds": round(floor, 2),
        "ratio": round(seconds / floor, 1),
    }


def _bring_in(lines: list[str]) -> tuple[float, int]:
    """Return the seconds that a file takes, and how many of its rows were held back."""
    from django.core.files.base import ContentFile
    from django.utils import timezone

    from clinic.practice.models import Site
    from clinic.staff.models import User
    from patients.actions import import_work, importing
    from patients.models import ImportRow, PatientImport

    content = "\n".join([_HEADER, *lines, ""]).encode()
    by = User.objects.filter(roles__contains=["admin"]).order_by("email")[0]
    site, now = Site.objects.order_by("name")[0], timezone.now()
    start = time.perf_counter()
    which = importing.upload(
        by=by, source="Bench", site=site, file=ContentFile(content), filename="bench.csv", now=now
    )
    importing.choose_columns(by=by, which=which, columns=which.reading["columns"])
    import_work.work_on(which.pk, now)
    which.refresh_from_db()
    importing.choose_reading(by=by, which=which, choices=_READING, all_or_nothing=True)
    import_work.work_on(which.pk, now)
    which.refresh_from_db()
    held = which.rows.filter(outcome=ImportRow.Outcome.POSSIBLE)
    held_back = held.update(decision=ImportRow.Decision.LEAVE)
    importing.begin(by=by, which=which, now=now)
    import_work.work_on(which.pk, now)
    seconds = time.perf_counter() - start
    done = PatientImport.objects.get(pk=which.pk)
    if done.state != PatientImport.State.DONE:
        raise SystemExit(f"The import is {done.state}: {done.failure} {done.counts}")
    return seconds, held_back


if __name__ == "__main__":
    main()
