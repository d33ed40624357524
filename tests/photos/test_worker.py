"""A real worker on a real broker makes the smaller pictures; what cannot be read stops nothing."""

import os
import time
from datetime import datetime, timedelta

import pytest
from celery import current_app
from celery.contrib.testing.worker import start_worker
from django.core.management import call_command
from django.db import OperationalError, connection
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from structlog.testing import capture_logs

from clinic.celery import app
from clinic.photos import actions, derivatives, tasks
from clinic.photos.intake import Photograph
from clinic.photos.models import Derivation, Photo, PhotoQuerySet
from tests.factories.patients import CaseFactory
from tests.factories.photos import PhotoFactory, drawn_jpeg
from tests.factories.staff import ClinicianFactory

pytestmark = pytest.mark.django_db


def damaged(photo: Photo, content: bytes = b"") -> Photo:
    with photo.original.open("wb") as file:
        file.write(content)
    return photo


def sweep(now: datetime) -> int:
    return derivatives.derive_missing(clock=lambda: now)


def try_until_given_up(photo: Photo) -> None:
    """Try at the times at which the worker would."""
    for _ in range(derivatives.MOST_TRIES):
        row = Derivation.objects.filter(photo=photo).first()
        derivatives.derive(photo_id=photo.pk, now=row.not_before if row else timezone.now())


def is_derived(photo: Photo) -> bool:
    photo.refresh_from_db()
    return photo.derived_at is not None


def wait_until_derived(*photos: Photo) -> None:
    deadline = time.monotonic() + 15
    while not all(is_derived(photo) for photo in photos) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert all(is_derived(photo) for photo in photos)


@pytest.mark.django_db(transaction=True)
def test_a_worker_makes_the_pictures_of_what_is_kept_and_of_what_was_left(client_of):
    current_app.control.purge()
    left, broken = PhotoFactory(jpeg=drawn_jpeg(2000, 1000)), damaged(PhotoFactory())
    clinician = ClinicianFactory()
    with start_worker(app, pool="solo", perform_ping_check=False, shutdown_timeout=20):
        kept = actions.add_photos(
            by=clinician,
            case=CaseFactory(),
            taken_at=timezone.now() - timedelta(minutes=1),
            files={"vertex": Photograph(drawn_jpeg(3000, 2000), 3000, 2000)},
            agreed_aloud=True,
            now=timezone.now(),
        ).photos.get()
        tasks.derive_missing.delay()
        wait_until_derived(kept, left)
    assert not is_derived(broken)
    answer = client_of(clinician).get(reverse("photos:image", args=[kept.pk, "display"]))
    assert answer.status_code == 200
    answer.close()
    with kept.display.open() as file, Image.open(file) as picture:
        assert picture.size == (1600, 1067)


@pytest.mark.parametrize("content", [b"", b"GIF89a", drawn_jpeg(640, 480)[:400], os.urandom(4000)])
def test_the_sweep_goes_on_past_what_cannot_be_read(content):
    broken = damaged(PhotoFactory(), content)
    left = PhotoFactory()
    assert derivatives.derive_missing(clock=timezone.now) == 1
    assert is_derived(left)
    assert not is_derived(broken)
    assert broken.derivation.failure


