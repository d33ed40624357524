"""Who may open what: every address of the product and every role, against a written table.

An address that is not in the table fails. Whoever adds one writes down here who may use it.
"""

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from clinic.staff.handover import HELD
from clinic.staff.permissions import Role
from tests.factories import staff as staff_factories
from tests.factories.practice import SiteFactory
from tests.one_of_everything import SECRET, Record, one_of_everything

R, C, A, E = Role.RECEPTION, Role.CLINICIAN, Role.ADMIN, Role.EVALUATOR
EVERYBODY = frozenset({R, C, A, E})
NOBODY: frozenset[Role] = frozenset()
FACTORIES = {
    R: staff_factories.ReceptionFactory,
    C: staff_factories.ClinicianFactory,
    A: staff_factories.AdminFactory,
    E: staff_factories.EvaluatorFactory,
}


@dataclass(frozen=True)
class Door:
    """Who may GET an address and who may POST to it; `NOBODY` where it is not made for that.

    A public one says with which status it answers a GET of somebody who is not signed in.
    """

    get: frozenset[Role]
    post: frozenset[Role]
    public: int | None = None


def page(*roles: Role) -> Door:
    return Door(frozenset(roles), NOBODY)


def form(*roles: Role, write: tuple[Role, ...] | None = None) -> Door:
    return Door(frozenset(roles), frozenset(roles if write is None else write))


def button(*roles: Role) -> Door:
    return Door(NOBODY, frozenset(roles))


def public(status: int = 200) -> Door:
    return Door(EVERYBODY, EVERYBODY, status)


OWN_ACCOUNT = form(*EVERYBODY)

