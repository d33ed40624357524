"""What becomes of an account is in the audit trail, and what it was before is kept."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.test import Client

from clinic.audit.kinds import Kind
from clinic.audit.models import Event
from clinic.staff.models import User, Workplace
from tests.factories.practice import SiteFactory
from tests.factories.staff import PASSWORD, ReceptionFactory

pytestmark = pytest.mark.django_db

BETTER = "willow-marble-lantern"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def person() -> User:
    return ReceptionFactory(sites=[SiteFactory()])


def signed_in(person: User, password: str = PASSWORD) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": person.email, "password": password})
    return client


def told() -> list[tuple[str, str]]:
    """Return what is on record, oldest first: by whom (in name), and what."""
    return [(event.kind, event.sentence) for event in Event.objects.order_by("id")]


def last() -> Event:
    return Event.objects.order_by("id").last()


def code(secret: str = SECRET) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def test_signing_out_is_on_record(person):
    signed_in(person).post("/accounts/logout/")
    assert [kind for kind, _ in told()] == [Kind.SIGNED_IN, Kind.SIGNED_OUT]
    assert last().actor == person


def test_a_changed_password_is_on_record_and_never_its_hash(person):
    client = signed_in(person)
    form = {"oldpassword": PASSWORD, "password1": BETTER, "password2": BETTER}
    assert client.post("/accounts/password/change/", form).status_code == 302
    person.refresh_from_db()
    assert person.check_password(BETTER)
    assert (last().kind, last().actor) == (Kind.PASSWORD_CHANGED, person)
    assert not person.past_versions.exists()
    assert person.password not in str(Event.objects.values_list("details", flat=True))


def test_a_password_set_by_the_link_is_on_record_and_by_nobody_who_signed_in(person, client):
    client.post("/accounts/password/reset/", {"email": person.email})
    assert last().kind == Kind.PASSWORD_LINK_SENT
    link = re.search(r"/accounts/password/reset/key/\S+", mail.outbox[0].body).group()
    page = client.get(link, follow=True)
    form = {"password1": BETTER, "password2": BETTER}
    client.post(page.redirect_chain[-1][0], form)
    person.refresh_from_db()
    assert person.check_password(BETTER)
    kinds = [kind for kind, _ in told()]
    assert kinds[:2] == [Kind.PASSWORD_LINK_SENT, Kind.PASSWORD_RESET]
    reset = Event.objects.get(kind=Kind.PASSWORD_RESET)
    assert (reset.actor, reset.actor_label, reset.subject_id) == (None, str(person), person.pk)


def test_a_link_asked_for_an_address_that_nobody_has_is_no_event(client):
    client.post("/accounts/password/reset/", {"email": "nobody@example.test"})
    assert told() == []


def test_a_wrong_password_when_asked_again_is_on_record(person):
    client = signed_in(person)
    client.post("/accounts/reauthenticate/", {"password": "not-the-password"})
    assert (last().kind, last().subject_id) == (Kind.SIGN_IN_FAILED, person.pk)


def test_ending_other_sessions_is_on_record_with_their_number(person):
    here = signed_in(person)
    signed_in(person)
    signed_in(person)
    here.post("/accounts/sessions/")
    assert last().sentence == "ended 2 of their other sessions"
    here.post("/accounts/sessions/")
    assert Event.objects.filter(kind=Kind.SESSIONS_ENDED).count() == 1


def test_an_authenticator_app_added_and_removed_is_on_record(
    person, django_capture_on_commit_callbacks
):
    client = signed_in(person)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/")
    secret = page.context["form"].secret
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/2fa/totp/activate/", {"code": code(secret)})
    assert last().sentence == "added to their second factors: authenticator app"
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/2fa/recovery-codes/generate/")
    assert last().sentence == "added to their second factors: new recovery codes"
    client.post("/accounts/2fa/totp/deactivate/")
    assert last().sentence == "removed from their second factors: authenticator app"
    assert last().actor == person
    assert secret not in str(list(Event.objects.values()))


def test_a_wrong_code_of_the_second_factor_is_on_record_under_the_account(person):
    TOTP.activate(person, SECRET)
    client = signed_in(person)
    assert told() == []
    client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    failed = Event.objects.get()
    assert (failed.kind, failed.actor, failed.subject_id) == (
        Kind.SECOND_FACTOR_FAILED,
        None,
        person.pk,
    )
    assert client.get("/").status_code == 302
    client.post("/accounts/2fa/authenticate/", {"code": code()})
    assert [kind for kind, _ in told()] == [Kind.SECOND_FACTOR_FAILED, Kind.SIGNED_IN]


def test_a_code_that_was_not_looked_at_is_no_wrong_code(person):
    TOTP.activate(person, SECRET)
    client = signed_in(person)
    for _ in range(8):
        page = client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert "Too many failed login attempts" in page.content.decode()
    assert Event.objects.filter(kind=Kind.SECOND_FACTOR_FAILED).count() == 5


def test_a_recovery_code_used_up_is_on_record_with_how_many_are_left(person):
    TOTP.activate(person, SECRET)
    codes = RecoveryCodes.activate(person).get_unused_codes()
    client = signed_in(person)
    client.post("/accounts/2fa/authenticate/", {"code": codes[0]})
    used, entered = Event.objects.order_by("id")
    assert (used.sentence, used.actor) == ("used a recovery code; 9 are left", person)
    assert entered.kind == Kind.SIGNED_IN
    assert Authenticator.objects.filter(user=person).count() == 2


def test_what_an_account_was_before_is_kept(person):
    roles = list(person.roles)
    person.roles = ["admin"]
    person.save()
    past = person.past_versions.get()
    assert (past.pgh_label, past.roles) == ("before_update", roles)
    assert not {"password", "last_login"} & {field.name for field in past._meta.get_fields()}


def test_a_sign_in_alone_makes_no_past_version(person):
    signed_in(person)
    person.refresh_from_db()
    assert person.last_login is not None
    assert not person.past_versions.exists()


def test_where_somebody_may_work_is_kept_when_it_is_given_and_when_it_is_taken(person):
    site = person.sites.get()
    person.sites.clear()
    versions = Workplace.pgh_event_model.objects.order_by("pgh_id")
    assert [(v.pgh_label, v.user, v.site) for v in versions] == [
        ("after_insert", person, site),
        ("before_delete", person, site),
    ]
