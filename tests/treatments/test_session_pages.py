"""Who may open what, what the pages say, and how much they ask of the database."""

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.audit.kinds import Kind
from clinic.audit.models import Event
from tests.factories.patients import PatientFactory
from tests.factories.practice import SiteFactory
from tests.factories.staff import AdminFactory, ClinicianFactory, EvaluatorFactory, ReceptionFactory
from tests.factories.treatments import signed_session
from tests.treatments.pages import page_of, stored, url_of, with_row
from treatments.actions.signing import add_addendum, sign_session
from treatments.models import Addendum, Session
from treatments.reading import describe

# Address, method, and what each role reads: clinician, admin, reception, evaluator.
WALK = [
    ("plan", "get", (200, 200, 403, 403)),
    ("new_plan", "get", (200, 403, 403, 403)),
    ("change_plan", "get", (200, 403, 403, 403)),
    ("cancel_plan", "post", (302, 403, 403, 403)),
    ("start", "get", (302, 403, 403, 403)),
    ("session", "get", (200, 200, 403, 403)),
    ("session", "post", (400, 403, 403, 403)),
    ("autosave", "post", (400, 403, 403, 403)),
    ("discard", "post", (400, 403, 403, 403)),
    ("sign", "get", (200, 403, 403, 403)),
    ("addendum", "get", (302, 403, 403, 403)),
]


def address_of(name, session):
    plan = {"change_plan", "cancel_plan"}
    more = [session.plan_id] if name in plan else []
    more = [] if name in {"plan", "new_plan", "start"} else more or [session.pk]
    return reverse(f"treatments:{name}", args=[session.patient_id, *more])


@pytest.mark.parametrize(("name", "method", "expected"), WALK)
def test_each_role_opens_what_is_theirs(client_of, draft, name, method, expected):
    people = [ClinicianFactory, AdminFactory, ReceptionFactory, EvaluatorFactory]
    for make, status in zip(people, expected, strict=True):
        answer = getattr(client_of(make()), method)(address_of(name, draft))
        assert answer.status_code == status, make


@pytest.mark.parametrize(("name", "method", "expected"), WALK)
def test_another_sites_patient_is_not_there(client_of, draft, name, method, expected):
    stranger = ClinicianFactory(sites=[SiteFactory()])
    answer = getattr(client_of(stranger), method)(address_of(name, draft))
    assert answer.status_code == 404


@pytest.mark.parametrize("name", ["session", "sign", "addendum"])
def test_a_session_under_another_patients_address_is_not_there(
    client_of, clinician, draft, site, name
):
    other = PatientFactory(site=site)
    address = reverse(f"treatments:{name}", args=[other.pk, draft.pk])
    assert client_of(clinician).get(address).status_code == 404


@pytest.mark.parametrize("name", ["cancel_plan", "autosave", "discard"])
def test_what_changes_something_is_not_asked_by_a_link(client_of, clinician, draft, name):
    assert client_of(clinician).get(address_of(name, draft)).status_code == 405


def test_opening_a_session_is_on_record(client_of, clinician, draft):
    client_of(clinician).get(url_of(draft))
    event = Event.objects.get(kind=Kind.PATIENT_VIEWED)
    assert (event.actor, event.sentence) == (clinician, "opened Micrograft session 1")


def test_an_admin_reads_the_draft_and_finds_no_field(client_of, admin, whole):
    answer = client_of(admin).get(url_of(whole()))
    assert "not signed yet" in answer.text
    assert "Tissue disruptor" in answer.text
    assert "data-autosave" not in answer.text


def test_the_sign_page_links_each_gap_to_its_field(client_of, clinician, draft):
    answer = client_of(clinician).get(url_of(draft, "sign"))
    for anchor in ("id_identity_confirmed", "consent-state", "id_zones-0-region", "id_ended_time"):
        assert f'href="{url_of(draft)}#{anchor}"' in answer.text
    assert "Sign as" not in answer.text
    page = client_of(clinician).get(url_of(draft)).text
    for gap in answer.context["gaps"]:
        assert f'id="{gap.anchor}"' in page, gap


def test_signing_by_page_locks_and_shows_the_record(client_of, clinician, whole):
    session = whole("prp")
    browser = client_of(clinician)
    ready = browser.get(url_of(session, "sign"))
    assert f"Sign as {clinician}" in ready.text
    answer = browser.post(url_of(session, "sign"), {"revision": session.revision}, follow=True)
    assert "It cannot be changed." in answer.text
    for words in (
        "377.3\u202fg",
        "1500\u202frpm at 15\u202fcm",
        "4 times that of blood",
        "80\u202f%",
    ):
        assert words in answer.text
    assert "<input" not in answer.text.split('id="read-time_out"')[1]


def test_signing_a_draft_that_changed_says_so_and_signs_nothing(client_of, clinician, whole):
    session = whole()
    answer = client_of(clinician).post(url_of(session, "sign"), {"revision": 0})
    assert answer.status_code == 422
    assert "after you opened it" in answer.text
    assert not Session.objects.get(pk=session.pk).is_signed


