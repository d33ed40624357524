"""The smaller pictures of a photograph, made by the worker."""

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.core.files.base import ContentFile
from django.db import OperationalError, transaction
from PIL import Image

from clinic.photos.models import Derivation, Photo

logger = structlog.get_logger(__name__)

DISPLAY_LONG_SIDE_PX = 1600
THUMBNAIL_LONG_SIDE_PX = 320
JPEG_QUALITY = 86

# After 2, 4, 8 … minutes: over four hours, so that a disk may be away for a morning.
MOST_TRIES = 8
MOST_A_SWEEP = 50


def derive(*, photo_id: UUID, now: datetime) -> bool:
    """Make the display picture and the thumbnail of a photograph, once; say whether they are there.

    Called again, or by two workers at the same time, it changes nothing more, and it waits as long
    as a try before it asked for. What goes wrong is logged and kept in the photograph's
    `Derivation`; after `MOST_TRIES` it is not tried again.
    Raises `OperationalError` when the database is away.
    """
    photo = Photo.objects.get(pk=photo_id)
    if photo.derived_at:
        return True
    if not _count_try(photo, now):
        return False
    try:
        _make(photo, now)
    except OperationalError:
        raise
    except Exception as error:  # whatever is wrong with one must not keep the others waiting
        logger.exception("photo_not_derived", photo=str(photo_id))
        _keep_failure(photo, error, now)
        return False
    return True


def derive_missing(*, clock: Callable[[], datetime]) -> int:
    """Make what is still missing and may be tried now; return how many could not be made.

    A sweep can last longer than the pause between two sweeps, so the clock is read for each
    photograph: another sweep must see when the try that is under way began.
    """
    waiting = Photo.objects.to_derive(clock()).values_list("pk", flat=True)[:MOST_A_SWEEP]
    return sum(not derive(photo_id=photo_id, now=clock()) for photo_id in list(waiting))


def try_given_up_again(*, now: datetime) -> int:
    """Let what was given up be tried anew; return how many photographs that is."""
    return Derivation.objects.filter(given_up_at__isnull=False).update(
        given_up_at=None, tries=0, not_before=now
    )


@transaction.atomic
def _count_try(photo: Photo, now: datetime) -> bool:
    """Count a try before it begins: one that ends the worker itself counts too.

    Says no before the time that the try before it set. That also keeps away a second sweep, and
    the worker of the upload, whose lists were read before this try began.
    """
    Derivation.objects.get_or_create(photo=photo, defaults={"not_before": now})
    row = Derivation.objects.select_for_update().get(photo=photo)
    if row.given_up_at or row.not_before > now:
        return False
    if row.tries >= MOST_TRIES:
        _give_up(row, now)
        return False
    row.tries += 1
    row.not_before = now + timedelta(minutes=2**row.tries)
    row.save(update_fields=["tries", "not_before"])
    return True


@transaction.atomic
def _keep_failure(photo: Photo, error: Exception, now: datetime) -> None:
    row = Derivation.objects.select_for_update().get(photo=photo)
    row.failure = type(error).__name__
    row.save(update_fields=["failure"])
    if row.tries >= MOST_TRIES:
        _give_up(row, now)


def _give_up(row: Derivation, now: datetime) -> None:
    if row.given_up_at:
        return
    row.given_up_at = now
    row.save(update_fields=["given_up_at"])
    logger.error("photo_given_up", photo=str(row.photo_id), failure=row.failure, tries=row.tries)


def _make(photo: Photo, now: datetime) -> None:
    try:
        photo.display.save(*_smaller(photo, "display", DISPLAY_LONG_SIDE_PX), save=False)
        photo.thumbnail.save(*_smaller(photo, "thumbnail", THUMBNAIL_LONG_SIDE_PX), save=False)
    except BaseException:
        _remove_files(photo)
        raise
    # When this fails, the row may name the files all the same: they are left where they are.
    kept = Photo.objects.filter(pk=photo.pk, derived_at__isnull=True).update(
        display=photo.display.name, thumbnail=photo.thumbnail.name, derived_at=now
    )
    if not kept:  # another worker was faster: its files stand, these go
        _remove_files(photo)


def _remove_files(photo: Photo) -> None:
    for file in (photo.display, photo.thumbnail):
        if file:
            file.delete(save=False)


def _smaller(photo: Photo, size: str, long_side_px: int) -> tuple[str, ContentFile]:
    buffer = io.BytesIO()
    with photo.original.open("rb") as file, Image.open(file, formats=["JPEG"]) as image:
        image.thumbnail((long_side_px, long_side_px), Image.Resampling.LANCZOS)
        image.save(buffer, "JPEG", quality=JPEG_QUALITY, optimize=True)
    return f"{photo.pk}-{size}.jpg", ContentFile(buffer.getvalue())
