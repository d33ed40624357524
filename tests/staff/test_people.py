"""Accounts are made by the clinic, and say who may do what."""

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.utils import timezone

from clinic.audit.kinds import Kind
from clinic.audit.models import Event
from clinic.caseload.opening import open_site
from clinic.practice.models import Room, Service, Site
from clinic.staff.actions import add_person
from clinic.staff.models import User
from clinic.staff.permissions import ROLE_PERMISSIONS, Permission, Role
from followups.models import Protocol
from patients.models import ConsentTemplate
from tests.factories.practice import SiteFactory
from tests.factories.staff import ClinicianFactory, ReceptionFactory

pytestmark = pytest.mark.django_db

GOOD = "willow-marble-lantern"
PERSON = {"given_name": "Ada", "family_name": "Mockby", "roles": [Role.RECEPTION]}


def test_an_account_is_on_record_and_can_sign_in(client):
    person = add_person(by=None, email="ada@example.test", password=GOOD, **PERSON)
    assert Event.objects.get().kind == Kind.PERSON_ADDED
    answer = client.post("/accounts/login/", {"login": person.email, "password": GOOD})
    assert answer.status_code == 302
    assert Event.objects.filter(kind=Kind.SIGNED_IN, actor=person).exists()


def test_a_weak_password_or_a_taken_address_is_refused():
    with pytest.raises(ValidationError):
        add_person(by=None, email="ada@example.test", password="password", **PERSON)
    add_person(by=None, email="ada@example.test", password=GOOD, **PERSON)
    with pytest.raises(ValidationError):
        add_person(by=None, email="ADA@example.test", password=GOOD, **PERSON)
    assert User.objects.count() == 1


def test_a_refused_sign_in_is_on_record(client):
    person = ReceptionFactory()
    client.post("/accounts/login/", {"login": person.email, "password": "not-the-password"})
    event = Event.objects.get(kind=Kind.SIGN_IN_FAILED)
    assert (event.actor, event.subject_id) == (None, person.pk)


def test_the_commands_open_a_clinic(tmp_path, capsys):
    secret = tmp_path / "password"
    secret.write_text(GOOD)
    call_command(
        "add_person",
        "--email=ada@example.test",
        "--given-name=Ada",
        "--family-name=Mockby",
        "--title=Dr",
        "--role=clinician",
        "--gmc-number=9990001",
        f"--password-file={secret}",
    )
    call_command(
        "open_site",
        "--name=Nowhereton",
        "--address=1 Story Street, Nowhereton",
        "--phone=+441632960100",
        "--approved-by=ada@example.test",
    )
    assert Site.objects.get().slug == "nowhereton"
    assert (Room.objects.count(), Service.objects.count()) == (2, 4)
    assert ConsentTemplate.objects.filter(published_by__email="ada@example.test").count() == 6
    assert Protocol.objects.count() == 2


def test_a_second_site_brings_no_second_set_of_texts():
    doctor = ClinicianFactory()
    for name in ("one", "two"):
        open_site(
            by=doctor,
            name=name,
            slug=name,
            address="x",
            phone="+441632960100",
            now=timezone.now(),
        )
    assert (Site.objects.count(), ConsentTemplate.objects.count()) == (2, 6)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--site=nowhere"],
        ["--email=not an address"],
    ],
)
def test_the_command_says_what_is_wrong(tmp_path, arguments):
    secret = tmp_path / "password"
    secret.write_text(GOOD)
    with pytest.raises(CommandError):
        call_command(
            "add_person",
            "--email=ada@example.test",
            "--given-name=Ada",
            "--family-name=Mockby",
            "--role=reception",
            f"--password-file={secret}",
            *arguments,
        )


def test_a_person_without_sites_works_at_all_and_one_with_sites_at_those():
    here, elsewhere = SiteFactory(), SiteFactory()
    assert set(ReceptionFactory().workplaces) == {here, elsewhere}
    person = ReceptionFactory(sites=[here])
    assert (person.workplaces, person.site_ids) == ([here], {here.pk})


def test_reception_has_nothing_clinical_and_only_clinicians_sign():
    clinical = {
        Permission.VIEW_CLINICAL,
        Permission.RECORD_CLINICAL,
        Permission.TAKE_CONSENT,
        Permission.SIGN_SESSION,
        Permission.ISSUE_DOCUMENT,
        Permission.VIEW_AUDIT,
    }
    assert not ROLE_PERMISSIONS[Role.RECEPTION] & clinical
    assert [r for r in Role if Permission.SIGN_SESSION in ROLE_PERMISSIONS[r]] == [Role.CLINICIAN]
    assert ROLE_PERMISSIONS[Role.EVALUATOR] == {Permission.RATE_PHOTOS}


def test_a_clinic_without_a_site_says_so(client_of):
    answer = client_of(ReceptionFactory()).get("/")
    assert answer.status_code == 403
    assert b"no site yet" in answer.content


def test_without_a_second_factor_staff_reach_only_the_page_that_sets_one_up(client_of, settings):
    SiteFactory()
    settings.MFA_REQUIRED = True
    client = client_of(ReceptionFactory())
    for path in ("/", "/patients/", "/diary/"):
        answer = client.get(path)
        assert (answer.status_code, answer["Location"]) == (302, "/accounts/2fa/"), path
    assert client.get("/accounts/2fa/totp/activate/").status_code in (200, 302)


def test_a_part_of_a_page_is_told_that_nobody_is_signed_in(client):
    assert client.get("/arrivals/").status_code == 302
    assert client.get("/arrivals/", headers={"HX-Request": "true"}).status_code == 401


def test_a_session_that_ended_is_told_apart(client, client_of):
    assert client.get("/accounts/alive/").status_code == 401
    person = ReceptionFactory()
    answer = client_of(person).get("/accounts/alive/")
    assert answer.json()["person"] == str(person.pk)
    assert answer.json()["token"]
    assert "no-store" in answer["Cache-Control"]


def test_a_site_is_chosen_only_where_one_works_and_leads_back_only_here(client_of):
    here, elsewhere = SiteFactory(), SiteFactory()
    client = client_of(ReceptionFactory(sites=[here]))
    answer = client.post("/accounts/site/", {"site": elsewhere.slug, "next": "//evil.test/"})
    assert (answer["Location"], client.session.get("site")) == ("/", None)
    answer = client.post("/accounts/site/", {"site": here.slug, "next": "/diary/"})
    assert (answer["Location"], client.session["site"]) == ("/diary/", here.slug)
    assert client.post("/accounts/site/", {"next": "nonsense"})["Location"] == "/"


def test_ten_wrong_passwords_close_the_door_for_a_while(client):
    person = ReceptionFactory()
    codes = [
        client.post(
            "/accounts/login/", {"login": person.email, "password": f"wrong-{n}"}
        ).status_code
        for n in range(12)
    ]
    assert codes[0] == 200
    answer = client.post(
        "/accounts/login/", {"login": person.email, "password": "correct-horse-battery"}
    )
    assert answer.status_code != 302, "the right password must wait as well"
