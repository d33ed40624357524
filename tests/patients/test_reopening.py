"""A closing is taken back: the case goes on as it was."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import Event
from followups.models import Review
from patients.actions.cases import reopen_case
from patients.consent.rules import standing_consents
from patients.models import Case, Reopening
from tests.factories.followups import ReviewFactory
from tests.factories.patients import CaseFactory, SignedConsentFactory, closed
from tests.factories.practice import SiteFactory
from tests.factories.staff import ClinicianFactory, ReceptionFactory
from tests.races import one_after_the_other
from tests.shown import shown

pytestmark = pytest.mark.django_db
REASON = "She called: the lump was nothing, and she goes on."


def reopened(case, reason=REASON):
    return reopen_case(by=ClinicianFactory(), case=case, reason=reason, now=timezone.now())


def test_it_is_open_again_and_says_how_it_had_been_closed():
    case = closed(CaseFactory(), "discharged")
    before = (case.closed_at, case.closed_by, case.outcome)
    row = reopened(case)
    assert (row.closed_at, row.closed_by, row.outcome) == (None, None, "")
    kept = Reopening.objects.get()
    assert (kept.closed_at, kept.closed_by, kept.outcome) == before
    assert kept.reason == REASON
    assert Event.objects.filter(kind="patients.case_reopened", subject_id=case.pk).exists()


def test_its_consents_stand_again():
    consent = SignedConsentFactory()
    case = closed(consent.case)
    assert not standing_consents(case, consent.template.technique).exists()
    reopened(case)
    assert standing_consents(case, consent.template.technique).get() == consent


def test_the_reviews_that_were_given_up_with_it_are_planned_again():
    review = ReviewFactory()
    case = closed(review.case)
    assert not Review.objects.outstanding().exists()
    reopened(case)
    assert Review.objects.outstanding().get() == review
    event = Event.objects.get(kind="patients.case_reopened")
    assert event.details["reviews_resumed"] == 1


def test_it_can_be_closed_and_opened_again_more_than_once():
    case = CaseFactory()
    for _ in range(2):
        reopened(closed(Case.objects.get(pk=case.pk)))
    assert case.reopenings.count() == 2


def test_an_open_case_and_one_beside_an_open_case_are_not_opened_again():
    case = CaseFactory()
    with pytest.raises(ValidationError, match="This case is open"):
        reopened(case)
    old = closed(case)
    CaseFactory(patient=case.patient)
    with pytest.raises(ValidationError, match="already has an open case"):
        reopened(old)
    assert not Reopening.objects.exists()


def test_a_reason_is_wanted():
    case = closed(CaseFactory())
    with pytest.raises(ValidationError, match="Write why"):
        reopened(case, reason="  ")
    assert Case.objects.get(pk=case.pk).closed_at


@pytest.mark.parametrize(
    "change",
    [
        "closed_at = NULL, closed_by_id = NULL, outcome = ''",
        "outcome = 'discharged'",
        "closed_at = closed_at + interval '1 day'",
    ],
)
def test_the_database_keeps_it_closed_without_a_reason(change):
    case = closed(CaseFactory())
    with (
        pytest.raises(IntegrityError, match="with a reason alone"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE patients_case SET {change} WHERE id = %s", [case.pk])


@pytest.mark.django_db(transaction=True)
def test_of_two_who_open_it_again_one_is_told():
    case = closed(CaseFactory())
    first, second = one_after_the_other(lambda: reopened(case), lambda: reopened(case))
    assert isinstance(first, Case)
    assert isinstance(second, ValidationError)
    assert Reopening.objects.count() == 1


def test_the_page_opens_it_again_and_shows_why(client_of):
    site = SiteFactory()
    case = closed(CaseFactory(patient__site=site), "declined")
    desk = client_of(ClinicianFactory(sites=[site]))
    page, address = (
        reverse(f"patients:{name}", args=[case.patient_id]) for name in ("case", "reopen_case")
    )
    assert "Open the last case again" in shown(desk.get(page))
    assert desk.post(address, {"reason": ""}).status_code == 422
    answer = shown(desk.post(address, {"reason": REASON}, follow=True))
    assert "The case is open again, as it was." in answer
    assert REASON in answer
    assert "Declined treatment" in answer


def test_reception_is_not_offered_it(client_of):
    site = SiteFactory()
    case = closed(CaseFactory(patient__site=site))
    desk = client_of(ReceptionFactory(sites=[site]))
    page = shown(desk.get(reverse("patients:case", args=[case.patient_id])))
    assert "Open a case" in page
    assert "Open the last case" not in page
