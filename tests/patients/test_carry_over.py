"""What the old columns said, the new ones say: the statement of the migration on a table."""

from importlib import import_module
from pathlib import Path

import pytest
from django.db import connection

import patients.migrations
from patients.contact import usual_ways

[PATH] = Path(patients.migrations.__path__[0]).glob("*_registration.py")
migration = import_module(f"patients.migrations.{PATH.stem}")


@pytest.fixture
def carried(db):
    """Return a function that puts an old row into a table and returns what becomes of it."""

    def carry(*, may_email=True, may_text=True, address="", nhs_number=None):
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TEMP TABLE old_patient (may_email bool, may_text bool, address text,"
                " nhs_number text, contact_allowed varchar(16)[], nhs_number_status varchar(8),"
                " town varchar(80), postcode varchar(12), country varchar(2))"
            )
            cursor.execute(
                "INSERT INTO old_patient VALUES (%s, %s, %s, %s, '{}', '', '', '', '')",
                [may_email, may_text, address, nhs_number],
            )
            cursor.execute(migration.carry_over("old_patient"))
            cursor.execute(
                "SELECT contact_allowed, nhs_number_status, address, postcode, country"
                " FROM old_patient"
            )
            [forth] = cursor.fetchall()
            cursor.execute(migration.carry_back("old_patient"))
            cursor.execute("SELECT may_email, may_text, address FROM old_patient")
            [back] = cursor.fetchall()
            cursor.execute("DROP TABLE old_patient")
        return forth, back

    return carry


@pytest.mark.parametrize("may_email", [True, False])
@pytest.mark.parametrize("may_text", [True, False])
def test_who_wanted_no_messages_wants_none(carried, may_email, may_text):
    (ways, *_), back = carried(may_email=may_email, may_text=may_text)
    refused = {"email": not may_email, "text": not may_text}
    assert ways == [way for way in usual_ways() if not refused.get(way.split(":")[0])]
    assert back[:2] == (may_email, may_text)


@pytest.mark.parametrize(("number", "status"), [("9449305552", "said"), (None, "")])
def test_an_nhs_number_of_before_was_not_checked(carried, number, status):
    assert carried(nhs_number=number)[0][1] == status


@pytest.mark.parametrize(
    ("address", "lines", "postcode", "country"),
    [
        ("1 Lane\nNowhereton\nB91 3AB", "1 Lane\nNowhereton", "B91 3AB", "GB"),
        ("1 Lane, Nowhereton, b913ab.", "1 Lane, Nowhereton", "B91 3AB", "GB"),
        ("1 Lane\nNowhereton EC1A  1BB \n", "1 Lane\nNowhereton", "EC1A 1BB", "GB"),
        ("1 Lane\nNowhereton", "1 Lane\nNowhereton", "", ""),
        ("1 Rue\n75001 Paris\nFrance", "1 Rue\n75001 Paris\nFrance", "", ""),
        ("Flat SW1A 1AA House\nNowhereton", "Flat SW1A 1AA House\nNowhereton", "", ""),
        ("B91 3AB", "", "B91 3AB", "GB"),
        ("", "", "", ""),
    ],
)
def test_an_address_keeps_every_word_and_its_postcode_gets_its_place(
    carried, address, lines, postcode, country
):
    row, _ = carried(address=address)
    assert row[2:] == (lines, postcode, country)


def test_going_back_writes_the_postcode_under_the_address_again(carried):
    assert carried(address="1 Lane\nNowhereton\nB91 3AB")[1][2] == "1 Lane\nNowhereton\nB91 3AB"
