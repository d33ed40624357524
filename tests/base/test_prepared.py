"""A prepared query answers as the queryset it was made of."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from clinic.base.prepared import columns, from_row, is_one_of, prepared
from clinic.practice.models import Room, Site
from tests.factories.practice import RoomFactory, SiteFactory

pytestmark = pytest.mark.django_db


@prepared(site_id=UUID)
def rooms_at(site_id):
    return Room.objects.filter(site=site_id).order_by("name").values_list("name", "site__name")


@prepared(site_id=UUID, since=datetime)
def rooms_since(site_id, since):
    rooms = Room.objects.filter(site=site_id, created_at__gte=since)
    others = Room.objects.filter(created_at__lt=since).exclude(site=site_id)
    return rooms.values_list("name").union(others.values_list("name")).order_by("name")


def test_it_answers_for_other_values_than_it_was_written_with(django_assert_num_queries):
    here, there = SiteFactory(), SiteFactory()
    RoomFactory(site=here, name="A")
    RoomFactory(site=here, name="B")
    RoomFactory(site=there, name="C")
    with django_assert_num_queries(3):
        assert rooms_at(site_id=here.pk) == [("A", here.name), ("B", here.name)]
        assert rooms_at(site_id=there.pk) == [("C", there.name)]
        assert rooms_at(site_id=uuid4()) == []


def test_an_argument_may_stand_in_several_places():
    here, there = SiteFactory(), SiteFactory()
    early, late = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
    RoomFactory(site=here, name="Here, late", created_at=late)
    RoomFactory(site=here, name="Here, early", created_at=early)
    RoomFactory(site=there, name="There, late", created_at=late)
    RoomFactory(site=there, name="There, early", created_at=early)
    march = datetime(2026, 3, 1, tzinfo=UTC)
    assert rooms_since(site_id=here.pk, since=march) == [("Here, late",), ("There, early",)]
    assert rooms_since(site_id=there.pk, since=march) == [("Here, early",), ("There, late",)]


def test_values_come_as_the_orm_gives_them():
    @prepared(site_id=UUID)
    def with_json(site_id):
        first = Room.objects.filter(site=OuterRef("pk")).order_by("name")
        found = first.values(found=JSONObject(name="name", kind="kind"))[:1]
        return Site.objects.filter(pk=site_id).values_list("opens_at", Subquery(found))

    site = RoomFactory(name="A", kind="treatment").site
    assert with_json(site_id=site.pk) == [(site.opens_at, {"name": "A", "kind": "treatment"})]


def test_rows_of_a_list_of_identifiers_come_as_models():
    @prepared(ids=list)
    def rooms_of(ids):
        rooms = Room.objects.filter(is_one_of("pk", ids)).order_by("name")
        return rooms.values_list(*columns(Room), *columns(Site, via="site"))

    first, second, _ = RoomFactory(name="A"), RoomFactory(name="B"), RoomFactory(name="C")
    rows = rooms_of(ids=[second.pk, first.pk])
    assert [from_row(Room, row) for row in rows] == [first, second]
    site = from_row(Site, rows[1][len(columns(Room)) :])
    assert (site, site.name) == (second.site, second.site.name)
    assert rooms_of(ids=[]) == []


def test_an_argument_that_the_query_does_not_use_is_a_mistake():
    @prepared(day=date)
    def careless(day):
        return Site.objects.values_list("name")

    with pytest.raises(ValueError, match="does not depend on day"):
        careless(day=date(2026, 1, 1))


def test_a_clock_that_would_stand_still_is_a_mistake():
    @prepared(site_id=UUID)
    def stopped(site_id):
        return Room.objects.filter(site=site_id, created_at__lt=timezone.now()).values_list("name")

    with pytest.raises(ValueError, match="pass the clock"):
        stopped(site_id=uuid4())
