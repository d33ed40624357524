import json
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from clinic.audit.kinds import Kind
from clinic.audit.models import Event
from clinic.staff.permissions import Role
from tests.factories.staff import AdminFactory, ClinicianFactory, UserFactory
from tests.factories.treatments import LotFactory, LotUseFactory, ZoneFactory, signed_session
from tests.treatments.pages import WHOLE_MICROGRAFT, page_of, stored, url_of, with_row
from treatments.actions.drafts import ChangedMeanwhileError, discard_draft, save_draft
from treatments.draft import Draft
from treatments.models import Lot, LotUse, Session, Zone


def saves(session):
    return Event.objects.filter(kind=Kind.SESSION_SAVED, subject_id=session.pk).count()


@pytest.fixture
def autosave(client_of, clinician):
    """Return a function that sends a page as it is sent while somebody types."""

    def send(session, by=clinician, **changes):
        answer = client_of(by).post(url_of(session, "autosave"), page_of(session, **changes))
        return answer, json.loads(answer.content)

    return send


def test_autosave_keeps_what_is_right_and_marks_what_is_wrong(autosave, draft):
    answer, said = autosave(draft, saline_ml="-4", suspension_ml="5", weight_kg="70")
    assert answer.status_code == 200
    assert said["errors"] == {"id_saline_ml": "This must be between 0.1 and 100 mL."}
    assert said["revision"] == 1
    kept = stored(draft)
    assert (kept.micrograft.saline_ml, kept.micrograft.suspension_ml) == (None, 5)
    assert kept.weight_kg == 70


def test_zones_of_the_same_moment_keep_their_order_when_one_is_changed(draft):
    rows = [ZoneFactory(session=draft, region=region) for region in Zone.Region.values[:6]]
    at = timezone.now()
    Zone.objects.filter(session=draft).update(created_at=at)
    order = sorted(row.pk for row in rows)
    for row in rows[:4]:  # PostgreSQL writes a changed row anew, behind the others
        Zone.objects.filter(pk=row.pk).update(volume_ml=2)
        assert [one.pk for one in Zone.objects.filter(session=draft)] == order


@time_machine.travel("2026-07-22 13:32:00+00:00", tick=False)
def test_the_answer_says_when_it_was_saved_in_the_sites_own_time(autosave, start):
    _, said = autosave(start(), observations="Summer.")
    assert "Saved 14:32" in said["saved"]


def test_the_answer_carries_the_figures_that_follow(autosave, draft):
    _, said = autosave(draft, **{**WHOLE_MICROGRAFT, "suspension_ml": "3"})
    assert "more than there was" in said["live"]["infiltration"]
    assert "0.1\u202fmL/cm²" in said["live"]["infiltration"]


def test_lidocaine_is_held_against_the_weight(client_of, clinician, draft):
    page = with_row(
        page_of(draft, weight_kg="50"), "anaesthetics", strength_percent="2", volume_ml="8"
    )
    said = json.loads(client_of(clinician).post(url_of(draft, "autosave"), page).content)
    words = said["live"]["anaesthesia"]
    assert "160\u202fmg" in words
    assert "3.20 mg/kg" in words
    assert "Over the maximum" in words
    assert "106.7\u202f%" in words


def test_saving_the_same_again_changes_nothing(autosave, draft):
    autosave(draft, observations="Once.")
    before = stored(draft)
    answer, said = autosave(before)
    after = stored(draft)
    assert (answer.status_code, said["revision"]) == (200, before.revision)
    assert (after.revision, after.saved_at) == (before.revision, before.saved_at)


def test_an_hour_of_typing_is_one_event_in_the_trail_and_every_change_in_the_history(
    autosave, draft
):
    start = timezone.now()
    for minute in range(0, 60, 10):
        with time_machine.travel(start + timedelta(minutes=minute), tick=False):
            autosave(draft, observations=f"Minute {minute}.")
    assert saves(draft) == 1
    assert draft.past_versions.count() == 6
    with time_machine.travel(start + timedelta(hours=2), tick=False):
        autosave(draft, observations="After lunch.")
    assert saves(draft) == 2


