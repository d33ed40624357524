"""An anaesthetic in a patient allergic to one: said in its place, not signed unexplained."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from patients.actions.history import record_allergy, state_no_allergies
from patients.models import Allergy
from tests.treatments.pages import page_of, stored, url_of, with_row
from treatments.actions.signing import sign_session
from treatments.allergies import names_a_local_anaesthetic

NOT_RECORDED = "Allergies are not recorded for this patient"


AGENTS = [
    *("Lidocaine", "LIGNOCAINE", "xylocaine spray", "Lignocain", "Articaine", "Tetracaine"),
    *("bupivacaine", "levobupivacaine", "Marcain", "mepivacaine", "prilocaine", "Cocaine"),
    *("Lidocane", "Lignocane", "Lidokain", "Lidocaïne", "Lidocan", "Xylo", "XYLO gel"),
    *("Articaína", "bupivacaína", "mepivacaina", "Novocaína", "ligno", "lido", "Lidoderm patch"),
    *("collapsed after Novocain", "novacane", "caines", "'caine' drugs", "all -caines"),
]
BRANDS = [
    *("Septanest", "Scandonest", "Citanest", "EMLA cream", "Ametop", "Ametop gel", "LMX4"),
    *("LMX5", "LMX-4", "Calgel", "Dentinox", "Orajel"),
    *("LMX 4 cream", "Bonjela", "Lanacane", "Ubistesin", "Naropin", "Instillagel"),
]
GROUPS = [
    *("local anaesthetics", "Local anesthetic", "anaesthetics, local", "dentist's anaesthetic"),
    *("Local anaesthesia", "anaesthesia at the dentist", "anesthesia", "Local anæsthetic"),
    *("local anasthetic", "Anaestetics", "local and general anaesthetics", "LA", "locals"),
    *("dental injection", "Dental injections", "numbing injection at the dentist"),
    *("injection at the dentist's", "dentist's injection", "numbing cream"),
    *("dentist's jab", "jab at the dentist", "dental jabs", "gum injections", "tooth injection"),
    *("numb cream", "dental block", "nerve block", "epidural", "L.A.", "local"),
    *("Lokalanästhesie", "Lokalanaesthetikum", "anasethetic", "anaesethic", "annaesthetic"),
    *("anesthtic", "anisthetic"),
    *("amide", "amides (all)", "esters"),
]
ADDITIVES = [
    *("sodium metabisulfite", "Sulphites", "E223", "parabens", "methylparaben", "E218", "e 216"),
    *("hydroxybenzoate", "methyl parahydroxybenzoates", "adrenaline", "Epinephrine", "PABA"),
    *("noradrenaline", "felypressin", "Octapressin"),
]


@pytest.mark.parametrize("words", [*AGENTS, *BRANDS, *GROUPS, *ADDITIVES])
def test_the_agents_their_brands_and_their_relatives_are_known(words):
    assert names_a_local_anaesthetic(words)


@pytest.mark.parametrize(
    ("substance", "reaction"),
    [("Injections", "collapsed at the dentist"), ("Dentist", "injection, fainted")],
)
def test_what_is_said_of_substance_and_reaction_is_one_thought(substance, reaction):
    assert names_a_local_anaesthetic(substance, reaction)


UNRELATED = [
    *("antibiotics", "antiseptic", "antihistamine", "antiemetics", "Animal hair", "tooth whitener"),
    *("Penicillin", "Sulfonamides", "niacinamide", "latex", "Nuts", "", "Pecan nuts", "E102"),
    *("general anaesthetic", "General  anaesthesia", "cane sugar", "Sugarcane", "toucan feathers"),
    *("antitetanus serum", "anthelmintics", "Xylitol", "xylometazoline", "polyesters", "sulphates"),
    *("La Roche-Posay cream", "penicillin injection", "American cockroach"),
]


@pytest.mark.parametrize("words", UNRELATED)
def test_what_has_nothing_to_do_with_it_is_left_alone(words):
    assert not names_a_local_anaesthetic(words)


@pytest.mark.parametrize(
    "reaction",
    ["anaphylaxis, needed adrenaline", "carries an adrenaline pen", "local swelling", "numb lips"],
)
def test_what_a_reaction_was_treated_with_is_not_what_caused_it(reaction):
    assert not names_a_local_anaesthetic("Peanuts", reaction)


@pytest.fixture
def allergic(case, clinician):
    """Return a function that records an allergy of the patient."""

    def record(substance="Lidocaine", reaction="Rash"):
        now = timezone.now()
        return record_allergy(
            by=clinician, patient=case.patient, substance=substance, reaction=reaction, now=now
        )

    return record


def numbed(browser, session, **changes):
    """Enter lidocaine on the session's page and return the session as stored."""
    page = page_of(session, weight_kg="70", **changes)
    values = {"agent": "lidocaine", "strength_percent": "1", "volume_ml": "5"}
    assert (
        browser.post(url_of(session), with_row(page, "anaesthetics", **values)).status_code == 302
    )
    return stored(session)


