"""The pages of consent: who may open them, what they say, what they keep."""

import html
import re
import uuid
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import Event
from clinic.base.templatetags.anagen import moment
from clinic.practice.models import Technique
from clinic.staff.permissions import Role
from patients.actions.consents import give_information, sign_consent
from patients.models import Case, Consent
from tests.factories.patients import CaseFactory, ConsentFactory, PatientFactory
from tests.factories.practice import SiteFactory
from tests.factories.staff import ClinicianFactory, UserFactory
from tests.patients.consents import SIGNATURE, ZONE, fresh, text

pytestmark = pytest.mark.django_db

DAYS_AGO_20 = timedelta(days=20)
GOOD = {"agrees": "on", "signed_name": "Ada Okoro", "signature": SIGNATURE}


@pytest.fixture
def site():
    return SiteFactory()


@pytest.fixture
def case(site):
    return CaseFactory(patient=PatientFactory(site=site, given_names="Ada", family_name="Okoro"))


@pytest.fixture
def browser(client_of, clinician, site):
    return client_of(clinician)


def informed(case, template=None, ago=DAYS_AGO_20) -> Consent:
    template = template or text()
    return give_information(
        by=case.clinician, case=case, template=template, zone=ZONE, now=timezone.now() - ago
    )


def signed(consent, **values) -> Consent:
    values.setdefault("early_reason", "For this test.")
    return sign_consent(
        by=consent.case.clinician,
        consent=consent,
        signed_name="Ada Okoro",
        zone=ZONE,
        now=timezone.now(),
        **values,
    )


def url(name: str, case, *rest) -> str:
    return reverse(f"patients:{name}", args=[case.patient_id, *(each.pk for each in rest)])


def page(response, status: int = 200) -> str:
    assert response.status_code == status
    return html.unescape(response.content.decode())


# ---- who ----