def test_a_row_begun_waits_and_comes_back(autosave, client_of, clinician, draft):
    autosave(draft, **{"zones-0-region": "vertex", "zones-0-area_cm2": "40"})
    assert not Zone.objects.filter(session=draft).exists()
    assert stored(draft).unfinished == {"zones": [{"region": "vertex", "area_cm2": "40"}]}
    shown = client_of(clinician).get(url_of(draft)).context["forms"].rows["zones"]
    assert [row.initial["area_cm2"] for row in shown] == ["40"]
    autosave(
        stored(draft),
        **{"zones-0-volume_ml": "4", "zones-0-points": "40", "zones-0-depth_mm": "4"},
    )
    assert stored(draft).unfinished == {}
    assert Zone.objects.get(session=draft).area_cm2 == 40


def test_a_removed_row_is_removed(autosave, whole):
    session = whole()
    autosave(session, **{"zones-0-DELETE": "on"})
    assert not Zone.objects.filter(session=session).exists()


def test_only_what_differs_is_written(autosave, whole):
    session = whole()
    zone = session.zones.get()
    autosave(session, **{"zones-0-points": "41"})
    after = Zone.objects.get(session=session)
    assert (after.pk, after.points) == (zone.pk, 41)
    assert (
        session.micrograft.past_versions.count() == stored(session).micrograft.past_versions.count()
    )


def test_regions_may_be_swapped(client_of, clinician, whole):
    session = whole()
    other = {
        "region": "frontal",
        "area_cm2": "20",
        "volume_ml": "1",
        "points": "5",
        "depth_mm": "3",
    }
    client_of(clinician).post(url_of(session), with_row(page_of(session), "zones", **other))
    session = stored(session)
    page = page_of(session, **{"zones-0-region": "frontal", "zones-1-region": "vertex"})
    assert client_of(clinician).post(url_of(session), page).status_code == 302
    areas = {zone.region: zone.area_cm2 for zone in session.zones.model.objects.all()}
    assert areas == {"frontal": 40, "vertex": 20}


def test_the_second_editor_is_told_sees_both_and_loses_nothing(client_of, clinician, draft):
    second = ClinicianFactory()
    page = page_of(draft)
    client_of(clinician).post(url_of(draft), {**page, "observations": "The first.", "punches": "4"})
    answer = client_of(second).post(url_of(draft), {**page, "observations": "The second."})
    assert answer.status_code == 409
    assert f"{clinician} saved this draft on" in answer.text
    told = {row.label: (row.theirs, row.yours) for row in answer.context["differences"]}
    assert told == {
        "Observations": ("The first.", "The second."),
        "Number of punches": ("4", "Empty"),
    }
    assert stored(draft).observations == "The first."
    assert ">\nThe second.</textarea>" in answer.text


def test_what_the_second_editor_did_not_touch_is_taken_from_the_record(client_of, clinician, whole):
    session = whole()
    page = page_of(session)
    theirs = {"observations": "The first.", "punches": "5", "zones-0-points": "77"}
    client_of(clinician).post(url_of(session), {**page, **theirs, "aftercare_given": ""})
    mine = {**page, "observations": "The second.", "weight_kg": "71"}
    answer = client_of(ClinicianFactory()).post(
        url_of(session), {**mine, "touched": "observations weight_kg"}
    )
    assert answer.status_code == 409
    told = {row.label: (row.theirs, row.yours) for row in answer.context["differences"]}
    assert told == {"Observations": ("The first.", "The second."), "Weight": ("Empty", "71 kg")}
    forms = answer.context["forms"]
    assert forms.preparation["punches"].value() == "5"
    assert forms.rows["zones"].forms[0]["points"].value() == "77"
    assert not forms.session["aftercare_given"].value()
    assert 'name="touched" value="observations weight_kg"' in " ".join(answer.text.split())