def test_review_and_sign_saves_first(client_of, clinician, draft):
    answer = client_of(clinician).post(
        url_of(draft), page_of(draft, observations="Saved on the way.", then="sign")
    )
    assert answer.url == url_of(draft, "sign")
    assert Session.objects.get(pk=draft.pk).observations == "Saved on the way."


def test_a_signed_session_refuses_the_page_and_shows_who_signed(client_of, clinician, whole):
    session = whole()
    page = page_of(session, observations="Too late.")
    sign_session(by=clinician, session=session, revision=session.revision, now=timezone.now())
    answer = client_of(clinician).post(url_of(session), page)
    assert answer.status_code == 409
    assert f"Signed by <strong>{clinician}</strong>" in answer.text
    assert "Too late." in answer.text


def test_a_tab_overtaken_by_the_signature_offers_an_addendum_and_nothing_of_a_draft(
    client_of, clinician, whole
):
    session = whole()
    page = page_of(session, observations="Bled a little.", punches="7")
    sign_session(by=clinician, session=session, revision=session.revision, now=timezone.now())
    answer = client_of(clinician).post(url_of(session), page)
    shown = answer.text.split("<main")[1].split("</main>")[0]
    for words in ("Save mine instead", "Draft", "Save draft", "Review and sign", "Discard"):
        assert words not in shown, words
    assert f'action="{url_of(session, "addendum")}"' in shown
    assert f'href="{url_of(session, "addendum")}"' in shown
    assert f'href="{url_of(session)}"' in shown
    typed = shown.split("<textarea")[1].split("</textarea>")[0]
    assert "Observations: Bled a little." in typed
    assert "Number of punches: 7 (signed: 4)" in typed
    assert "data-autosave" not in shown


def test_a_tab_overtaken_by_the_signature_with_nothing_new_says_so(client_of, clinician, whole):
    session = whole()
    page = page_of(session)
    sign_session(by=clinician, session=session, revision=session.revision, now=timezone.now())
    answer = client_of(clinician).post(url_of(session), page)
    assert answer.status_code == 409
    assert "Nothing that you typed is missing from it." in answer.text
    assert "<textarea" not in answer.text


def test_an_addendum_is_written_and_shown(client_of, clinician, case):
    session = signed_session(case=case, operator=clinician)
    browser = client_of(clinician)
    assert "Add addendum" in browser.get(url_of(session)).text
    empty = browser.post(url_of(session, "addendum"), {"text": " "})
    assert empty.status_code == 422
    assert "Write what is to be added." in empty.text
    answer = browser.post(url_of(session, "addendum"), {"text": "Called: no pain."}, follow=True)
    assert "Called: no pain." in answer.text
    assert Addendum.objects.get().added_by == clinician


def test_discarding_by_page(client_of, clinician, draft):
    answer = client_of(clinician).post(url_of(draft, "discard"), {"revision": 0}, follow=True)
    assert "is discarded" in answer.text
    assert not Session.objects.exists()


def test_the_session_page_asks_no_more_with_more_rows(
    client_of, clinician, whole, django_assert_max_num_queries
):
    session = whole()
    browser = client_of(clinician)
    page = page_of(session)
    for region in ("frontal", "mid_scalp"):
        values = {"area_cm2": "5", "volume_ml": "0.5", "points": "5", "depth_mm": "3"}
        page = with_row(page, "zones", region=region, **values)
    browser.get(url_of(session))
    with django_assert_max_num_queries(21):
        browser.get(url_of(session))
    browser.post(url_of(session), page)
    with django_assert_max_num_queries(21):
        assert browser.get(url_of(session)).text.count('value="mid_scalp" selected') == 1


def test_autosave_of_one_figure_asks_little(
    client_of, clinician, whole, django_assert_max_num_queries
):
    session = whole()
    browser = client_of(clinician)
    browser.post(url_of(session, "autosave"), page_of(session, observations="First."))
    session.refresh_from_db()
    page = page_of(session, observations="Second.")
    with django_assert_max_num_queries(41):
        assert browser.post(url_of(session, "autosave"), page).status_code == 200


def test_describing_a_session_asks_nothing_more(whole, django_assert_num_queries):
    session = stored(whole("prp"))
    with django_assert_num_queries(0):
        described = describe(session)
    assert [part.title for part in described] == [
        *("Time-out", "Anaesthesia", "Blood draw"),
        *("Processing", "Infiltration", "After"),
    ]


def test_what_was_not_recorded_reads_not_known(draft):
    session = stored(draft)
    said = {fact.label: fact.value for part in describe(session) for fact in part.facts}
    assert said["Donor site"] == said["Suspension obtained"] == said["Ended"] == "Not known"
    assert said["Consent"] == "None"


def test_addenda_stand_in_order(case, clinician):
    session = signed_session(case=case)
    for text in ("First.", "Second."):
        add_addendum(by=clinician, session=session, text=text, now=timezone.now())
    assert [addendum.text for addendum in session.addenda.all()] == ["First.", "Second."]
