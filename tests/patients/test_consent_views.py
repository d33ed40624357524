"""The pages of consent: who may open them, what they say, what they keep."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import Event
from clinic.practice.models import Technique
from clinic.staff.permissions import Role
from patients.models import Consent
from tests.factories.patients import CaseFactory, ConsentFactory, PatientFactory
from tests.factories.practice import SiteFactory
from tests.factories.staff import ClinicianFactory, UserFactory
from tests.patients.consent_pages import GOOD, given, page, taken, url
from tests.patients.consents import discussed, fresh, text

pytestmark = pytest.mark.django_db


# ---- who ----


def addresses(case) -> list[tuple[str, str, bool]]:
    """(method, address, whether reading the clinical record is enough)."""
    consent = given(case)
    template = consent.template
    return [
        ("get", url("consents", case), True),
        ("get", url("consent_text", case, template), True),
        ("get", url("consent", case, consent), True),
        ("post", url("give_information", case, template), False),
        ("get", url("sign_consent", case, consent), False),
        ("post", url("sign_consent", case, consent), False),
        ("get", url("discuss_consent", case, consent), False),
        ("post", url("discuss_consent", case, consent), False),
        ("get", url("countersign", case, consent), False),
        ("post", url("countersign", case, consent), False),
    ]


@pytest.mark.parametrize("role", list(Role))
def test_pages_open_for_those_whose_role_allows_it(client_of, case, role):
    browser = client_of(UserFactory(roles=[role]))
    for method, address, is_reading in addresses(case):
        allowed = role == Role.CLINICIAN or (role == Role.ADMIN and is_reading)
        status = getattr(browser, method)(address).status_code
        assert (status != 403) == allowed, address


def test_another_sites_patient_does_not_exist(client_of, case):
    elsewhere = client_of(ClinicianFactory(sites=[SiteFactory()]))
    for method, address, _ in addresses(case):
        assert getattr(elsewhere, method)(address).status_code == 404
    assert Consent.objects.filter(signed_at__isnull=False).count() == 0


def test_one_patients_consent_is_not_found_under_another_patient(browser, case, site):
    other = CaseFactory(patient=PatientFactory(site=site))
    consent = given(case)
    for name in ("consent", "sign_consent", "withdraw_consent"):
        assert browser.get(url(name, other, consent)).status_code == 404
        assert browser.post(url(name, other, consent), GOOD).status_code in (404, 405)
    assert fresh(consent).signed_at is None


def test_a_draft_text_and_an_unknown_one_are_not_found(browser, case):
    draft = text(published_at=None, published_by=None)
    assert browser.get(url("consent_text", case, draft)).status_code == 404
    assert browser.post(url("give_information", case, draft)).status_code == 404
    unknown = reverse("patients:consent_text", args=[case.patient_id, uuid.uuid4()])
    assert browser.get(unknown).status_code == 404


def test_reading_is_recorded(browser, case):
    consent = given(case)
    browser.get(url("consents", case))
    browser.get(url("consent", case, consent))
    viewed = Event.objects.filter(kind="patients.viewed").order_by("id")
    pages = [event.details["page"] for event in viewed]
    assert pages == ["the consents", "the consent “micrograft text”"]


# ---- the list ----


def test_without_texts_the_page_says_what_will_be_there(browser, case):
    assert "No consent texts yet" in page(browser.get(url("consents", case)))


def test_without_an_open_case_the_page_says_so(browser, site):
    patient = PatientFactory(site=site)
    template = text()
    address = reverse("patients:consents", args=[patient.pk])
    assert "There is no open case" in page(browser.get(address))
    give = reverse("patients:give_information", args=[patient.pk, template.pk])
    assert "Open a case before" in page(browser.post(give), 422)


def test_the_list_tells_states_and_offers_the_next_step(browser, case):
    micrograft, prp = text(), text(Technique.PRP, reflection_days=7)
    photographs = text("", reflection_days=0)
    ready = given(case, micrograft)
    taken(given(case, photographs, timedelta(0)), photo_scopes=["website"])
    shown = page(browser.get(url("consents", case)))
    assert "Ready to sign" in shown
    assert url("discuss_consent", case, ready) in shown
    assert "No information given yet" in shown
    assert url("consent_text", case, prp) in shown
    assert "The clinic's website" in shown
    assert url("withdraw_consent", case, Consent.objects.get(template=photographs)) in shown
    assert shown.count("btn-primary") - shown.count("data-try-again") == 1


def test_while_the_patient_reflects_the_talk_comes_first_and_signing_early_after_it(browser, case):
    consent = given(case, ago=timedelta(0))
    shown = page(browser.get(url("consents", case)))
    assert "Talk about it" in shown
    assert "Sign early" not in shown
    discussed(case.clinician, consent, now=timezone.now())
    assert "Sign early" in page(browser.get(url("consents", case)))


def test_somebody_who_only_reads_is_offered_nothing_to_do(client_of, admin, site, case):
    consent = taken(given(case))
    shown = page(client_of(admin).get(url("consents", case)))
    assert url("consent", case, consent) in shown
    for word in ("Give the information", ">Withdraw<", "Sign with"):
        assert word not in shown


def test_a_long_history_costs_no_more_queries(browser, case, django_assert_max_num_queries):
    template = text()
    address = url("consents", case)

    def queries() -> int:
        with django_assert_max_num_queries(30) as captured:
            page(browser.get(address))
        return len(captured)

    first = taken(given(case, template))
    queries()
    with_one = queries()
    for _ in range(2):
        taken(given(case, template))
    given(case, template)
    assert first.pk
    assert queries() == with_one


# ---- information ----


def test_a_text_can_be_read_printed_and_recorded_as_given(browser, case):
    template = text(body="# Why\n\nBecause & so <on>.\n\n- one\n- two")
    response = browser.get(url("consent_text", case, template))
    assert b"Because &amp; so &lt;on&gt;." in response.content
    shown = page(response)
    assert "<h2>Why</h2>" in shown
    assert "<li>two</li>" in shown
    assert "data-print" in shown
    response = browser.post(url("give_information", case, template), {"interpreter_needed": "no"})
    assert response.status_code == 302
    assert response.url == url("consents", case)
    consent = Consent.objects.get()
    assert consent.reflect_until - consent.information_given_at > timedelta(days=13, hours=22)
    assert "Reflecting until" in page(browser.get(response.url))


def test_giving_twice_changes_nothing_and_says_so(browser, case):
    consent = given(case)
    shown = page(
        browser.post(url("give_information", case, consent.template), {"interpreter_needed": "no"}),
        422,
    )
    assert "already given" in shown
    assert Consent.objects.count() == 1
    assert "The information was given" not in page(
        browser.get(url("consent_text", case, consent.template))
    )


# ---- withdrawal ----


def test_a_withdrawal_says_its_consequences_and_keeps_the_record(browser, case, clinician):
    consent = taken(given(case))
    address = url("withdraw_consent", case, consent)
    assert "no micrograft session can be signed" in page(browser.get(address))
    response = browser.post(address, {"reason": "Changed my mind.", "how": "phone"})
    assert (response.status_code, response.url) == (302, url("consents", case))
    consent = fresh(consent)
    assert (consent.withdrawn_by, consent.withdrawn_reason) == (clinician, "Changed my mind.")
    shown = page(browser.get(response.url))
    assert "Withdrawn" in shown
    assert "Give the information" in shown
    assert "Changed my mind." in page(browser.get(url("consent", case, consent)))
    assert "You took it back" in page(browser.get(url("sign_consent", case, consent)))


def test_no_reason_has_to_be_given_and_a_second_withdrawal_changes_nothing(browser, case):
    consent = taken(given(case))
    address = url("withdraw_consent", case, consent)
    assert browser.post(address, {"reason": "", "how": "phone"}).status_code == 302
    first = fresh(consent)
    assert (
        browser.post(address, {"reason": "Again.", "how": "phone"}, follow=True).status_code == 200
    )
    assert fresh(consent).withdrawn_at == first.withdrawn_at
    assert fresh(consent).withdrawn_reason == ""
    assert Event.objects.filter(kind="patients.consent_withdrawn").count() == 1


def test_a_reason_that_is_too_long_comes_back(browser, case):
    consent = taken(given(case))
    sent = {"reason": "x" * 1001}
    shown = page(browser.post(url("withdraw_consent", case, consent), sent), 422)
    assert "x" * 1001 in shown
    assert fresh(consent).is_valid


def test_what_is_not_signed_is_not_withdrawn(browser, case):
    consent = given(case)
    response = browser.post(
        url("withdraw_consent", case, consent), {"reason": "", "how": "phone"}, follow=True
    )
    assert "Nothing was changed" in page(response)
    assert fresh(consent).withdrawn_at is None


def test_a_consent_made_elsewhere_is_shown_with_the_text_it_was_given(browser, case):
    consent = ConsentFactory(case=case)
    shown = page(browser.get(url("consent", case, consent)))
    assert "not signed" in shown
    assert "Small samples are taken." in shown
