"""The pages about double records."""

from datetime import date

import pytest
from django.urls import reverse

from patients.finding.pairs import look_for_pairs
from patients.models import LikelyPair, Merge, Patient, TwoPeople
from tests.factories.patients import CaseFactory, DiagnosisFactory, PatientFactory
from tests.factories.practice import SiteFactory
from tests.factories.staff import ClinicianFactory
from tests.shown import shown

LIST = reverse("patients:double_records")


@pytest.fixture
def site(db):
    return SiteFactory()


@pytest.fixture
def desk(client_of, site):
    return client_of(ClinicianFactory(sites=[site]))


def somebody(site, **details):
    return PatientFactory(
        **{
            "site": site,
            "family_name": "Okoro",
            "given_names": "Ada",
            "date_of_birth": date(1980, 11, 22),
            "phone": "",
            "email": "",
        }
        | details
    )


def compare(one, other):
    return reverse("patients:compare_records", args=[one.pk, other.pk])


@pytest.mark.parametrize(
    ("one", "other", "reasons"),
    [
        ({}, {}, ["same name", "same date of birth"]),
        ({}, {"given_names": "Adah"}, ["similar name", "same date of birth"]),
        (
            {},
            {"date_of_birth": date(1980, 12, 22)},
            ["same name", "date of birth differs by a slip"],
        ),
        (
            {"phone": "+447700900123"},
            {"phone": "+447700900123", "date_of_birth": date(1955, 3, 4)},
            ["same name", "same phone"],
        ),
        (
            {"email": "ada@example.test"},
            {"email": "ada@example.test", "date_of_birth": date(1955, 3, 4)},
            ["same name", "same e-mail"],
        ),
    ],
)
def test_likely_pairs_are_found_with_their_reasons(site, one, other, reasons):
    pair = {somebody(site, **one), somebody(site, **other)}
    somebody(site, given_names="Ben", family_name="Whitcombe")
    assert look_for_pairs() == 1
    found = LikelyPair.objects.get()
    assert set(found.both) == pair
    assert found.reasons == reasons


def test_a_couple_with_one_phone_and_people_of_one_name_are_no_pairs(site):
    somebody(site, phone="+447700900123")
    somebody(site, given_names="Benedict", date_of_birth=date(1979, 5, 6), phone="+447700900123")
    somebody(site, date_of_birth=date(1955, 3, 4))
    assert look_for_pairs() == 0


def test_looking_again_forgets_what_is_settled(site, desk):
    one, other = somebody(site), somebody(site)
    look_for_pairs()
    page = shown(desk.get(LIST))
    assert one.number in page
    assert other.number in page
    assert "Same name, same date of birth" in page
    assert desk.post(reverse("patients:two_people", args=[one.pk, other.pk])).status_code == 302
    assert TwoPeople.objects.count() == 1
    assert look_for_pairs() == 0
    assert "No double records are known" in shown(desk.get(LIST))
    desk.post(reverse("patients:two_people", args=[other.pk, one.pk]))
    assert TwoPeople.objects.count() == 1


def test_a_pair_of_another_site_is_not_listed(site, desk):
    somebody(site)
    somebody(SiteFactory())
    assert look_for_pairs() == 1
    assert "No double records are known" in shown(desk.get(LIST))


def test_the_records_stand_side_by_side_and_become_one(site, desk):
    one = somebody(site, title="Ms")
    other = somebody(site, given_names="Ada Béatrix", nhs_number="9449305552")
    page = shown(desk.get(compare(one, other)))
    assert "Ada Béatrix" in page
    assert "944\u00a0930\u00a05552" in page
    answer = desk.post(
        compare(one, other),
        {"keep_title": "survivor", "keep_given_names": "absorbed", "keep_nhs_number": "absorbed"},
    )
    assert answer.status_code == 302
    kept = Patient.objects.get(pk=one.pk)
    assert (kept.title, kept.given_names, kept.nhs_number) == ("Ms", "Ada Béatrix", "9449305552")


def test_a_choice_that_is_missing_merges_nothing(site, desk):
    one, other = somebody(site, title="Ms"), somebody(site)
    answer = desk.post(compare(one, other), {})
    assert answer.status_code == 422
    assert "Choose the title that is right." in shown(answer)
    assert not Merge.objects.exists()


def test_what_is_in_the_way_is_said_before_and_after(site, desk):
    one, other = somebody(site), somebody(site)
    for patient in (one, other):
        DiagnosisFactory(case=CaseFactory(patient=patient))
    assert "Close one of them first" in shown(desk.get(compare(one, other)))
    answer = desk.post(compare(one, other), {})
    assert answer.status_code == 422
    assert "Close one of them first" in shown(answer)


def test_the_old_address_leads_to_the_record_and_writes_nothing(site, desk):
    one, other = somebody(site), somebody(site)
    desk.post(compare(one, other), {})
    old = reverse("patients:edit", args=[other.pk])
    answer = desk.get(old, follow=True)
    assert answer.redirect_chain == [(reverse("patients:edit", args=[one.pk]), 302)]
    assert f"part of {one.number} now" in shown(answer)
    assert desk.post(old, {}).status_code == 404


def test_who_may_not_open_the_record_learns_nothing_of_its_merge(site, desk, client_of):
    one, other = somebody(site), somebody(site)
    desk.post(compare(one, other), {})
    stranger = client_of(ClinicianFactory(sites=[SiteFactory()]))
    assert stranger.get(reverse("patients:edit", args=[other.pk])).status_code == 404


def test_a_merge_is_undone_from_its_page(site, desk):
    one, other = somebody(site), somebody(site)
    desk.post(compare(one, other), {})
    page = reverse("patients:merges", args=[one.pk])
    assert other.number in shown(desk.get(page))
    merge = Merge.objects.get()
    undo = reverse("patients:undo_merge", args=[one.pk, merge.pk])
    answer = desk.post(undo, follow=True)
    assert f"{other.number} is a record of its own again." in shown(answer)
    assert "undone" in shown(answer)
    assert "undone already" in shown(desk.post(undo, follow=True))


def test_the_other_record_is_looked_for_by_name(site, desk):
    one, other = somebody(site), somebody(site)
    page = shown(desk.get(reverse("patients:merges", args=[one.pk]), {"q": "okoro"}))
    assert compare(one, other) in page
    assert compare(one, one) not in page
