"""Keeping and withdrawing photographs, and making their smaller pictures."""

import hashlib
import io
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from PIL import Image

from clinic.audit.models import Event
from clinic.photos import actions, derivatives, tasks
from clinic.photos.intake import Photograph
from clinic.photos.models import Photo, PhotoSet, View
from tests.factories.patients import CaseFactory
from tests.factories.photos import PhotoFactory, PhotoSetFactory, drawn_jpeg, sign_photo_consent

pytestmark = pytest.mark.django_db


def photograph(colour: object = "sienna", width: int = 64, height: int = 48) -> Photograph:
    return Photograph(drawn_jpeg(width, height, colour), width, height)


def add(case, clinician, **changes):
    values = {
        "by": clinician,
        "case": case,
        "taken_at": timezone.now() - timedelta(minutes=5),
        "files": {"frontal": photograph("sienna"), "vertex": photograph("peru")},
        "agreed_aloud": True,
        "now": timezone.now(),
    }
    return actions.add_photos(**{**values, **changes})


def content(file) -> bytes:
    with file.open("rb") as opened:
        return opened.read()


def picture(file) -> Image.Image:
    return Image.open(io.BytesIO(content(file)))


def files_on_disk(settings) -> list[str]:
    root = settings.MEDIA_ROOT
    return sorted(path.name for path in root.rglob("*.jpg")) if root.exists() else []


def agreements() -> set[tuple[str, object]]:
    """Return how the patients agreed to what is kept, and by which consents."""
    return set(Photo.objects.values_list("agreed", "consent_id"))


def test_photographs_are_kept_by_view_in_one_set(clinician):
    case = CaseFactory()
    photo_set = add(case, clinician)
    photos = {photo.view: photo for photo in photo_set.photos.all()}
    assert photos.keys() == {"frontal", "vertex"}
    assert photo_set.patient == case.patient
    assert photo_set.taken_by == clinician
    kept = photos["frontal"]
    assert hashlib.sha256(content(kept.original)).hexdigest() == kept.sha256
    assert (kept.width_px, kept.height_px) == (64, 48)


def test_nobody_is_photographed_without_having_agreed(clinician, settings):
    case = CaseFactory()
    with pytest.raises(ValidationError, match="Ask the patient"):
        add(case, clinician, agreed_aloud=False)
    assert files_on_disk(settings) == []
    add(case, clinician)
    assert agreements() == {("aloud", None)}
    event = Event.objects.get(kind="photos.taken")
    assert event.details["agreed"] == "aloud"
    assert event.sentence == "added 2 photographs, agreed aloud"


@pytest.mark.parametrize(("scopes", "enough"), [(["clinical"], True), (["website"], False)])
def test_a_signed_consent_for_the_record_is_enough_and_one_for_the_website_is_not(
    clinician, scopes, enough
):
    case = CaseFactory()
    sign_photo_consent(case, scopes)
    if enough:
        add(case, clinician, agreed_aloud=False)
        consent = case.patient.consents.get(template__purpose="photographs")
        assert agreements() == {("in_writing", consent.pk)}
        event = Event.objects.get(kind="photos.taken")
        assert event.details["agreed"] == "in writing"
        assert event.sentence == "added 2 photographs, agreed in writing"
    else:
        with pytest.raises(ValidationError, match="Ask the patient"):
            add(case, clinician, agreed_aloud=False)


def test_the_name_on_disk_says_nothing_about_the_patient_or_the_upload(clinician):
    photo = add(CaseFactory(), clinician).photos.first()
    assert photo.original.name.endswith(f"{photo.pk}.jpg")


def test_keeping_is_an_event_that_names_the_views(clinician):
    photo_set = add(CaseFactory(), clinician)
    event = Event.objects.get(kind="photos.taken")
    assert event.actor == clinician
    assert event.patient_id == photo_set.patient_id
    assert event.sentence == "added 2 photographs, agreed aloud"
    assert event.details["views"] == ["frontal", "vertex"]


def test_missing_views_are_added_to_the_same_set(clinician):
    case = CaseFactory()
    photo_set = add(case, clinician)
    add(case, clinician, photo_set=photo_set, files={"midline": photograph("tan")})
    assert PhotoSet.objects.count() == 1
    assert photo_set.photos.count() == 3


def test_a_view_is_not_taken_twice_in_a_set_and_no_file_stays_behind(clinician, settings):
    case = CaseFactory()
    photo_set = add(case, clinician)
    before = files_on_disk(settings)
    with pytest.raises(ValidationError) as refused:
        files = {"midline": photograph("tan"), "vertex": photograph("khaki")}
        add(case, clinician, photo_set=photo_set, files=files)
    assert "vertex" in refused.value.message_dict
    assert photo_set.photos.count() == 2
    assert files_on_disk(settings) == before


def test_the_database_itself_refuses_a_second_photograph_of_a_view():
    photo = PhotoFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        PhotoFactory(photo_set=photo.photo_set, view=photo.view)


def test_the_same_picture_twice_is_a_mistake(clinician):
    case = CaseFactory()
    with pytest.raises(ValidationError, match="chosen for “Frontal”"):
        files = {"frontal": photograph("tan"), "vertex": photograph("tan")}
        add(case, clinician, files=files)
    assert not PhotoSet.objects.exists()


def test_last_visits_picture_is_not_this_visits(clinician):
    case = CaseFactory()
    add(case, clinician)
    with pytest.raises(ValidationError, match="the same picture as “Frontal” of"):
        add(case, clinician, files={"frontal": photograph("sienna")})
    assert PhotoSet.objects.count() == 1