def sign(session, by):
    return sign_session(by=by, session=session, revision=session.revision, now=timezone.now())


def test_the_part_says_it_before_anything_is_entered(browser, draft, allergic):
    assert "Allergic to" not in anaesthesia(browser, draft)
    allergic()
    shown = anaesthesia(browser, draft)
    assert "alert-danger" in shown
    assert "Allergic to Lidocaine (Rash)" in shown


def anaesthesia(browser, session):
    page = browser.get(url_of(session)).text
    return page.split('id="part-anaesthesia"')[1].split("</section>")[0]


def test_an_allergy_that_was_withdrawn_says_nothing(browser, draft, allergic, clinician):
    allergic()
    Allergy.objects.update(withdrawn_at=timezone.now(), withdrawn_by=clinician)
    assert "Allergic to" not in anaesthesia(browser, draft)


def test_the_reaction_counts_as_well(browser, draft, allergic):
    allergic("Something at work", "fainted after articaine")
    assert "Allergic to Something at work (fainted after articaine)" in anaesthesia(browser, draft)


def test_no_agent_is_preselected_then(browser, draft, allergic):
    agent = 'value="lidocaine" selected'
    assert agent in anaesthesia(browser, draft)
    allergic()
    assert agent not in anaesthesia(browser, draft)


def test_an_agent_left_unchosen_is_not_taken_for_lidocaine(browser, whole, allergic, clinician):
    session = whole()
    allergic()
    row = {"agent": "", "strength_percent": "1", "volume_ml": "5"}
    browser.post(url_of(session), with_row(page_of(session), "anaesthetics", **row))
    session = stored(session)
    assert not session.anaesthetics.exists()
    with pytest.raises(ValidationError, match="Anaesthetic 1 is not complete: agent"):
        sign(session, clinician)


def test_what_was_given_despite_it_is_not_signed_without_a_reason(
    browser, whole, allergic, clinician
):
    allergic()
    session = numbed(browser, whole())
    with pytest.raises(ValidationError, match=r"Allergic to Lidocaine \(Rash\)"):
        sign(session, clinician)
    asked = browser.get(url_of(session, "sign")).text
    assert f"{url_of(session)}#id_allergy_reason" in asked
    assert "Sign as" not in asked


def test_spaces_are_no_reason(browser, whole, allergic, clinician):
    allergic()
    session = numbed(browser, whole(), allergy_reason="   ")
    with pytest.raises(ValidationError, match="Allergic to"):
        sign(session, clinician)


def test_with_a_reason_it_is_signed_and_the_reason_is_read(browser, whole, allergic, clinician):
    allergic()
    reason = "Tested negative by the allergy clinic."
    session = numbed(browser, whole(), allergy_reason=reason)
    ready = browser.get(url_of(session, "sign")).text
    assert "Allergic to Lidocaine (Rash)" in ready.split('class="checklist"')[1]
    assert sign(session, clinician).is_signed
    assert reason in browser.get(url_of(session)).text


def test_an_allergy_recorded_after_the_draft_was_finished_prevents_signing(
    browser, whole, allergic, clinician
):
    session = numbed(browser, whole())
    allergic()
    with pytest.raises(ValidationError, match="Allergic to"):
        sign(session, clinician)


def test_without_an_anaesthetic_the_allergy_prevents_nothing(whole, allergic, clinician):
    session = whole()
    allergic()
    assert sign(session, clinician).is_signed


def test_an_allergy_to_something_else_prevents_nothing(browser, whole, allergic, clinician):
    allergic("Penicillin")
    assert sign(numbed(browser, whole()), clinician).is_signed


def test_the_sign_page_warns_while_allergies_are_not_recorded(browser, whole, clinician, case):
    session = whole()
    page = browser.get(url_of(session, "sign"))
    assert NOT_RECORDED in page.text
    assert "Sign as" in page.text
    state_no_allergies(by=clinician, patient=case.patient, now=timezone.now())
    assert NOT_RECORDED not in browser.get(url_of(session, "sign")).text


def test_a_recorded_allergy_ends_that_warning(browser, whole, allergic):
    session = whole()
    allergic("Penicillin")
    assert NOT_RECORDED not in browser.get(url_of(session, "sign")).text


def test_autosave_tells_of_an_allergy_recorded_meanwhile(browser, draft, allergic):
    page = page_of(draft, observations="Started.")
    allergic()
    answer = browser.post(url_of(draft, "autosave"), page).json()
    assert "Allergic to Lidocaine" in answer["live"]["anaesthesia"]
