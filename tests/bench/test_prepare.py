"""The preparation of what is measured, on a small clinic."""

from datetime import UTC, datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone

from clinic.bench import prepare
from clinic.bench.busy_day import APPOINTMENTS_A_COLUMN, COLUMNS, add_busy_day
from clinic.bench.client import totp_code
from clinic.booking.models import Appointment
from tests.factories.booking import AppointmentFactory
from tests.factories.patients import PatientFactory
from tests.factories.practice import ServiceFactory, SiteFactory
from tests.factories.staff import AdminFactory, ClinicianFactory, ReceptionFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


@pytest.fixture
def site():
    site = SiteFactory(name="Henley-in-Arden", slug="henley-in-arden")
    ServiceFactory(slug="consultation")
    PatientFactory.create_batch(COLUMNS * APPOINTMENTS_A_COLUMN, site=site)
    return site


def test_the_busy_day_has_ten_columns_and_a_hundred_appointments(site):
    ClinicianFactory()
    busy = add_busy_day(site, now=NOW)
    day = Appointment.objects.live().on_day(busy.day, site)
    assert day.count() == len(busy.appointments) == 100
    assert day.values("practitioner").distinct().count() == 10
    assert {appointment.status for appointment in day} == {"booked", "confirmed"}
    assert busy.day > NOW.date()


def test_the_busy_day_is_one_on_which_nobody_is_booked(site):
    tomorrow = NOW + timedelta(days=1)
    AppointmentFactory(starts_at=tomorrow, ends_at=tomorrow + timedelta(hours=1))
    assert add_busy_day(site, now=NOW).day == NOW.date() + timedelta(days=2)


def test_too_few_patients_are_refused(site):
    with pytest.raises(SystemExit, match="needs 100 patients"):
        add_busy_day(SiteFactory(), now=NOW)


def test_everybody_who_signs_in_has_a_second_factor(site, settings):
    settings.MFA_REQUIRED = True
    people = [ReceptionFactory(), ClinicianFactory(), AdminFactory()]
    accounts = [
        {"role": person.roles[0], "email": person.email, "password": "x"} for person in people
    ]
    prepared = prepare.prepare(accounts, ["sign_in", "diary"], now=timezone.now())
    assert Authenticator.objects.count() == 3
    assert [person["role"] for person in prepared["people"]] == ["reception", "clinician", "admin"]
    assert all(len(totp_code(person["totp_secret"], 0)) == 6 for person in prepared["people"])
    sign_in, diary = prepared["probes"]
    assert (sign_in["role"], sign_in["queries"]) == ("", 0)
    assert diary["path"].startswith("/diary/?date=")
    assert len(diary["expects"]) == 100
    assert 0 < diary["queries"] <= 12
    assert prepared["floor_path"].count("-") == 4