def test_another_patient_may_have_the_same_picture(clinician):
    add(CaseFactory(), clinician)
    add(CaseFactory(), clinician)
    assert PhotoSet.objects.count() == 2


def test_photographs_do_not_come_from_the_future(clinician):
    with pytest.raises(ValidationError, match="future"):
        add(CaseFactory(), clinician, taken_at=timezone.now() + timedelta(hours=1))


def test_photographs_are_not_older_than_the_patient(clinician):
    long_ago = timezone.now() - timedelta(days=60 * 365)
    with pytest.raises(ValidationError, match="older than the patient"):
        add(CaseFactory(), clinician, taken_at=long_ago)


def test_a_closed_case_takes_no_photographs(clinician):
    case = CaseFactory(closed_at=timezone.now(), closed_by=clinician, outcome="discharged")
    with pytest.raises(ValidationError, match="closed"):
        add(case, clinician)


def test_a_set_of_another_case_is_refused(clinician):
    with pytest.raises(ValidationError, match="another course of care"):
        add(CaseFactory(), clinician, photo_set=PhotoSetFactory())


def test_the_worker_is_asked_only_once_the_photographs_are_on_record(
    clinician, monkeypatch, django_capture_on_commit_callbacks
):
    asked = []
    monkeypatch.setattr(tasks.derive, "apply_async", lambda args: asked.append(args))
    with django_capture_on_commit_callbacks(execute=True):
        photo_set = add(CaseFactory(), clinician)
        assert asked == []
    assert asked == [(str(photo.pk),) for photo in photo_set.photos.order_by("created_at")]


def test_the_worker_makes_the_display_picture_and_the_thumbnail():
    photo = PhotoFactory(jpeg=drawn_jpeg(3000, 2000))
    tasks.derive(str(photo.pk))
    photo.refresh_from_db()
    assert picture(photo.display).size == (1600, 1067)
    assert picture(photo.thumbnail).size == (320, 213)
    assert photo.derived_at is not None


def test_a_small_photograph_is_not_blown_up():
    photo = PhotoFactory(jpeg=drawn_jpeg(400, 300))
    tasks.derive(str(photo.pk))
    photo.refresh_from_db()
    assert picture(photo.display).size == (400, 300)


def test_the_worker_may_be_asked_twice(settings):
    photo = PhotoFactory()
    tasks.derive(str(photo.pk))
    first = Photo.objects.get()
    before = files_on_disk(settings)
    tasks.derive(str(photo.pk))
    assert Photo.objects.get().derived_at == first.derived_at
    assert files_on_disk(settings) == before


def test_of_two_workers_at_once_the_faster_ones_pictures_stand(settings, monkeypatch):
    photo = PhotoFactory()
    smaller = derivatives._smaller

    def while_another_worker_finishes(slow_photo, size, long_side_px):
        if size == "thumbnail":
            monkeypatch.setattr(derivatives, "_smaller", smaller)
            derivatives.derive(photo_id=photo.pk, now=timezone.now())
        return smaller(slow_photo, size, long_side_px)

    monkeypatch.setattr(derivatives, "_smaller", while_another_worker_finishes)
    derivatives.derive(photo_id=photo.pk, now=timezone.now())
    photo.refresh_from_db()
    assert len(files_on_disk(settings)) == 3
    assert picture(photo.display).size == (64, 48)
    assert picture(photo.thumbnail).size == (64, 48)


def test_a_withdrawn_photograph_stays_on_file_and_frees_its_view(clinician, settings):
    photo = PhotoFactory()
    actions.withdraw_photo(by=clinician, photo=photo, reason="Out of focus", now=timezone.now())
    photo.refresh_from_db()
    assert photo.withdrawn_by == clinician
    assert not Photo.objects.standing().exists()
    assert photo.original.storage.exists(photo.original.name)
    add(photo.photo_set.case, clinician, photo_set=photo.photo_set, files={"frontal": photograph()})
    event = Event.objects.get(kind="photos.removed")
    assert event.details == {"view": "Frontal", "reason": "Out of focus"}


def test_withdrawing_needs_a_reason_and_happens_once(clinician):
    photo = PhotoFactory()
    with pytest.raises(ValidationError, match="Say why"):
        actions.withdraw_photo(by=clinician, photo=photo, reason="  ", now=timezone.now())
    actions.withdraw_photo(by=clinician, photo=photo, reason="Blurred", now=timezone.now())
    with pytest.raises(ValidationError, match="already"):
        actions.withdraw_photo(by=clinician, photo=photo, reason="Blurred", now=timezone.now())
    assert Event.objects.filter(kind="photos.removed").count() == 1


def test_the_standard_views_are_those_of_the_protocol():
    assert set(View.values) == {
        *("frontal", "midline", "vertex"),
        *("temple_left", "temple_right", "occipital"),
    }


def test_the_originals_bytes_are_a_jpeg(clinician):
    photo = add(CaseFactory(), clinician).photos.first()
    assert picture(photo.original).format == "JPEG"


def test_what_is_added_the_same_day_joins_the_set_where_its_views_are_free(clinician):
    case = CaseFactory()
    now = timezone.now()
    first = add(case, clinician, taken_at=now)
    joined = add(case, clinician, taken_at=now, files={"midline": photograph("tan")})
    assert joined == first
    again = add(case, clinician, taken_at=now, files={"vertex": photograph("teal")})
    assert again != first, "a view that is there already makes another set"
    days_ago = now - timedelta(days=3)
    earlier = add(case, clinician, taken_at=days_ago, files={"occipital": photograph("khaki")})
    assert earlier not in {first, again}
