"""The smaller pictures of a photograph, made by the worker."""

import io
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import structlog
from django.core.files.base import ContentFile
from PIL import Image

from clinic.photos.models import Photo

logger = structlog.get_logger(__name__)

DISPLAY_LONG_SIDE_PX = 1600
THUMBNAIL_LONG_SIDE_PX = 320
JPEG_QUALITY = 86


def derive(*, photo_id: UUID, now: datetime) -> None:
    """Make the display picture and the thumbnail of a photograph, once.

    Called again, or by two workers at the same time, it changes nothing more. Raises `OSError`
    where the original cannot be read.
    """
    photo = Photo.objects.get(pk=photo_id)
    if photo.derived_at:
        return
    photo.display.save(*_smaller(photo, "display", DISPLAY_LONG_SIDE_PX), save=False)
    photo.thumbnail.save(*_smaller(photo, "thumbnail", THUMBNAIL_LONG_SIDE_PX), save=False)
    kept = Photo.objects.filter(pk=photo.pk, derived_at__isnull=True).update(
        display=photo.display.name, thumbnail=photo.thumbnail.name, derived_at=now
    )
    if not kept:  # another worker was faster: its files stand, these go
        photo.display.delete(save=False)
        photo.thumbnail.delete(save=False)


def derive_missing(*, now: datetime) -> int:
    """Make what is still missing, and return how many could not be made.

    One original that cannot be read must not keep the others waiting: it is logged and skipped.
    """
    return sum(not _derived(photo_id, now) for photo_id in list(_missing()))


def _missing() -> Iterable[UUID]:
    return (
        Photo.objects.filter(derived_at__isnull=True)
        .order_by("created_at")
        .values_list("pk", flat=True)
    )


def _derived(photo_id: UUID, now: datetime) -> bool:
    try:
        derive(photo_id=photo_id, now=now)
    except OSError as error:
        logger.error("photo_not_derived", photo=str(photo_id), error=type(error).__name__)
        return False
    return True


def _smaller(photo: Photo, size: str, long_side_px: int) -> tuple[str, ContentFile]:
    buffer = io.BytesIO()
    with photo.original.open("rb") as file, Image.open(file, formats=["JPEG"]) as image:
        image.thumbnail((long_side_px, long_side_px), Image.Resampling.LANCZOS)
        image.save(buffer, "JPEG", quality=JPEG_QUALITY, optimize=True)
    return f"{photo.pk}-{size}.jpg", ContentFile(buffer.getvalue())
