"""The pages of photographs: who may see them, and what happens to what they choose."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import Event
from clinic.photos import tasks
from clinic.photos.models import Photo, PhotoSet, View
from tests.factories.patients import (
    CaseFactory,
    PatientFactory,
)
from tests.factories.photos import PhotoFactory, PhotoSetFactory, drawn_jpeg, sign_photo_consent
from tests.factories.practice import SiteFactory
from tests.factories.staff import ClinicianFactory

pytestmark = pytest.mark.django_db

COLOURS = ("sienna", "peru", "tan", "khaki", "olive", "teal")


def upload(colour: str = "sienna", name: str = "IMG_0001.JPG") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, drawn_jpeg(colour=colour), content_type="image/jpeg")


def page(name: str, subject, *more) -> str:
    return reverse(f"photos:{name}", args=[subject.pk, *more])


def at_minute(moment) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def post(client, case, **files):
    taken_at = at_minute(timezone.now() - timedelta(minutes=2))
    return client.post(page("add", case.patient), {"taken_at": taken_at, "agreed": "on", **files})


def test_six_views_are_kept_at_once(client_of, clinician):
    case = CaseFactory()
    files = {view: upload(colour) for view, colour in zip(View.values, COLOURS, strict=True)}
    response = post(client_of(clinician), case, **files)
    assert response.status_code == 302
    assert response.url == page("sets", case.patient)
    assert Photo.objects.count() == 6


def test_without_a_signed_consent_the_page_asks_whether_the_patient_agreed(client_of, clinician):
    case = CaseFactory()
    client = client_of(clinician)
    text = client.get(page("add", case.patient)).content.decode()
    assert "No consent to photographs for the record is signed" in text
    refused = post(client, case, frontal=upload(), agreed="")
    assert refused.status_code == 422
    assert "Ask the patient, and tick that they agreed." in refused.content.decode()
    assert not PhotoSet.objects.exists()
    sign_photo_consent(case, ["clinical"])
    assert "is signed" not in client.get(page("add", case.patient)).content.decode()
    assert post(client, case, frontal=upload(), agreed="").status_code == 302


def test_a_good_file_is_kept_beside_a_bad_one_and_the_bad_one_is_named(client_of, clinician):
    case = CaseFactory()
    client = client_of(clinician)
    bad = SimpleUploadedFile("letter.jpg", b"<html></html>")
    response = post(client, case, frontal=upload(), vertex=bad)
    photo_set = PhotoSet.objects.get()
    assert f"set={photo_set.pk}" in response.url
    assert [photo.view for photo in photo_set.photos.all()] == ["frontal"]
    text = client.get(response.url).content.decode()
    assert "1 photograph kept." in text
    assert "Not kept. Vertex: letter.jpg: This file is not a photograph we can read" in text
    assert 'name="vertex"' in text
    assert 'name="frontal"' not in text


def test_the_page_says_what_is_wrong_when_nothing_could_be_kept(client_of, clinician):
    bad = SimpleUploadedFile("letter.jpg", b"<html></html>")
    response = post(client_of(clinician), CaseFactory(), vertex=bad)
    assert response.status_code == 422
    assert "letter.jpg: This file is not a photograph" in response.content.decode()
    assert not PhotoSet.objects.exists()


def test_an_empty_form_asks_for_a_photograph_and_keeps_the_time(client_of, clinician):
    case = CaseFactory()
    taken_at = at_minute(timezone.now() - timedelta(days=3))
    response = client_of(clinician).post(page("add", case.patient), {"taken_at": taken_at})
    assert response.status_code == 422
    assert "Choose at least one photograph." in response.content.decode()
    assert taken_at in response.content.decode()


@pytest.mark.parametrize("taken_at", ["", "yesterday", "2999-01-01T10:00"])
def test_a_time_that_cannot_be_is_refused(client_of, clinician, taken_at):
    case = CaseFactory()
    response = client_of(clinician).post(
        page("add", case.patient), {"taken_at": taken_at, "agreed": "on", "frontal": upload()}
    )
    assert response.status_code == 422
    assert not PhotoSet.objects.exists()


def test_what_is_missing_is_added_to_its_set(client_of, clinician):
    photo = PhotoFactory()
    address = f"{page('add', photo.photo_set.patient)}?set={photo.photo_set_id}"
    taken_at = at_minute(photo.photo_set.taken_at)
    response = client_of(clinician).post(
        address, {"taken_at": taken_at, "agreed": "on", "vertex": upload("teal")}
    )
    assert response.status_code == 302
    assert photo.photo_set.photos.count() == 2


def test_the_page_that_asked_for_photographs_is_returned_to(client_of, clinician):
    case = CaseFactory()
    data = {
        "taken_at": at_minute(timezone.now() - timedelta(minutes=2)),
        "agreed": "on",
        "frontal": upload(),
    }
    address = page("add", case.patient)
    response = client_of(clinician).post(f"{address}?next=/followups/overdue/", data)
    assert response.url == "/followups/overdue/"


def test_but_never_another_place_on_the_net(client_of, clinician):
    case = CaseFactory()
    data = {
        "taken_at": at_minute(timezone.now() - timedelta(minutes=2)),
        "agreed": "on",
        "frontal": upload(),
    }
    address = page("add", case.patient)
    response = client_of(clinician).post(f"{address}?next=https://example.test/", data)
    assert response.url == page("sets", case.patient)


@pytest.mark.parametrize("chosen", ["nonsense", str(uuid.UUID(int=7))])
def test_a_set_that_is_not_there_is_not_found(client_of, clinician, chosen):
    address = f"{page('add', CaseFactory().patient)}?set={chosen}"
    assert client_of(clinician).get(address).status_code == 404


def test_another_patients_set_is_not_found(client_of, clinician):
    address = f"{page('add', CaseFactory().patient)}?set={PhotoSetFactory().pk}"
    assert client_of(clinician).get(address).status_code == 404


def test_an_empty_form_is_answered_in_words(client_of, clinician):
    case = CaseFactory()
    response = client_of(clinician).post(reverse("photos:add", args=[case.patient.pk]))
    assert response.status_code == 422
    assert "Choose at least one photograph." in response.content.decode()


def test_without_an_open_case_the_page_says_what_to_do(client_of, clinician):
    response = client_of(clinician).get(page("add", PatientFactory()))
    assert response.status_code == 409
    assert "no open case" in response.content.decode()


def test_the_record_shows_each_set_with_what_is_missing(client_of, clinician):
    photo = PhotoFactory()
    text = client_of(clinician).get(page("sets", photo.photo_set.patient)).content.decode()
    assert "5 views missing" in text
    assert "Being prepared" in text
    tasks.derive(str(photo.pk))
    text = client_of(clinician).get(page("sets", photo.photo_set.patient)).content.decode()
    assert reverse("photos:image", args=[photo.pk, "thumbnail"]) in text


def test_a_photograph_that_waits_says_since_when_and_after_minutes_what_to_do(client_of, clinician):
    photo = PhotoFactory()
    browser = client_of(clinician)
    tile = reverse("photos:tile", args=[photo.pk])
    with timezone.override("Europe/London"):
        since = timezone.localtime(photo.created_at)
    assert f"Being prepared since {since:%H:%M}" in browser.get(tile).content.decode()
    large = reverse("photos:photo", args=[photo.pk])
    assert "Being prepared since" in browser.get(large).content.decode()
    with time_machine.travel(photo.created_at + timedelta(minutes=6), tick=False):
        late = browser.get(tile).content.decode()
        assert "Not ready" in late
        assert f"{since:%H:%M}" in late
        assert large in late
        shown = browser.get(large).content.decode()
    assert "something stands still" in shown
    assert "The photograph itself is safe" in shown
    tasks.derive(str(photo.pk))
    with time_machine.travel(photo.created_at + timedelta(minutes=6), tick=False):
        assert "Not ready" not in browser.get(tile).content.decode()


def test_looking_at_the_photographs_is_recorded(client_of, clinician):
    photo = PhotoFactory()
    client_of(clinician).get(page("sets", photo.photo_set.patient))
    event = Event.objects.get(kind="patients.viewed")
    assert event.patient_id == photo.photo_set.patient_id
    assert event.sentence == "opened the photographs"


def test_the_record_says_what_photographs_may_be_used_for(client_of, clinician):
    photo = PhotoFactory()
    client = client_of(clinician)
    address = page("sets", photo.photo_set.patient)
    assert "No consent to photographs is signed" in client.get(address).content.decode()
    sign_photo_consent(photo.photo_set.case, ["clinical"])
    text = client.get(address).content.decode()
    assert "My record, and documents given to me" in text
    assert "website" not in text


def test_each_set_says_how_the_patient_agreed_to_it(client_of, clinician):
    case = CaseFactory()
    client = client_of(clinician)
    earlier = PhotoSetFactory(case=case, taken_at=timezone.now() - timedelta(days=9))
    PhotoFactory(photo_set=earlier, agreed="not_known")
    assert "Agreement not known" in client.get(page("sets", case.patient)).content.decode()
    post(client, case, frontal=upload())
    assert "Patient agreed aloud" in client.get(page("sets", case.patient)).content.decode()
    sign_photo_consent(case, ["clinical"])
    post(client, case, agreed="", vertex=upload("teal"))
    text = client.get(page("sets", case.patient)).content.decode()
    assert text.count("Patient agreed aloud and in writing") == 1


def test_the_record_costs_the_same_for_one_set_and_for_three(
    client_of, clinician, django_assert_max_num_queries
):
    case = CaseFactory()
    client = client_of(clinician)
    PhotoFactory(photo_set=PhotoSetFactory(case=case))
    with django_assert_max_num_queries(12) as first:
        client.get(page("sets", case.patient))
    for view in ("frontal", "vertex"):
        PhotoFactory(photo_set=PhotoSetFactory(case=case), view=view)
    with django_assert_max_num_queries(len(first)):
        client.get(page("sets", case.patient))


def test_two_visits_stand_beside_each_other_in_one_view(client_of, clinician):
    case = CaseFactory()
    earlier = PhotoFactory(
        photo_set=PhotoSetFactory(case=case, taken_at=timezone.now() - timedelta(days=90)),
        view="vertex",
    )
    later = PhotoFactory(photo_set=PhotoSetFactory(case=case), view="vertex")
    text = client_of(clinician).get(page("compare", case.patient)).content.decode()
    first, second = (page("image", photo, "display") for photo in (earlier, later))
    assert text.index(first) < text.index(second)


def test_a_view_that_one_visit_lacks_is_said_to_be_missing(client_of, clinician):
    case = CaseFactory()
    PhotoFactory(photo_set=PhotoSetFactory(case=case), view="vertex")
    address = f"{page('compare', case.patient)}?view=frontal"
    assert "was not taken on this visit" in client_of(clinician).get(address).content.decode()


def test_nothing_to_compare_is_said_in_words(client_of, clinician):
    response = client_of(clinician).get(page("compare", CaseFactory().patient))
    assert "Nothing to compare yet" in response.content.decode()


def test_a_large_picture_is_recorded_each_time_and_a_thumbnail_never(client_of, clinician):
    photo = PhotoFactory()
    tasks.derive(str(photo.pk))
    client = client_of(clinician)
    for size in ("thumbnail", "display", "display"):
        response = client.get(page("image", photo, size))
        assert response.status_code == 200
        assert response["Content-Type"] == "image/jpeg"
        assert "no-store" in response["Cache-Control"]
        assert b"".join(response.streaming_content)[:2] == b"\xff\xd8"
    events = Event.objects.filter(kind="photos.viewed")
    assert [event.sentence for event in events] == ["looked at the photograph Frontal"] * 2


def test_a_picture_that_is_not_made_yet_is_a_drawing_that_says_so(client_of, clinician):
    photo = PhotoFactory()
    response = client_of(clinician).get(page("image", photo, "display"))
    assert response.status_code == 202
    assert response["Content-Type"].startswith("image/svg+xml")
    assert response["Cache-Control"] == "no-store"
    assert not Event.objects.filter(kind="photos.viewed").exists()


def test_a_tile_asks_again_until_the_thumbnail_is_there(client_of, clinician):
    photo = PhotoFactory()
    client = client_of(clinician)
    assert "hx-get" in client.get(page("tile", photo)).content.decode()
    tasks.derive(str(photo.pk))
    text = client.get(page("tile", photo)).content.decode()
    assert "hx-get" not in text
    assert "<img" in text


def test_no_other_size_can_be_asked_for(client_of, clinician):
    photo = PhotoFactory()
    assert client_of(clinician).get(page("image", photo, "original")).status_code == 404


def test_no_address_outside_the_record_leads_to_a_file(client_of, clinician):
    photo = PhotoFactory()
    client = client_of(clinician)
    for prefix in ("/", "/media/", "/static/"):
        assert client.get(prefix + photo.original.name).status_code == 404


def test_a_photograph_is_withdrawn_with_a_reason(client_of, clinician):
    photo = PhotoFactory()
    client = client_of(clinician)
    refused = client.post(page("withdraw", photo), {"reason": ""})
    assert refused.status_code == 422
    response = client.post(page("withdraw", photo), {"reason": "Out of focus"})
    assert response.url == page("sets", photo.photo_set.patient)
    for name in ("photo", "tile"):
        assert client.get(page(name, photo)).status_code == 404
    assert client.get(page("image", photo, "display")).status_code == 404


PATIENT_PAGES = ("sets", "add", "compare")
PHOTO_PAGES = ("photo", "tile")


@pytest.mark.parametrize("role", ["reception", "evaluator"])
def test_only_those_who_may_see_the_record_see_photographs(client_of, role, request):
    photo = PhotoFactory()
    client = client_of(request.getfixturevalue(role))
    for name in PATIENT_PAGES:
        assert client.get(page(name, photo.photo_set.patient)).status_code == 403
    for name in PHOTO_PAGES:
        assert client.get(page(name, photo)).status_code == 403
    for size in ("thumbnail", "display"):
        assert client.get(page("image", photo, size)).status_code == 403


def test_an_admin_sees_photographs_but_neither_adds_nor_withdraws(client_of, admin):
    photo = PhotoFactory()
    client = client_of(admin)
    text = client.get(page("sets", photo.photo_set.patient)).content.decode()
    assert "Add photographs" not in text
    assert client.get(page("add", photo.photo_set.patient)).status_code == 403
    assert client.post(page("withdraw", photo), {"reason": "x"}).status_code == 403


def test_another_sites_photographs_do_not_exist(client_of):
    photo = PhotoFactory(
        photo_set=PhotoSetFactory(case=CaseFactory(patient=PatientFactory(site=SiteFactory())))
    )
    client = client_of(ClinicianFactory(sites=[SiteFactory()]))
    for name in PATIENT_PAGES:
        assert client.get(page(name, photo.photo_set.patient)).status_code == 404
    for name in PHOTO_PAGES:
        assert client.get(page(name, photo)).status_code == 404
    assert client.get(page("image", photo, "display")).status_code == 404
    assert client.post(page("withdraw", photo), {"reason": "x"}).status_code == 404


def test_a_clinician_of_the_patients_site_sees_them(client_of):
    site = SiteFactory()
    photo = PhotoFactory(
        photo_set=PhotoSetFactory(case=CaseFactory(patient=PatientFactory(site=site)))
    )
    client = client_of(ClinicianFactory(sites=[site]))
    assert client.get(page("photo", photo)).status_code == 200


def test_a_stranger_is_led_to_the_door(client):
    photo = PhotoFactory()
    response = client.get(page("image", photo, "display"))
    assert response.status_code == 302
    assert "/accounts/login/" in response.url


def test_a_word_is_not_a_page_to_return_to(client_of, clinician):
    case = CaseFactory()
    taken_at = at_minute(timezone.now() - timedelta(minutes=2))
    response = client_of(clinician).post(
        f"{page('add', case.patient)}?next=foo",
        {"taken_at": taken_at, "agreed": "on", "vertex": upload()},
    )
    assert (response.status_code, response.url) == (302, page("sets", case.patient))