def test_mine_instead_keeps_what_another_wrote_elsewhere(client_of, clinician, whole):
    session = whole()
    page = page_of(session)
    browser = client_of(clinician)
    browser.post(url_of(session), {**page, "observations": "The first.", "zones-0-points": "77"})
    browser.post(url_of(session), {**page, "weight_kg": "71", "touched": "weight_kg"})
    merged = page_of(session, weight_kg="71", over=stored(session).revision, touched="weight_kg")
    assert browser.post(url_of(session), merged).status_code == 302
    session = stored(session)
    assert (session.observations, session.weight_kg) == ("The first.", 71)
    assert session.zones.get().points == 77


def test_rows_that_were_touched_stay_as_typed_together(client_of, clinician, whole):
    session = whole()
    page = page_of(session)
    browser = client_of(clinician)
    browser.post(url_of(session), {**page, "zones-0-points": "77"})
    mine = {**page, "zones-0-depth_mm": "5", "touched": "zones-0-depth_mm"}
    forms = browser.post(url_of(session), mine).context["forms"]
    row = forms.rows["zones"].forms[0]
    assert (row["points"].value(), row["depth_mm"].value()) == (page["zones-0-points"], "5")


def test_ones_own_other_window_is_called_so(client_of, clinician, draft):
    page = page_of(draft)
    browser = client_of(clinician)
    browser.post(url_of(draft), {**page, "observations": "The first."})
    answer = browser.post(url_of(draft), {**page, "observations": "The second."})
    assert "You, in another window, saved this draft on" in answer.text


def test_the_second_editor_may_knowingly_put_theirs_instead(client_of, clinician, draft):
    page = page_of(draft)
    browser = client_of(clinician)
    browser.post(url_of(draft), {**page, "observations": "The first."})
    mine = {**page, "observations": "The second.", "over": stored(draft).revision}
    assert browser.post(url_of(draft), mine).status_code == 302
    assert stored(draft).observations == "The second."


def test_autosave_of_the_second_editor_is_refused(client_of, clinician, draft):
    page = page_of(draft)
    browser = client_of(clinician)
    browser.post(url_of(draft), {**page, "observations": "The first."})
    answer = browser.post(url_of(draft, "autosave"), {**page, "observations": "The second."})
    assert answer.status_code == 409
    assert "saved this draft on" in json.loads(answer.content)["saved"]
    assert stored(draft).observations == "The first."


@pytest.mark.parametrize(
    "damage",
    [
        {"zones-TOTAL_FORMS": ""},
        {"lots-TOTAL_FORMS": "many"},
        {"revision": "latest"},
        {"revision": ""},
    ],
)
def test_half_a_page_changes_nothing(client_of, clinician, whole, damage):
    session = whole()
    answer = client_of(clinician).post(url_of(session), {**page_of(session), **damage})
    assert answer.status_code == 400
    assert stored(session).zones.count() == 1
    assert stored(session).revision == session.revision


def test_too_many_rows_are_refused_as_a_whole(client_of, clinician, whole):
    session = whole()
    page = page_of(session, observations="Kept on the page.") | {"zones-TOTAL_FORMS": "5000"}
    answer = client_of(clinician).post(url_of(session), page)
    assert answer.status_code == 422
    assert "Kept on the page." in answer.text
    assert "There can be at most 20 rows here." in answer.text
    assert stored(session).zones.count() == 1


def test_a_mistyped_lot_number_leaves_no_lot_behind(autosave, draft):
    row = {
        "lots-0-product": "Disruptor",
        "lots-0-expiry_date": "2099-01-01",
        "lots-0-lot_number": "RG",
    }
    autosave(draft, **row)
    autosave(stored(draft), **{"lots-0-lot_number": "RG-1"})
    assert list(Lot.objects.values_list("lot_number", flat=True)) == ["RG-1"]
    autosave(stored(draft), **{"lots-0-expiry_date": "2098-01-01"})
    assert str(Lot.objects.get().expiry_date) == "2098-01-01"