DOORS: dict[str, Door] = {
    # Signs of life, and what the patient opens with a private link.
    "healthz": public(),
    "readyz": public(503),  # no worker has given a sign of life here
    "styleguide": public(),
    "portal:enter": public(),
    "portal:document": public(302),  # to the question for the date of birth
    "portal:leave": public(),
    "portal:code": public(302),
    "portal:consents": public(302),
    "portal:consent": public(302),
    "portal:consent_question": public(302),
    "portal:change_mind": public(302),
    "portal:questions": public(302),
    "portal:check_answers": public(302),
    "portal:question_part": public(302),
    # Signing in.
    "alive": public(401),
    "account_login": public(),
    "account_logout": public(302),
    "account_inactive": public(),
    "account_signup": public(),  # says that the clinic makes the accounts
    "account_reset_password": public(),
    "account_reset_password_done": public(),
    "account_reset_password_from_key": public(),
    "account_reset_password_from_key_done": public(),
    "mfa_authenticate": public(302),
    "mfa_login_webauthn": public(302),
    # One's own account.
    "account_reauthenticate": OWN_ACCOUNT,
    "account_change_password": OWN_ACCOUNT,
    "account_set_password": OWN_ACCOUNT,
    "mfa_index": page(*EVERYBODY),
    "mfa_reauthenticate": OWN_ACCOUNT,
    "mfa_activate_totp": OWN_ACCOUNT,
    "mfa_deactivate_totp": OWN_ACCOUNT,
    "mfa_view_recovery_codes": page(*EVERYBODY),
    "mfa_generate_recovery_codes": OWN_ACCOUNT,
    "mfa_download_recovery_codes": OWN_ACCOUNT,
    "mfa_list_webauthn": page(*EVERYBODY),
    "mfa_add_webauthn": OWN_ACCOUNT,
    "mfa_reauthenticate_webauthn": OWN_ACCOUNT,
    "mfa_remove_webauthn": OWN_ACCOUNT,
    "mfa_edit_webauthn": OWN_ACCOUNT,
    "usersessions_list": OWN_ACCOUNT,
    "switch_site": button(*EVERYBODY),
    # Patients.
    "patients:list": page(R, C, A),
    "patients:search": page(R, C, A),
    "patients:new": form(R, C, A),
    "patients:edit": form(R, C, A),
    "patients:add_site": button(R, C, A),
    "patients:double_records": page(C, A),
    "patients:look_for_pairs": button(C, A),
    "patients:merges": page(C, A),
    "patients:compare_records": form(C, A),
    "patients:two_people": button(C, A),
    "patients:undo_merge": button(C, A),
    # Import and export.
    "patients:export": form(A),
    "patients:imports": form(A),
    "patients:import": page(A),
    "patients:import_progress": page(A),
    "patients:import_columns": form(A),
    "patients:import_anew": button(A),
    "patients:import_reading": form(A),
    "patients:import_decide": button(A),
    "patients:import_leave_rest": button(A),
    "patients:import_begin": button(A),
    "patients:import_give_up": button(A),
    "patients:case": page(R, C, A),
    "patients:open_case": button(R, C, A),
    "patients:close_case": button(C, A),
    "patients:reopen_case": button(C, A),
    "patients:set_clinician": button(R, C, A),
    # The clinical record.
    "patients:history": page(C, A),
    "patients:record_history": button(C),
    "patients:add_medicine": button(C),
    "patients:stop_medicine": button(C),
    "patients:add_allergy": button(C),
    "patients:no_allergies": button(C),
    "patients:withdraw_allergy": button(C),
    "patients:withdraw_medicine": button(C),
    "patients:review_medicines": button(C),
    "patients:no_medicines": button(C),
    "patients:conditions": button(C),
    "patients:relatives": button(C),
    "patients:hair": button(C),
    "patients:pregnancy": button(C),
    "patients:add_bloods": button(C),
    "patients:withdraw_blood": button(C),
    "patients:withdraw_diagnosis": button(C),
    "patients:add_elsewhere": button(C),
    "patients:not_treated": button(C),
    "patients:withdraw_elsewhere": button(C),
    "patients:diagnose": button(C),
    "patients:pathway": page(C, A),
    "patients:review_stop": form(C),
    "patients:consents": page(C, A),
    "patients:consent_text": page(C, A),
    "patients:give_information": button(C),
    "patients:consent": page(C, A),
    "patients:discuss_consent": form(C),
    "patients:sign_consent": form(C),
    "patients:countersign": form(C),
    "patients:withdrawals": page(R, C),
    "patients:withdraw_consent": form(R, C),
    "consenting:link": form(C),
    "consenting:revoke": button(C),
    "consenting:tell_code": form(R, C),
    # Contraindications.
    "patients:contraindications": page(C, A),
    "patients:rules": page(C, A),
    "patients:install_rules": button(A),
    "patients:new_rule": form(A),
    "patients:rule": page(C, A),
    "patients:change_rule": form(A),
    "patients:approve_rule": button(C),
    "patients:decline_rule": button(C),
    "patients:retire_rule": button(A),
    # Consent texts.
    "patients:texts": page(A),
    "patients:begin_text": button(A),
    "patients:text": page(A),
    "patients:edit_text": form(A),
    "patients:autosave_text": button(A),
    "patients:text_changes": page(A),
    "patients:publish_text": form(A),
    "patients:discard_text": button(A),
    "photos:sets": page(C, A),
    "photos:add": form(C),
    "photos:compare": page(C, A),
    "photos:photo": page(C, A),
    "photos:withdraw": button(C),
    "photos:tile": page(C, A),
    "photos:image": page(C, A),
    "treatments:plan": page(C, A),
    "treatments:new_plan": form(C),
    "treatments:change_plan": form(C),
    "treatments:cancel_plan": button(C),
    "treatments:start": form(C),
    "treatments:session": form(C, A, write=(C,)),
    "treatments:autosave": button(C),
    "treatments:discard": button(C),
    "treatments:sign": form(C),
    "treatments:addendum": form(C),
    "followups:baseline": form(C, A, write=(C,)),
    "followups:review": form(C, A, write=(C,)),
    "documents:list": page(C, A),
    "documents:download": page(C, A),
    "documents:progress": page(C, A),
    "documents:retry": button(C),
    "documents:revoke": button(C),
    # What the patient answers before a visit.
    "questionnaires:of_patient": page(R, C, A),
    "questionnaires:send": button(R, C),
    "questionnaires:hand_over": button(R, C),
    "questionnaires:revoke": button(R, C),
    "questionnaires:read": page(C, A),
    "questionnaires:accept_all": button(C),
    "questionnaires:accept": button(C),
    "questionnaires:correct": form(C),
    "questionnaires:leave_out": form(C),
    "caseload:summary": form(C),
    "caseload:send_link": button(C),
    # The diary, the reviews to book, messages.
    "booking:diary": page(R, C, A),
    "booking:arrivals": page(R, C, A),
    "booking:new": form(R, C),
    "booking:appointment": page(R, C, A),
    "booking:move": form(R, C),
    "booking:cancel": form(R, C),
    "booking:step": button(R, C),
    "booking:for_patient": page(R, C, A),
    "followups:list": page(R, C, A),
    "followups:overdue": page(R, C, A),
    "followups:contact": form(R, C),
    "messaging:outbox": page(R, C, A),
    "messaging:demo_mail": page(R, C, A),
    # What spans them.
    "caseload:home": page(*EVERYBODY),
    "caseload:chart": page(R, C, A),
    "caseload:board": page(A),
    "caseload:audit": page(A),
}