def test_an_original_that_is_too_large_for_the_library_stops_nothing(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    broken = PhotoFactory()
    assert derivatives.derive_missing(clock=timezone.now) == 1
    assert broken.derivation.failure == "DecompressionBombError"


def test_what_cannot_be_read_is_tried_ever_more_rarely_and_then_given_up():
    broken = damaged(PhotoFactory())
    now = timezone.now()
    tried_after: list[int] = []
    with capture_logs() as logs:
        for minute in range(24 * 60):
            if sweep(now + timedelta(minutes=minute)):
                tried_after.append(minute)
    assert tried_after == [0, 2, 6, 14, 30, 62, 126, 254]
    assert broken.derivation.tries == derivatives.MOST_TRIES
    assert [log["event"] for log in logs].count("photo_given_up") == 1
    assert "photo_not_derived" in [log["event"] for log in logs]


def test_old_failures_never_keep_a_new_photograph_waiting(monkeypatch):
    monkeypatch.setattr(derivatives, "MOST_A_SWEEP", 3)
    now = timezone.now()
    broken = [damaged(PhotoFactory()) for _ in range(3)]
    sweep(now)
    new = PhotoFactory()
    sweep(now + timedelta(hours=1))
    assert is_derived(new)
    assert not any(is_derived(photo) for photo in broken)


def test_a_try_that_ends_the_worker_itself_counts_too(monkeypatch):
    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    monkeypatch.setattr(derivatives, "_smaller", die)
    photo = PhotoFactory()
    now = timezone.now()
    for number in range(derivatives.MOST_TRIES):
        with pytest.raises(Killed):
            derivatives.derive(photo_id=photo.pk, now=now + timedelta(days=number))
    derivatives.derive(photo_id=photo.pk, now=now + timedelta(days=derivatives.MOST_TRIES))
    assert Derivation.objects.get().given_up_at is not None


def test_what_another_worker_tries_meanwhile_is_not_tried_again(monkeypatch):
    """Two sweeps read the same list; the worker of the upload has the same photograph in hand."""
    now = timezone.now()
    first, second = damaged(PhotoFactory()), damaged(PhotoFactory())
    tried: list[Photo] = []

    def meanwhile(photo: Photo, now: datetime) -> None:
        tried.append(photo)
        if len(tried) == 1:
            other = second if photo == first else first
            tasks.derive(str(other.pk))
            assert tried == [photo, other]
            tasks.derive(str(photo.pk))
        raise OSError("the disk is away")

    monkeypatch.setattr(derivatives, "_make", meanwhile)
    assert sweep(now) == 2
    assert sorted(photo.pk for photo in tried) == sorted([first.pk, second.pk])
    assert set(Derivation.objects.values_list("tries", flat=True)) == {1}


def test_each_try_of_a_long_sweep_begins_when_it_begins():
    broken = [damaged(PhotoFactory()) for _ in range(3)]
    start = timezone.now()
    minutes = iter([0, 0, 5, 10])
    assert derivatives.derive_missing(clock=lambda: start + timedelta(minutes=next(minutes))) == 3
    waits = Derivation.objects.order_by("not_before").values_list("not_before", flat=True)
    assert [wait - start for wait in waits] == [timedelta(minutes=m) for m in (2, 7, 12)]
    assert not any(is_derived(photo) for photo in broken)


def test_what_was_given_up_is_not_tried_by_a_late_message():
    photo = damaged(PhotoFactory())
    try_until_given_up(photo)
    given_up = Derivation.objects.get()
    derivatives.derive(photo_id=photo.pk, now=timezone.now() + timedelta(days=30))
    again = Derivation.objects.get()
    assert given_up.given_up_at is not None
    assert (again.tries, again.given_up_at) == (given_up.tries, given_up.given_up_at)


def test_pictures_that_the_row_names_stay_when_the_answer_of_the_database_is_lost(monkeypatch):
    update = PhotoQuerySet.update

    def kept_but_never_heard_of(self: PhotoQuerySet, **values: object) -> int:
        update(self, **values)
        raise OperationalError("the server closed the connection")

    photo = PhotoFactory()
    monkeypatch.setattr(PhotoQuerySet, "update", kept_but_never_heard_of)
    with pytest.raises(OperationalError):
        derivatives.derive(photo_id=photo.pk, now=timezone.now())
    assert is_derived(photo)
    for file in (photo.display, photo.thumbnail):
        assert file.storage.exists(file.name)


def test_half_made_pictures_leave_no_file(settings, monkeypatch):
    made = derivatives._smaller

    def only_display(photo, size, long_side_px):
        if size == "thumbnail":
            raise OSError("the disk is full")
        return made(photo, size, long_side_px)

    monkeypatch.setattr(derivatives, "_smaller", only_display)
    photo = PhotoFactory()
    assert derivatives.derive_missing(clock=timezone.now) == 1
    files = [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]
    assert [path.name for path in files] == [photo.original.name.rpartition("/")[2]]


def test_a_database_that_is_away_is_no_fault_of_the_photograph(monkeypatch):
    def away(*_: object) -> None:
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(derivatives, "_make", away)
    with pytest.raises(OperationalError):
        tasks.derive(str(PhotoFactory().pk))
    assert Derivation.objects.get().failure == ""


def test_what_was_given_up_says_so_on_its_pages_and_can_be_tried_again(client_of, clinician):
    photo = PhotoFactory()
    with photo.original.open("rb") as file:
        good = file.read()
    damaged(photo)
    try_until_given_up(photo)
    client = client_of(clinician)
    tile = client.get(reverse("photos:tile", args=[photo.pk])).content.decode()
    assert "Cannot be shown" in tile
    assert "hx-get" not in tile, "it does not ask again for ever"
    page = client.get(reverse("photos:photo", args=[photo.pk])).content.decode()
    assert "This photograph cannot be shown" in page
    damaged(photo, good)
    call_command("retry_photos")
    assert derivatives.derive_missing(clock=timezone.now) == 0
    assert is_derived(photo)


def test_the_sweep_finds_its_work_by_an_index():
    photo = PhotoFactory()
    done = {"derived_at": timezone.now(), "withdrawn_at": timezone.now()}
    whose = {"photo_set": photo.photo_set, "withdrawn_by": photo.photo_set.taken_by}
    whose["agreed"] = "aloud"
    Photo.objects.bulk_create(
        Photo(view="vertex", width_px=1, height_px=1, **whose, **done) for _ in range(2000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE photos_photo")
    assert "photos_underived" in Photo.objects.to_derive(timezone.now()).explain()
