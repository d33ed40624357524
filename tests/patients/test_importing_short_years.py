"""Years of two digits in dates of birth: read only as somebody chose, and said of each row."""

from datetime import date

import pytest
from django.urls import reverse

from patients.actions import import_work
from patients.exchange import dates
from patients.models import Patient, PatientImport
from tests.patients.importing import NOW, checked, csv_file, finish, fresh, outcomes, said
from tests.patients.test_importing_views import choose, page

TODAY = date(2026, 11, 23)
ADA = "P1,Ada,Okoro,22/11/80,07700 900123,ada@example.test"
BEN = "P2,Ben,Tide,01-Feb-75,07700 900456,ben@example.test"
CY = "P3,Cy,Vane,24/11/26,07700 900457,cy@example.test"


@pytest.mark.parametrize(
    ("text", "order", "meant"),
    [
        ("22/11/80", "dmy", date(1980, 11, 22)),
        ("11/22/80", "mdy", date(1980, 11, 22)),
        ("80-11-22", "iso", date(1980, 11, 22)),
        ("22 Nov 80", "mdy", date(1980, 11, 22)),
        ("22-nov-05", "dmy", date(2005, 11, 22)),
        ("23/11/26", "dmy", date(2026, 11, 23)),
        ("24/11/26", "dmy", date(1926, 11, 24)),
        ("29.02.00", "dmy", date(2000, 2, 29)),
    ],
)
def test_a_year_of_two_digits_is_the_latest_that_is_not_in_the_future(text, order, meant):
    assert dates.has_short_year(text)
    assert dates.parse(text, order, today=TODAY, short_years=dates.LATEST) == meant
    for unchosen in ("", "refuse"):
        with pytest.raises(ValueError, match="choose how such years are read"):
            dates.parse(text, order, today=TODAY, short_years=unchosen)


@pytest.mark.parametrize("text", ["22/11/1980", "1980-11-22", "22 Nov 1980", "22111980", "Nov", ""])
def test_other_texts_have_no_year_of_two_digits(text):
    assert not dates.has_short_year(text)


@pytest.mark.parametrize("text", ["31/02/80", "11/22/80", "0/11/80"])
def test_a_day_that_there_never_was_is_refused(text):
    with pytest.raises(ValueError, match="no such day"):
        dates.parse(text, "dmy", today=TODAY, short_years=dates.LATEST)


def test_short_dates_propose_their_order_too():
    examined = dates.Examined(TODAY)
    for text in ("22/11/80", "01/02/90", "1 Feb 90"):
        examined.look_at(text)
    found = examined.as_json()
    assert (found["total"], found["short"], found["short_such_as"]) == (2, 3, "22/11/80")
    assert dates.proposed(found) == "dmy"


@pytest.fixture
def examined_file(client_of, admin, site):
    browser = client_of(admin)
    choose(browser, site, csv_file(ADA, BEN, CY))
    which = PatientImport.objects.get()
    columns = {f"column_{place}": key for place, key in enumerate(which.reading["columns"])}
    browser.post(page("import_columns", which), columns)
    import_work.work_on(which.pk, NOW)
    return browser, which


def test_how_they_are_read_is_chosen_and_the_report_says_it_of_each_row(examined_file):
    browser, which = examined_file
    asked = browser.get(page("import_reading", which)).text
    assert "3 dates have such a year, as “22/11/80”." in asked
    sent = {"phone_region": "GB", "mode": "all", "date_order": "dmy"}
    refused = browser.post(page("import_reading", which), sent)
    assert refused.status_code == 422
    assert "Choose how years of two digits are read: nobody guesses it." in refused.text
    browser.post(page("import_reading", which), sent | {"short_years": "latest"})
    import_work.work_on(which.pk, NOW)
    report = " ".join(browser.get(page("import", which)).text.split())
    assert "3 dates of birth have years of two digits, read as the latest year" in report
    for written, meant in [("22/11/80", "22-Nov-1980"), ("01-Feb-75", "01-Feb-1975")]:
        assert f"Born “{written}”: read as" in report
        assert meant in report
    assert "24-Nov-1926" in report
    finish(which.uploaded_by, fresh(which))
    born = Patient.objects.order_by("date_of_birth").values_list("date_of_birth", flat=True)
    assert list(born) == [date(1926, 11, 24), date(1975, 2, 1), date(1980, 11, 22)]
    assert not any(which.rows.values_list("notes", flat=True)), "forgotten with what they said"


def test_where_they_are_refused_each_row_says_what_to_choose(admin, site):
    which = checked(admin, site, csv_file(ADA, BEN), short_years="refuse")
    assert outcomes(which) == {2: "error", 3: "error"}
    assert all("choose how such years are read" in words for (words,) in said(which).values())


def test_a_file_without_such_years_is_not_asked_and_forgets_what_was_chosen_before(
    client_of, admin, site
):
    finish(admin, checked(admin, site, csv_file(ADA), short_years="latest"))
    browser = client_of(admin)
    choose(browser, site, csv_file(ADA.replace("/80", "/1980")))
    which = PatientImport.objects.latest("uploaded_at")
    columns = {f"column_{place}": key for place, key in enumerate(which.reading["columns"])}
    browser.post(page("import_columns", which), columns)
    import_work.work_on(which.pk, NOW)
    answer = browser.get(reverse("patients:import_reading", args=[which.pk]))
    assert "two digits" not in answer.text
    browser.post(
        page("import_reading", which), {"phone_region": "GB", "mode": "all", "date_order": "dmy"}
    )
    assert fresh(which).reading["short_years"] == ""