def addresses(case) -> list[tuple[str, str, bool]]:
    """(method, address, whether reading the clinical record is enough)."""
    consent = informed(case)
    template = consent.template
    return [
        ("get", url("consents", case), True),
        ("get", url("consent_text", case, template), True),
        ("get", url("consent", case, consent), True),
        ("post", url("give_information", case, template), False),
        ("get", url("sign_consent", case, consent), False),
        ("post", url("sign_consent", case, consent), False),
        ("get", url("withdraw_consent", case, consent), False),
        ("post", url("withdraw_consent", case, consent), False),
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
    consent = informed(case)
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
    consent = informed(case)
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
    ready = informed(case, micrograft)
    signed(informed(case, photographs, timedelta(0)), photo_scopes=["website"])
    shown = page(browser.get(url("consents", case)))
    assert "Ready to sign" in shown
    assert url("sign_consent", case, ready) in shown
    assert "No information given yet" in shown
    assert url("consent_text", case, prp) in shown
    assert "The clinic's website" in shown
    assert "Record the withdrawal" in shown
    assert shown.count("btn-primary") - shown.count("data-try-again") == 1


def test_somebody_who_only_reads_is_offered_nothing_to_do(client_of, admin, site, case):
    consent = signed(informed(case))
    shown = page(client_of(admin).get(url("consents", case)))
    assert url("consent", case, consent) in shown
    for word in ("Give the information", "Record the withdrawal", "Sign with"):
        assert word not in shown


def test_a_long_history_costs_no_more_queries(browser, case, django_assert_max_num_queries):
    template = text()
    address = url("consents", case)

    def queries() -> int:
        with django_assert_max_num_queries(30) as captured:
            page(browser.get(address))
        return len(captured)

    first = signed(informed(case, template))
    queries()
    with_one = queries()
    for _ in range(2):
        signed(informed(case, template))
    informed(case, template)
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
    response = browser.post(url("give_information", case, template))
    assert response.status_code == 302
    assert response.url == url("consents", case)
    consent = Consent.objects.get()
    assert consent.reflect_until - consent.information_given_at > timedelta(days=13, hours=22)
    assert "Reflecting until" in page(browser.get(response.url))


def test_giving_twice_changes_nothing_and_says_so(browser, case):
    consent = informed(case)
    shown = page(browser.post(url("give_information", case, consent.template)), 422)
    assert "already given" in shown
    assert Consent.objects.count() == 1
    assert "The information was given" not in page(
        browser.get(url("consent_text", case, consent.template))
    )


# ---- the signature ----


def test_the_patient_reads_the_whole_text_and_the_statement(browser, case):
    consent = informed(case)
    shown = page(browser.get(url("sign_consent", case, consent)))
    for words in ("OKORO, Ada", "Small samples are taken.", "I can change my mind at any time"):
        assert words in shown
    assert "<signature-pad" in shown
    assert "Type the name instead" in shown
    assert "early_reason" not in shown
    assert 'class="rail"' not in shown


def test_signing_by_drawing(browser, case, clinician):
    consent = informed(case)
    address = url("sign_consent", case, consent)
    response = browser.post(address, GOOD | {"questions": "Will it hurt?"})
    assert (response.status_code, response.url) == (302, address)
    consent = fresh(consent)
    assert consent.signed_by == clinician
    assert consent.signature_png.startswith("data:image/png;base64,")
    assert (consent.signed_name, consent.questions) == ("Ada Okoro", "Will it hurt?")
    assert "Thank you, Ada" in page(browser.get(address))
    shown = page(browser.get(url("consent", case, consent)))
    assert consent.signature_png in shown
    assert consent.signed_text_sha256 in shown
    assert "I agree to this treatment." in shown


def test_signing_by_typing_a_name(browser, case):
    consent = informed(case)
    typed = {"agrees": "on", "signed_name": "Ada Okoro", "signature_typed": "Ada B. Okoro"}
    assert browser.post(url("sign_consent", case, consent), typed).status_code == 302
    assert fresh(consent).signed_name == "Ada B. Okoro"
    assert "typed as a signature" in page(browser.get(url("consent", case, consent)))


def test_the_page_that_the_patient_holds_leads_into_no_record(browser, case):
    shown = page(browser.get(url("sign_consent", case, informed(case))))
    assert "OKORO, Ada" in shown
    leads_to = set(re.findall(r'<a [^>]*href="([^"]+)"', shown))
    assert leads_to == {"#main", "/accounts/login/", url("consents", case)}


def test_another_name_is_asked_about_and_stays_with_its_reason(browser, client_of, clinician, case):
    consent = informed(case)
    address = url("sign_consent", case, consent)
    typed = {"agrees": "on", "signed_name": "Ada Okoro", "signature_typed": "Donald Duck"}
    assert "name_reason" not in page(browser.get(address))
    shown = page(browser.post(address, typed), 422)
    assert "not the name in the record" in shown
    assert 'name="name_reason"' in shown
    assert "not the name in the record" in page(
        browser.post(address, typed | {"name_reason": "x"}), 422
    )
    sent = typed | {"name_reason": "Uses the name of his stage act."}
    assert browser.post(address, sent).status_code == 302
    assert fresh(consent).name_reason == "Uses the name of his stage act."
    for name in ("consents", "consent"):
        rest = [consent] if name == "consent" else []
        shown = page(client_of(clinician).get(url(name, case, *rest)))
        assert "Donald Duck" in shown
        assert "Uses the name of his stage act." in shown


def test_the_card_says_who_signed_how_and_when(browser, case):
    consent = signed(informed(case, ago=timedelta(days=1)), early_reason="Lives far away.")
    shown = " ".join(page(browser.get(url("consents", case))).split())
    assert moment(consent.signed_at) in shown
    assert "Ada Okoro, typed" in shown
    assert re.search(r"Early</span>\s+Lives far away\.", shown)


def test_a_second_submission_signs_nothing_anew(browser, case):
    consent = informed(case)
    address = url("sign_consent", case, consent)
    browser.post(address, GOOD)
    first = fresh(consent)
    response = browser.post(address, GOOD | {"signed_name": "Somebody Else"})
    assert "Thank you" in page(response)
    assert fresh(consent).signed_name == first.signed_name
    assert Event.objects.filter(kind="patients.consent_signed").count() == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"agrees": ""}, "Tick this if it is true."),
        ({"signed_name": "  "}, "Write your name."),
        ({"signature": ""}, "Sign in the box"),
        ({"signature": "data:image/png;base64,AAAA"}, "could not be read"),
        ({"signature": "javascript:alert(1)"}, "could not be read"),
        ({"signature": "data:image/png;base64," + "A" * 700_000}, "too large"),
        ({"signed_name": "x" * 161}, "160"),
        ({"signed_name": "null\0byte"}, "cannot be stored"),
        ({"questions": "x" * 4001}, "4000"),
    ],
)
def test_bad_input_is_answered_in_words_and_signs_nothing(browser, case, change, words):
    consent = informed(case)
    shown = page(browser.post(url("sign_consent", case, consent), GOOD | change), 422)
    assert words in shown
    assert fresh(consent).signed_at is None
    assert fresh(consent).signed_text == ""


