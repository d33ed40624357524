"""Every page of every role on a phone in the dark: it fits, axe and the console say nothing."""

from collections.abc import Callable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from clinic.caseload.seed.clinic import Clinic
from clinic.caseload.seed.fill import fill
from clinic.caseload.seed.keepsakes import add_keepsakes
from clinic.photos import derivatives
from clinic.practice.models import Site
from clinic.staff.models import User
from clinic.staff.permissions import Role
from tests.factories.followups import ProtocolFactory
from tests.factories.patients import ConsentTemplateFactory
from tests.factories.practice import SiteFactory
from tests.factories.staff import ClinicianFactory
from tests.journeys.person import Person
from tests.one_of_everything import SECRET, Record, one_of_everything
from tests.test_permissions import DOORS, address, every_address

MONDAY_MORNING = datetime(2026, 3, 2, 10, 0, tzinfo=ZoneInfo("Europe/London"))

FILES_AND_FRAGMENTS = {
    *("documents:download", "documents:progress", "photos:image", "photos:tile"),
    *("patients:search", "mfa_download_recovery_codes", "portal:document"),
    "patients:import_progress",
}
# Pages that lead elsewhere, or are not there, for somebody without a second factor.
WITH_A_SECOND_FACTOR = {
    *("mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes"),
    *("mfa_reauthenticate", "mfa_reauthenticate_webauthn"),
    *("mfa_remove_webauthn", "mfa_edit_webauthn"),
}
PLACES_WITH_A_QUERY = {
    Role.RECEPTION: ["/diary/?view=list", "/patients/?q=e", "/followups/overdue/?declined"],
    Role.CLINICIAN: ["/diary/?date=2026-03-03"],
    Role.ADMIN: ["/caseload/?stage=in_follow_up", "/audit/?kind=patients.viewed"],
    Role.EVALUATOR: [],
}


@pytest.fixture
def busy_clinic(live_server, letter_box) -> Iterator[tuple[Clinic, Record]]:
    """The fictional clinic on a Monday morning, and a patient with one of everything."""
    with time_machine.travel(MONDAY_MORNING, tick=True):
        clinic = fill(patients=20, seed=1, now=timezone.localtime())
        add_keepsakes(clinic)
        derivatives.derive_missing(clock=timezone.now)
        # The clinic has the first versions of its texts and protocols already.
        ConsentTemplateFactory.reset_sequence(100, force=True)
        ProtocolFactory.reset_sequence(100, force=True)
        doctor = User.objects.get(family_name="Mockridge")
        record = one_of_everything(Site.objects.get(slug="henley-in-arden"), doctor)
        yield clinic, record


@pytest.fixture
def on_a_phone_in_the_dark(person, phone_profile) -> Callable[[str], Person]:
    return lambda name: person(name, color_scheme="dark", **phone_profile)


def test_every_page_of_every_role_fits_a_phone_in_the_dark(busy_clinic, on_a_phone_in_the_dark):
    clinic, record = busy_clinic
    wrong = []
    for role in Role:
        somebody = on_a_phone_in_the_dark(role)
        account = next(account for account in clinic.accounts if account.role == role)
        somebody.signs_in(account.email, account.password)
        wrong += what_is_wrong(somebody, pages_of(role, record))
    assert not wrong, "\n\n".join(wrong)


def pages_of(role: Role, record: Record) -> list[str]:
    left_out = FILES_AND_FRAGMENTS | WITH_A_SECOND_FACTOR
    pages = [
        address(name, parameters, record)
        for name, parameters in every_address()
        if role in DOORS[name].get
        and DOORS[name].public is None
        and name not in left_out
        # One's own account looks the same to everybody: seen once, in the role with little else.
        and (":" in name or role == Role.EVALUATOR)
    ]
    # The page that a patient signs on comes last: after it, the device asks who is there.
    pages = sorted([*pages, *PLACES_WITH_A_QUERY[role]], key=is_in_the_patients_hands)
    return [*pages, "/"]


def is_in_the_patients_hands(page: str) -> bool:
    return "/consents/" in page and page.endswith("/sign/")


def test_the_public_pages_fit_a_phone_in_the_dark(live_server, on_a_phone_in_the_dark):
    somebody = on_a_phone_in_the_dark("somebody")
    pages = ["/accounts/login/", "/accounts/password/reset/", "/accounts/signup/"]
    assert what_is_wrong(somebody, pages) == []


def test_the_patients_own_page_fits_a_phone_in_the_dark(live_server, on_a_phone_in_the_dark):
    site = SiteFactory()
    one_of_everything(site, ClinicianFactory(sites=[site]))
    patient = on_a_phone_in_the_dark("the patient")
    patient.opens(f"/my/{SECRET}/")
    patient.fills("Day", "22")
    patient.fills("Month", "Nov")
    patient.fills("Year", "1980")
    patient.presses("Open my page")
    patient.is_on("A code, to be sure it is you")  # There is something to sign.
    patient.opens(f"/my/{SECRET}/")
    patient.reads("Hello Ambrose")
    patient.opens(f"/my/{SECRET}/leave/")


def what_is_wrong(somebody: Person, pages: list[str]) -> list[str]:
    """Open one page after another, and tell what was wrong with which."""
    assert pages
    wrong = []
    for page in pages:
        try:
            somebody.opens(page)
        except AssertionError as error:
            wrong.append(str(error))
            somebody.faults.clear()
    return wrong