# Which row an address is about, where it is not the one that its other addresses are about.
OTHER_ROWS = {
    "patients:consent": {"consent_id": "signed_consent"},
    "patients:withdraw_consent": {"consent_id": "signed_consent"},
    "patients:countersign": {"consent_id": "half_signed_consent"},
    "patients:edit_text": {"template_id": "draft_text"},
    "patients:autosave_text": {"template_id": "draft_text"},
    "patients:publish_text": {"template_id": "draft_text"},
    "patients:discard_text": {"template_id": "draft_text"},
    "treatments:addendum": {"session_id": "signed_session"},
}
WORDS = {
    "topic": "medical",
    "size": "thumbnail",
    "token": SECRET,
    "key": "none",
    "part": "hair",
    "uidb36": "1",
}


@pytest.fixture
def record(db, settings) -> Record:
    settings.DEMO = True  # the letter box is there in the demo alone
    site = SiteFactory(name="Henley-in-Arden", slug="henley-in-arden")
    return one_of_everything(site, staff_factories.ClinicianFactory(sites=[site]))


def every_address() -> Iterator[tuple[str, list[str]]]:
    """Return the name of each address, with the names of what stands in it."""
    yield from _walk(get_resolver().url_patterns, "", [])


def _walk(
    patterns: list[URLPattern | URLResolver], namespace: str, outer: list[str]
) -> Iterator[tuple[str, list[str]]]:
    for pattern in patterns:
        inside = [*outer, *pattern.pattern.regex.groupindex]
        if isinstance(pattern, URLResolver):
            prefix = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, prefix, inside)
        else:
            yield f"{namespace}{pattern.name}", inside


def address(name: str, parameters: list[str], record: Record, passkey: int = 0) -> str:
    known: dict[str, Any] = record.ids() | WORDS | {"pk": passkey}
    for parameter, row in OTHER_ROWS.get(name, {}).items():
        known[parameter] = record.rows[row].pk
    return reverse(name, kwargs={parameter: known[parameter] for parameter in parameters})


def ask(client: Client, method: str, url: str) -> HttpResponse:
    """Ask, and undo whatever it did, signing out included."""
    client.raise_request_exception = False
    cookies = copy(client.cookies)
    with transaction.atomic():
        answer = getattr(client, method)(url)
        transaction.set_rollback(True)
    if answer.streaming:
        answer.getvalue()  # reads the file to its end, which closes it
    client.cookies = cookies
    give_back(client)
    return answer


def give_back(client: Client) -> None:
    """End the hold of a page that a patient signs on: the next address is asked for by staff."""
    session = client.session
    if session.pop(HELD, None):
        session.save()


def tells(answer: HttpResponse, words: bytes) -> bool:
    """Say whether a page has these words in it; a file that is sent counts as telling."""
    return answer.streaming or words in answer.content


def leads_to_sign_in(answer: HttpResponse) -> bool:
    return answer.status_code == 302 and answer["Location"].startswith(reverse("account_login"))


def second_factors_of(user: Any) -> None:
    """Give somebody a code generator and recovery codes."""
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(user)


def passkey_of(user: Any) -> int:
    """Return the number of a passkey that belongs to this person."""
    return int(Authenticator.objects.create(user=user, type="webauthn", data={"name": "Key"}).pk)