def test_what_was_typed_and_drawn_comes_back_with_the_error(browser, case):
    consent = informed(case)
    sent = GOOD | {"agrees": "", "questions": "Can I play <em>violin</em>?", "signature_typed": "A"}
    response = browser.post(url("sign_consent", case, consent), sent)
    assert b"Can I play &lt;em&gt;violin&lt;/em&gt;?" in response.content
    shown = page(response, 422)
    assert 'id="drawn-before" src="data:image/png;base64,' in shown
    assert 'value="Ada Okoro"' in shown
    assert 'name="signature_typed" value="A"' in " ".join(shown.split())


def test_an_empty_form_is_an_error_and_no_failure(browser, case):
    consent = informed(case)
    page(browser.post(url("sign_consent", case, consent), {}), 422)
    assert fresh(consent).signed_at is None


def test_a_body_over_the_limit_is_refused(browser, case):
    consent = informed(case)
    sent = GOOD | {"signature": "x" * 6_000_000}
    assert browser.post(url("sign_consent", case, consent), sent).status_code == 400
    assert fresh(consent).signed_at is None


def test_early_signing_says_until_when_and_asks_why(browser, client_of, clinician, case):
    consent = informed(case, ago=timedelta(days=1))
    address = url("sign_consent", case, consent)
    shown = page(browser.get(address))
    assert "The time to think runs until" in shown
    assert "Why sign before" in shown
    assert "Write down why" in page(browser.post(address, GOOD), 422)
    assert "Write down why" in page(browser.post(address, GOOD | {"early_reason": " "}), 422)
    assert fresh(consent).signed_at is None
    sent = GOOD | {"early_reason": "Lives abroad; asked for it twice."}
    assert browser.post(address, sent).status_code == 302
    assert fresh(consent).early_reason == "Lives abroad; asked for it twice."
    assert "Lives abroad" in page(client_of(clinician).get(url("consents", case)))


def test_photo_uses_are_ticked_one_by_one(browser, case):
    consent = informed(case, text("", reflection_days=0))
    address = url("sign_consent", case, consent)
    assert "Scientific publication" in page(browser.get(address))
    assert "at least one use" in page(browser.post(address, GOOD), 422)
    unknown = GOOD | {"photo_scopes": ["clinical", "billboards"]}
    assert "Choose one of those listed." in page(browser.post(address, unknown), 422)
    chosen = GOOD | {"photo_scopes": ["clinical", "publication"]}
    assert browser.post(address, chosen).status_code == 302
    assert fresh(consent).photo_scopes == ["clinical", "publication"]