def test_a_lot_on_record_is_used_again_in_any_case_of_letters(autosave, draft):
    signed = signed_session()
    lot = LotUse.objects.get(session=signed).lot
    row = {
        "lots-0-product": f"  {lot.product.upper()} ",
        "lots-0-lot_number": lot.lot_number.lower(),
        "lots-0-expiry_date": lot.expiry_date.isoformat(),
    }
    autosave(draft, **row)
    assert LotUse.objects.get(session=draft).lot == lot
    assert Lot.objects.count() == 1


def test_a_lot_on_record_with_another_expiry_is_questioned(autosave, draft):
    lot = LotUseFactory().lot
    row = {
        "lots-0-product": lot.product,
        "lots-0-lot_number": lot.lot_number,
        "lots-0-expiry_date": "2099-12-31",
    }
    _, said = autosave(draft, **row)
    assert "Check the label" in said["errors"]["id_lots-0-expiry_date"]
    assert not LotUse.objects.filter(session=draft).exists()


def test_a_recalled_lot_is_refused_while_typing(autosave, draft, clinician):
    lot = LotFactory(recalled_at=timezone.now(), recalled_by=clinician)
    row = {
        "lots-0-product": lot.product,
        "lots-0-lot_number": lot.lot_number,
        "lots-0-expiry_date": lot.expiry_date.isoformat(),
    }
    _, said = autosave(draft, **row)
    assert "recalled" in said["errors"]["id_lots-0-lot_number"]


def test_a_discarded_draft_is_gone_with_its_children_and_told_of(whole, clinician):
    session = whole()
    discard_draft(by=clinician, session=session, revision=session.revision)
    assert not Session.objects.filter(pk=session.pk).exists()
    assert not Zone.objects.exists()
    assert not Lot.objects.exists()
    event = Event.objects.get(kind=Kind.SESSION_DISCARDED)
    assert (event.subject_id, event.actor) == (session.pk, clinician)


def test_a_draft_changed_meanwhile_is_not_discarded(autosave, draft, clinician):
    autosave(draft, observations="Something new.")
    with pytest.raises(ChangedMeanwhileError):
        discard_draft(by=clinician, session=draft, revision=0)
    assert Session.objects.filter(pk=draft.pk).exists()


def test_a_signed_session_is_neither_saved_nor_discarded(clinician):
    session = signed_session()
    with pytest.raises(ValidationError, match="signed this session"):
        discard_draft(by=clinician, session=session, revision=0)
    with pytest.raises(ValidationError, match="signed this session"):
        save_draft(by=clinician, session=session, revision=0, draft=Draft(), now=timezone.now())


def test_a_discarded_draft_cannot_be_saved(draft, clinician):
    discard_draft(by=clinician, session=draft, revision=0)
    with pytest.raises(ValidationError, match="discarded meanwhile"):
        save_draft(by=clinician, session=draft, revision=0, draft=Draft(), now=timezone.now())


def test_those_who_only_read_cannot_save(draft):
    for person in (AdminFactory(), UserFactory(roles=[Role.RECEPTION])):
        with pytest.raises(PermissionDenied):
            save_draft(by=person, session=draft, revision=0, draft=Draft(), now=timezone.now())


def test_an_action_called_past_the_form_meets_the_constraints(draft, clinician):
    zone = {"region": "vertex", "area_cm2": -1, "volume_ml": 1, "points": 1, "depth_mm": 1}
    with pytest.raises(ValidationError, match="Area cm2 must be between"):
        save_draft(
            by=clinician,
            session=draft,
            revision=0,
            draft=Draft(zones=[zone]),
            now=timezone.now(),
        )
    assert stored(draft).revision == 0
