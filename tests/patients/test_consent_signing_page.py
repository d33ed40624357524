"""The page that the patient signs on: what it says, what it keeps, what it refuses."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils import timezone

from clinic.audit.models import Event
from clinic.base.templatetags.anagen import moment
from clinic.staff.handover import HELD
from patients.models import Case
from tests.patients.consent_pages import GOOD, page, taken, talked, url
from tests.patients.consents import TALK, discussed, fresh, text

pytestmark = pytest.mark.django_db


def test_the_patient_reads_the_whole_text_and_the_statement(browser, case):
    consent = talked(case)
    shown = page(browser.get(url("sign_consent", case, consent)))
    for words in ("OKORO, Ada", "Small samples are taken.", "I can change my mind at any time"):
        assert words in shown
    assert "<signature-pad" in shown
    assert "Type the name instead" in shown
    assert "early_reason" not in shown
    assert 'class="rail"' not in shown


def test_the_patient_reads_who_interprets(browser, case):
    consent = talked(case)
    assert "Interpreter" not in page(browser.get(url("sign_consent", case, consent)))
    type(consent).objects.filter(pk=consent.pk).update(
        interpreter_needed=True, interpreter="Ewa, Lingua 7"
    )
    assert "Interpreter: Ewa, Lingua 7." in page(browser.get(url("sign_consent", case, consent)))


def test_signing_by_drawing(browser, case, clinician):
    consent = talked(case)
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
    consent = talked(case)
    typed = {"agrees": "on", "signed_name": "Ada Okoro", "signature_typed": "Ada B. Okoro"}
    assert browser.post(url("sign_consent", case, consent), typed).status_code == 302
    assert fresh(consent).signed_name == "Ada B. Okoro"
    assert "typed as a signature" in page(browser.get(url("consent", case, consent)))


def test_the_page_that_the_patient_holds_leads_into_no_record(browser, case):
    shown = page(browser.get(url("sign_consent", case, talked(case))))
    assert "OKORO, Ada" in shown
    leads_to = set(re.findall(r'<a [^>]*href="([^"]+)"', shown))
    assert leads_to == {"#main", "/accounts/login/", url("consents", case)}


def test_another_name_is_asked_about_and_stays_with_its_reason(browser, client_of, clinician, case):
    consent = talked(case)
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
    consent = taken(talked(case, ago=timedelta(days=1)), early_reason="Lives far away.")
    shown = " ".join(page(browser.get(url("consents", case))).split())
    assert moment(consent.signed_at) in shown
    assert "Ada Okoro, typed" in shown
    assert re.search(r">Early</span></span>\s+Lives far away\.", shown)


def test_a_second_submission_signs_nothing_anew(browser, case):
    consent = talked(case)
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
    consent = talked(case)
    shown = page(browser.post(url("sign_consent", case, consent), GOOD | change), 422)
    assert words in shown
    assert fresh(consent).signed_at is None
    assert fresh(consent).signed_text == ""


def test_a_typed_signature_that_is_too_long_is_told_once(browser, case):
    sent = GOOD | {"signature": "", "signature_typed": "x" * 121}
    shown = page(browser.post(url("sign_consent", case, talked(case)), sent), 422)
    assert "Write at most 120 characters; these are 121." in shown
    assert "Sign in the box" not in shown


def test_what_was_typed_and_drawn_comes_back_with_the_error(browser, case):
    consent = talked(case)
    sent = GOOD | {"agrees": "", "questions": "Can I play <em>violin</em>?", "signature_typed": "A"}
    response = browser.post(url("sign_consent", case, consent), sent)
    assert b"Can I play &lt;em&gt;violin&lt;/em&gt;?" in response.content
    shown = page(response, 422)
    assert 'id="drawn-before" src="data:image/png;base64,' in shown
    assert 'value="Ada Okoro"' in shown
    assert 'name="signature_typed" value="A"' in " ".join(shown.split())


def test_an_empty_form_is_an_error_and_no_failure(browser, case):
    consent = talked(case)
    page(browser.post(url("sign_consent", case, consent), {}), 422)
    assert fresh(consent).signed_at is None


def test_a_body_over_the_limit_is_refused(browser, case):
    consent = talked(case)
    sent = GOOD | {"signature": "x" * 6_000_000}
    assert browser.post(url("sign_consent", case, consent), sent).status_code == 400
    assert fresh(consent).signed_at is None


WHY = "Lives abroad; asked for it twice."
TOLD = {"risks_added": "Bleeding", "no_treatment_discussed": "on", "capacity": "assumed"}


def test_why_it_is_signed_early_is_asked_before_the_tablet_goes_over(browser, case):
    consent = talked(case, ago=timedelta(days=1))
    talk, address = url("discuss_consent", case, consent), url("sign_consent", case, consent)
    assert "Why sign before" in page(browser.get(talk))
    for reason in ("", "soon"):
        sent = TOLD | {"seen": consent.discussed_at.isoformat(), "early_reason": reason}
        refused = page(browser.post(talk, sent | {"then": "sign"}), 422)
        assert "Write why it is signed now" in refused
        assert HELD not in browser.session, "nothing was handed over"
    assert "Write with the talk why" in page(browser.get(address))
    assert HELD not in browser.session
    assert "Write with the talk why" in page(browser.post(address, GOOD), 422)
    assert fresh(consent).signed_at is None
    sent = TOLD | {"seen": consent.discussed_at.isoformat(), "early_reason": WHY, "then": "sign"}
    assert browser.post(talk, sent).url == address
    shown = page(browser.get(address))
    assert HELD in browser.session
    assert "The time to think runs until" in shown
    assert WHY in shown


def test_the_reason_that_was_written_with_the_talk_is_kept_with_the_signature(
    browser, client_of, clinician, case
):
    consent = talked(case, ago=timedelta(days=1))
    again = discussed(
        clinician, consent, now=timezone.now(), discussion=replace(TALK, early_reason=WHY)
    )
    assert "May sign early because" in page(browser.get(url("consent", case, consent)))
    assert browser.post(url("sign_consent", case, again), GOOD).status_code == 302
    assert fresh(consent).early_reason == WHY
    assert "Lives abroad" in page(client_of(clinician).get(url("consents", case)))


def test_a_reason_is_not_kept_once_the_time_to_think_is_over(clinician, case):
    consent = talked(case)
    told = replace(TALK, early_reason=WHY)
    assert discussed(clinician, consent, now=timezone.now(), discussion=told).early_reason == ""


def test_who_cannot_decide_now_signs_nothing_and_wants_no_reason(browser, case):
    consent = talked(case, ago=timedelta(days=1))
    doubt = {
        **dict.fromkeys(("can_understand", "can_retain", "can_communicate"), "yes"),
        "can_weigh": "no",
        "capacity": "assessed",
        "capacity_note": "Cannot weigh it up today.",
    }
    sent = TOLD | doubt | {"seen": consent.discussed_at.isoformat(), "then": "sign"}
    assert browser.post(url("discuss_consent", case, consent), sent).status_code == 302
    assert fresh(consent).lacks_capacity


def test_photo_uses_are_ticked_one_by_one(browser, case):
    consent = talked(case, text("", reflection_days=0))
    address = url("sign_consent", case, consent)
    assert "Scientific publication" in page(browser.get(address))
    assert "at least one use" in page(browser.post(address, GOOD), 422)
    unknown = GOOD | {"photo_scopes": ["clinical", "billboards"]}
    assert "Choose one of those listed." in page(browser.post(address, unknown), 422)
    chosen = GOOD | {"photo_scopes": ["clinical", "publication"]}
    assert browser.post(address, chosen).status_code == 302
    assert fresh(consent).photo_scopes == ["clinical", "publication"]


def test_a_treatment_takes_no_photo_uses(browser, case):
    consent = talked(case)
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
    consent = talked(case)
    case.patient.date_of_birth = date(timezone.localdate().year - 17, 1, 1)
    case.patient.save()
    assert "under 18 today" in blocked(browser, case, consent)


def test_a_replaced_text_is_not_signed_and_the_new_one_is_offered(browser, case):
    consent = talked(case, text(version=1))
    new = text(version=2)
    shown = blocked(browser, case, consent)
    assert "replaced by version 2" in shown
    assert url("consent_text", case, new) in shown
    shown = page(browser.get(url("consents", case)))
    assert "New text: give the information again" in shown
    assert url("sign_consent", case, consent) not in shown
    assert (
        browser.post(url("give_information", case, new), {"interpreter_needed": "no"}).status_code
        == 302
    )


def test_a_closed_case_is_not_signed(browser, case, clinician):
    consent = talked(case)
    Case.objects.update(
        closed_at=timezone.now(), closed_by=clinician, outcome=Case.Outcome.DISCHARGED
    )
    assert "The case is closed" in blocked(browser, case, consent)
