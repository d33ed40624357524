"""Looking at a patient's record is an event: every page of one leaves one, once."""

import pytest
from django.urls import reverse

from clinic.audit.kinds import Kind
from clinic.audit.models import Event
from clinic.staff.permissions import Role
from tests.factories import staff as staff_factories
from tests.factories.photos import PhotoFactory, PhotoSetFactory
from tests.test_permissions import (  # noqa: F401
    DOORS,
    FACTORIES,
    address,
    every_address,
    record,
)

READINGS = {Kind.PATIENT_VIEWED, Kind.PHOTO_VIEWED, Kind.DOCUMENT_VIEWED}

# Pieces that a page, which left the event, fetches or embeds.
PIECES = {"photos:tile", "documents:progress"}

# Addresses that name something of the clinic's, no patient's: the texts that all of them read, and
# files that were brought in.
OF_THE_CLINIC = {
    *("patients:import", "patients:import_columns", "patients:import_reading"),
    "patients:import_progress",
    *("patients:rule", "patients:change_rule"),
    *("patients:text", "patients:edit_text", "patients:text_changes", "patients:publish_text"),
}


def pages_of_a_patient(role: Role) -> list[tuple[str, list[str]]]:
    """Return the pages that a role opens by what is a patient's: the address names it."""
    return [
        (name, parameters)
        for name, parameters in every_address()
        if any(parameter.endswith("_id") for parameter in parameters)
        and role in DOORS[name].get
        and DOORS[name].public is None
        and name not in PIECES | OF_THE_CLINIC
    ]


def looked_at(client, url: str, patient) -> int | None:
    """Return how many readings opening a page leaves, or None where no page opens."""
    before = Event.objects.about_patient(patient.pk).filter(kind__in=READINGS).count()
    answer = client.get(url)
    if answer.streaming:
        answer.getvalue()
    if answer.status_code != 200:
        return None
    return Event.objects.about_patient(patient.pk).filter(kind__in=READINGS).count() - before


def looked_at_with_pictures(client, name: str, parameters: list[str], whose) -> int | None:
    """Return the readings of a page; a photograph is recorded when its picture is sent."""
    picture = reverse("photos:image", args=[whose.rows["photo_id"].pk, "display"])
    if name == "photos:image":
        return looked_at(client, picture, whose.patient)
    readings = looked_at(client, address(name, parameters, whose), whose.patient)
    if name == "photos:photo":
        assert readings == 0
        return looked_at(client, picture, whose.patient)
    return readings


@pytest.mark.parametrize(
    ("role", "at_least"),
    [(Role.RECEPTION, 7), (Role.CLINICIAN, 25), (Role.ADMIN, 18)],
    ids=lambda value: str(value),
)
def test_every_page_of_a_patient_leaves_one_reading(role, at_least, record, client_of):  # noqa: F811
    person = FACTORIES[role](sites=[record.site])
    found = {  # each in a session of its own: the page that a patient signs holds its session
        name: looked_at_with_pictures(client_of(person), name, parameters, record)
        for name, parameters in pages_of_a_patient(role)
    }
    opened = {name: readings for name, readings in found.items() if readings is not None}
    assert {name: readings for name, readings in opened.items() if readings != 1} == {}
    assert len(opened) >= at_least, sorted(opened)


def test_a_signed_session_and_a_consent_to_read_leave_a_reading(record, client_of):  # noqa: F811
    client = client_of(staff_factories.ClinicianFactory(sites=[record.site]))
    signed = record.rows["signed_session"]
    for name in ("treatments:session", "treatments:addendum"):
        assert looked_at(client, reverse(name, args=[record.patient.pk, signed.pk]), record.patient)


def test_a_photograph_that_is_not_prepared_yet_leaves_a_reading(record, client_of):  # noqa: F811
    client = client_of(staff_factories.ClinicianFactory(sites=[record.site]))
    raw = PhotoFactory(photo_set=PhotoSetFactory(case=record.rows["signed_session"].case))
    assert looked_at(client, reverse("photos:photo", args=[raw.pk]), record.patient) == 1


def test_what_a_patient_is_booked_for_and_written_leaves_a_reading(record, client_of):  # noqa: F811
    client = client_of(staff_factories.ReceptionFactory(sites=[record.site]))
    for name in ("booking:new", "messaging:outbox"):
        url = f"{reverse(name)}?patient={record.patient.pk}"
        assert looked_at(client, url, record.patient) == 1, name


def test_a_form_that_is_sent_and_comes_back_is_no_second_reading(record, client_of):  # noqa: F811
    client = client_of(staff_factories.ClinicianFactory(sites=[record.site]))
    url = reverse("patients:edit", args=[record.patient.pk])
    assert looked_at(client, url, record.patient) == 1
    assert client.post(url, {"family_name": ""}).status_code == 422
    assert Event.objects.filter(kind=Kind.PATIENT_VIEWED).count() == 1
