"""What the shell does around every request."""

import pytest

from clinic.audit.kinds import Kind
from clinic.logging import without_row_contents
from clinic.middleware import RequestLogMiddleware
from tests.factories.practice import SiteFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/patients/?q=%00", "/audit/?patient=%00", "/diary/?site=a%00"])
def test_a_nul_character_is_refused_in_words(path, admin, client_of):
    SiteFactory()
    assert client_of(admin).get(path).status_code == 400


def test_a_nul_character_in_a_form_is_refused(reception, client_of):
    SiteFactory()
    client, kind = client_of(reception), "application/x-www-form-urlencoded"
    assert client.post("/patients/new/", {"family_name": "a\0b"}).status_code == 422
    assert client.post("/patients/new/", "family_name=a%00b", content_type=kind).status_code == 400


def test_no_browser_keeps_a_page_of_somebody_signed_in(admin, client, client_of):
    SiteFactory()
    assert "no-store" in client_of(admin).get("/caseload/")["Cache-Control"]


def test_the_search_stands_only_where_it_may_be_used(evaluator, reception, client_of):
    SiteFactory()
    assert b'id="search-field"' in client_of(reception).get("/").content
    assert b'id="search-field"' not in client_of(evaluator).get("/").content


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_the_trail_reaches_to_both_ends_of_the_calendar(day, admin, client_of):
    SiteFactory()
    assert client_of(admin).get("/audit/", {"day": day}).status_code == 200


def test_a_database_error_is_logged_without_the_row_even_over_several_lines():
    told = (
        "IntegrityError: value violates check\nDETAIL:  Failing row (1, a private line\n"
        "another private line, 3).\n\nThe above exception was the direct cause\nValueError: x"
    )
    kept = without_row_contents(None, "", {"exception": told})["exception"]
    assert "private" not in kept
    assert "violates check" in kept
    assert "ValueError: x" in kept


def test_a_request_is_logged_without_its_query_and_without_a_link(rf):
    assert RequestLogMiddleware.format_request(rf.get("/patients/?q=Mock")) == "GET /patients/"
    assert RequestLogMiddleware.format_request(rf.get("/my/secret/x/")) == "GET /my/[link]/x/"


def test_the_kinds_of_events_read_as_words():
    assert not any("{" in kind.plain for kind in Kind)
    assert Kind.PATIENT_REGISTERED.plain == "registered patient …"
