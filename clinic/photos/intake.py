"""What comes in through the door: a file becomes a photograph, or is refused with a reason.

Nothing of the uploaded file is kept but its pixels: they are decoded, turned upright, brought to
sRGB and written anew as a JPEG, so that no place, name, comment or hidden program travels along.
"""

import hashlib
import io
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.core.files import File
from PIL import Image, ImageCms, ImageFile, ImageOps

from clinic.photos import heif_decoder

logger = structlog.get_logger(__name__)

FORMATS = ("JPEG", "PNG", "WEBP")
JPEG_QUALITY = 92
BYTES_PER_MB = 1024 * 1024

HEIF_DECODER = (sys.executable, str(Path(heif_decoder.__file__)))
HEIF_DECODER_SECONDS = 60

_SRGB = ImageCms.createProfile("sRGB")


class UnreadablePhotoError(ValueError):
    """The file cannot become a photograph; the message says why, to the person who chose it."""


@dataclass(frozen=True)
class Photograph:
    """An upright sRGB photograph without metadata, ready to be kept."""

    jpeg: bytes
    width_px: int
    height_px: int

    @property
    def sha256(self) -> str:
        """The fingerprint of what is kept."""
        return hashlib.sha256(self.jpeg).hexdigest()


def read_photograph(file: File) -> Photograph:
    """Return the photograph in an uploaded file, whatever the file is called.

    Reads JPEG, PNG, WebP and HEIC, known by their content. Raises `UnreadablePhotoError` for
    anything else, and for a file that is empty, damaged, or larger than
    `settings.PHOTO_MAX_BYTES` or `settings.PHOTO_MAX_PIXELS`.
    """
    _check_bytes(file)
    # WeasyPrint switches this on for the whole process: half a photograph would pass as a whole.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        image = _decoded(file)
        return _reencoded(_in_srgb(ImageOps.exif_transpose(image)))
    except UnreadablePhotoError:
        raise
    except Exception as error:  # decoders of hostile files raise anything; each means the same
        logger.info("photo_refused", error=type(error).__name__)
        raise UnreadablePhotoError(
            "This file is not a photograph we can read: it is damaged or incomplete."
            " Take or export the photograph again."
        ) from error


def _check_bytes(file: File) -> None:
    if not file.size:
        raise UnreadablePhotoError("This file is empty.")
    if file.size > settings.PHOTO_MAX_BYTES:
        raise UnreadablePhotoError(
            f"This file has {file.size / BYTES_PER_MB:.0f} MB; a photograph may have"
            f" {settings.PHOTO_MAX_BYTES // BYTES_PER_MB} MB at most."
        )


def _decoded(file: File) -> Image.Image:
    """Return the decoded image; its size is checked from the header, before any decoding."""
    file.seek(0)
    try:
        image = Image.open(_without_heif(file), formats=FORMATS)
    except Image.UnidentifiedImageError as error:
        raise _no_photograph() from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    if image.width * image.height > settings.PHOTO_MAX_PIXELS:
        raise _too_many_pixels()
    image.load()
    return image


def _without_heif(file: File) -> Any:
    """Return the file, or what a HEIC file shows as a PNG; both can be read.

    A damaged one can crash its decoder, which so has a process of its own.
    """
    head = file.read(12)
    file.seek(0)
    if head[4:8] != b"ftyp":
        return file
    done = subprocess.run(  # noqa: S603 - our own program, the file on its standard input
        [*HEIF_DECODER, str(settings.PHOTO_MAX_PIXELS)],
        input=file.read(),
        capture_output=True,
        timeout=HEIF_DECODER_SECONDS,
        check=False,
    )
    if done.returncode == heif_decoder.NO_PICTURE:
        raise _no_photograph()
    if done.returncode == heif_decoder.TOO_MANY_PIXELS:
        raise _too_many_pixels()
    done.check_returncode()
    return io.BytesIO(done.stdout)


def _no_photograph() -> UnreadablePhotoError:
    return UnreadablePhotoError(
        "This file is not a photograph we can read: choose a JPEG, PNG, WebP or HEIC file."
    )


def _too_many_pixels() -> UnreadablePhotoError:
    return UnreadablePhotoError(
        "This picture is too large: a photograph may have"
        f" {settings.PHOTO_MAX_PIXELS // 1_000_000} megapixels at most."
    )


def _in_srgb(image: Image.Image) -> Image.Image:
    """Return the image in sRGB: colours must look the same a year later on another screen."""
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I;16"):
        image = image.point(lambda value: value / 256).convert("L")
    if image.mode in {"P", "PA", "LA", "La", "RGBa"} or "transparency" in image.info:
        image = image.convert("RGBA")
    if image.mode == "RGBA":
        image = _on_white(image)
    if profile and image.mode in {"RGB", "CMYK", "L"}:
        return _by_profile(image, profile)
    return image.convert("RGB")


def _on_white(image: Image.Image) -> Image.Image:
    paper = Image.new("RGB", image.size, "white")
    paper.paste(image, mask=image.getchannel("A"))
    return paper


def _by_profile(image: Image.Image, profile: bytes) -> Image.Image:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(image, source, _SRGB, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        # A broken profile says nothing about the colours; the pixels themselves are good.
        logger.info("photo_profile_ignored", mode=image.mode)
        return image.convert("RGB")
    return converted or image.convert("RGB")


def _reencoded(image: Image.Image) -> Photograph:
    buffer = io.BytesIO()
    clean = Image.new("RGB", image.size)
    clean.paste(image)
    clean.save(buffer, "JPEG", quality=JPEG_QUALITY, optimize=True)
    return Photograph(jpeg=buffer.getvalue(), width_px=clean.width, height_px=clean.height)
