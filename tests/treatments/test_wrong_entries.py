"""While an entry is wrong: the totals still count what is valid, and its part is not complete."""

from decimal import Decimal

import pytest
from django.utils import timezone

from tests.treatments.pages import page_of, stored, url_of, with_row
from treatments.amounts import infiltration
from treatments.completeness import blocking, gaps
from treatments.forms.places import part_of
from treatments.forms.session import MicrograftForm, PrpForm, SessionForm


def done(progress):
    return {part["key"] for part in progress if part["done"]}


def test_a_volume_counts_while_its_area_is_wrong(browser, whole):
    session = whole(suspension_ml="1", volume_reason="Saline was added.")
    wrong = page_of(session, **{"zones-0-area_cm2": "9999", "zones-0-volume_ml": "5"})
    answer = browser.post(url_of(session), wrong)
    assert answer.status_code == 422
    total = answer.context["infiltration"]
    assert (total.volume_ml, total.prepared_ml, total.points) == (5, 1, 40)
    assert total.is_over
    assert total.ml_per_cm2 is None
    again = infiltration(stored(session))
    assert again.volume_ml == 5


def test_more_than_was_prepared_is_asked_about_in_a_zone_begun(browser, whole):
    session = whole()
    browser.post(
        url_of(session), page_of(session, **{"zones-0-volume_ml": "5", "zones-0-depth_mm": ""})
    )
    found = blocking(gaps(stored(session), session.consent, timezone.now()))
    assert "id_volume_reason" in [gap.anchor for gap in found]


def test_the_volume_for_the_area_is_of_zones_with_both(browser, whole):
    session = whole()
    page = with_row(page_of(session), "zones", region="frontal", volume_ml="3", area_cm2="bad")
    total = browser.post(url_of(session), page).context["infiltration"]
    assert (total.volume_ml, total.area_cm2) == (7, 40)
    assert total.ml_per_cm2 == Decimal("0.1")


WRONG = [
    ("punch_depth_mm", "99", "harvest"),
    ("harvested_time", "25:00", "harvest"),
    ("processing_minutes", "x", "processing"),
    ("weight_kg", "5000", "time_out"),
    ("zones-0-syringes", "0", "infiltration"),
    ("lots-0-expiry_date", "2001-01-01", "processing"),
]


@pytest.mark.parametrize(("name", "value", "part"), WRONG)
def test_a_part_with_an_error_in_it_is_not_ticked(browser, whole, name, value, part):
    session = whole()
    assert part in done(browser.get(url_of(session)).context["progress"])
    page = page_of(session, **{name: value})
    answer = browser.post(url_of(session), page)
    assert answer.status_code == 422
    ticked = done(answer.context["progress"])
    assert part not in ticked
    assert "after" in ticked


def test_autosave_takes_the_tick_away_too(browser, whole):
    session = whole()
    page = page_of(session, punch_depth_mm="99")
    shown = browser.post(url_of(session, "autosave"), page).json()["live"]["progress"]
    harvest = shown.split('href="#part-harvest"')[1].split("</li>")[0]
    assert ": complete" not in harvest


@pytest.mark.parametrize("form", [SessionForm, MicrograftForm, PrpForm])
def test_every_entry_of_the_page_has_its_part(form):
    assert all(part_of(name) for name in form.base_fields)