def test_a_treatment_takes_no_photo_uses(browser, case):
    consent = informed(case)
    browser.post(url("sign_consent", case, consent), GOOD | {"photo_scopes": ["website"]})
    assert fresh(consent).photo_scopes == []


def blocked(browser, case, consent) -> str:
    """Both ways to the signing page; neither has a form, and nothing is signed."""
    address = url("sign_consent", case, consent)
    shown = page(browser.get(address))
    assert "<signature-pad" not in shown
    assert "Nothing was signed" in page(browser.post(address, GOOD), 422)
    assert fresh(consent).signed_at is None
    return shown


def test_a_minor_cannot_sign(browser, case):
    consent = informed(case)
    case.patient.date_of_birth = date(timezone.localdate().year - 17, 1, 1)
    case.patient.save()
    assert "under 18 today" in blocked(browser, case, consent)


def test_a_replaced_text_is_not_signed_and_the_new_one_is_offered(browser, case):
    consent = informed(case, text(version=1))
    new = text(version=2)
    shown = blocked(browser, case, consent)
    assert "replaced by version 2" in shown
    assert url("consent_text", case, new) in shown
    shown = page(browser.get(url("consents", case)))
    assert "New text: give the information again" in shown
    assert url("sign_consent", case, consent) not in shown
    assert browser.post(url("give_information", case, new)).status_code == 302


def test_a_closed_case_is_not_signed(browser, case, clinician):
    consent = informed(case)
    Case.objects.update(
        closed_at=timezone.now(), closed_by=clinician, outcome=Case.Outcome.DISCHARGED
    )
    assert "The case is closed" in blocked(browser, case, consent)


# ---- withdrawal ----


def test_a_withdrawal_says_its_consequences_and_keeps_the_record(browser, case, clinician):
    consent = signed(informed(case))
    address = url("withdraw_consent", case, consent)
    assert "no micrograft session can be signed" in page(browser.get(address))
    response = browser.post(address, {"reason": "Changed my mind."})
    assert (response.status_code, response.url) == (302, url("consents", case))
    consent = fresh(consent)
    assert (consent.withdrawn_by, consent.withdrawn_reason) == (clinician, "Changed my mind.")
    shown = page(browser.get(response.url))
    assert "Withdrawn" in shown
    assert "Give the information" in shown
    assert "Changed my mind." in page(browser.get(url("consent", case, consent)))
    assert "You took it back" in page(browser.get(url("sign_consent", case, consent)))


def test_no_reason_has_to_be_given_and_a_second_withdrawal_changes_nothing(browser, case):
    consent = signed(informed(case))
    address = url("withdraw_consent", case, consent)
    assert browser.post(address, {"reason": ""}).status_code == 302
    first = fresh(consent)
    assert browser.post(address, {"reason": "Again."}, follow=True).status_code == 200
    assert fresh(consent).withdrawn_at == first.withdrawn_at
    assert fresh(consent).withdrawn_reason == ""
    assert Event.objects.filter(kind="patients.consent_withdrawn").count() == 1


def test_a_reason_that_is_too_long_comes_back(browser, case):
    consent = signed(informed(case))
    sent = {"reason": "x" * 1001}
    shown = page(browser.post(url("withdraw_consent", case, consent), sent), 422)
    assert "x" * 1001 in shown
    assert fresh(consent).is_valid


def test_what_is_not_signed_is_not_withdrawn(browser, case):
    consent = informed(case)
    response = browser.post(url("withdraw_consent", case, consent), {"reason": ""}, follow=True)
    assert "Nothing was changed" in page(response)
    assert fresh(consent).withdrawn_at is None


def test_a_consent_made_elsewhere_is_shown_with_the_text_it_was_given(browser, case):
    consent = ConsentFactory(case=case)
    shown = page(browser.get(url("consent", case, consent)))
    assert "not signed" in shown
    assert "Small samples are taken." in shown