def test_the_table_names_every_address_and_no_other():
    assert {name for name, _ in every_address()} == set(DOORS)


@pytest.mark.parametrize("role", FACTORIES, ids=str)
def test_each_role_opens_what_the_table_says_and_nothing_else(role, record, client_of):
    user = FACTORIES[role](sites=[record.site])
    second_factors_of(user)
    passkey = passkey_of(FACTORIES[role]())
    client = client_of(user)
    wrong = []
    for name, parameters in every_address():
        url = address(name, parameters, record, passkey)
        for method in ("get", "post"):
            answer = ask(client, method, url)
            if not is_right(answer, DOORS[name], role, method):
                wrong.append(f"{method.upper()} {name}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


def is_right(answer: HttpResponse, door: Door, role: Role, method: str) -> bool:
    status, allowed = answer.status_code, getattr(door, method)
    if door.public is not None:
        return status < 500 or status == door.public
    if role in allowed:
        return opens(answer)
    if role in door.get and not allowed:  # a page that is only read, sent a form
        return status == 405 or opens(answer)
    if role in door.post and not allowed:  # a button, typed as an address
        return status == 405
    return status in {403, 405}


def opens(answer: HttpResponse) -> bool:
    """Say whether the door opened; what was sent may still be wrong or not there any more."""
    return answer.status_code in {200, 202, 204, 302, 400, 409, 422} and not leads_to_sign_in(
        answer
    )


def test_who_is_not_signed_in_reaches_public_pages_alone(record, client):
    wrong = []
    for name, parameters in every_address():
        url, door = address(name, parameters, record), DOORS[name]
        got, posted = ask(client, "get", url), ask(client, "post", url)
        if door.public is None:
            right = leads_to_sign_in(got) and leads_to_sign_in(posted)
        else:
            right = got.status_code == door.public
            right = right and (posted.status_code < 500 or posted.status_code == door.public)
        if not right:
            wrong.append(f"{name}: GET {got.status_code}, POST {posted.status_code}")
    assert not wrong, "\n".join(wrong)


def test_what_is_public_tells_nothing_of_a_patient(record, client):
    for name, parameters in every_address():
        if DOORS[name].public is not None:
            answer = ask(client, "get", address(name, parameters, record))
            assert not tells(answer, b"xamplewood"), name


@pytest.mark.parametrize("role", [R, C, A], ids=str)
def test_the_record_of_another_site_does_not_exist(role, record, client_of):
    client = client_of(FACTORIES[role](sites=[SiteFactory()]))
    wrong = []
    for name, parameters in every_address():
        of_a_patient = set(parameters) & (record.ids().keys() - {"template_id", "rule_id"})
        if not of_a_patient or DOORS[name].public:
            continue
        for method in ("get", "post"):
            answer = ask(client, method, address(name, parameters, record))
            if role in getattr(DOORS[name], method) and answer.status_code != 404:
                wrong.append(f"{method.upper()} {name}: {answer.status_code}")
            if tells(answer, b"xamplewood"):
                wrong.append(f"{method.upper()} {name} tells the name")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("role", [R, C, A], ids=str)
def test_no_list_or_search_tells_of_a_patient_of_another_site(role, record, client_of):
    client = client_of(FACTORIES[role](sites=[SiteFactory()]))
    asked = {"q": "Examplewood", "patient": record.patient.pk, "site": "all", "review": "1"}
    tomorrow = record.rows["appointment_id"].starts_at.date().isoformat()
    for name, parameters in every_address():
        if parameters or role not in DOORS[name].get:
            continue
        for query in (asked, {"date": tomorrow}, {"date": tomorrow, "site": record.site.slug}):
            answer = client.get(reverse(name), query)
            assert b"EXAMPLEWOOD" not in answer.content, name
            assert b"Ambrose" not in answer.content, name


def test_booking_for_a_patient_of_another_site_finds_nobody(record, client_of):
    client = client_of(staff_factories.ReceptionFactory(sites=[SiteFactory()]))
    assert client.get(reverse("booking:new"), {"patient": record.patient.pk}).status_code == 404
    query = {"patient": record.patient.number}
    assert b"EXAMPLEWOOD" not in client.get(reverse("patients:list"), query).content
