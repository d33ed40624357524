"""A drawn signature: a PNG data URL from a browser, checked before it is believed."""

import base64
import binascii
import io
import struct
import zlib

from django.core.exceptions import ValidationError
from PIL import Image

from patients.models.consent import PNG_DATA_URL

MAX_BYTES = 500_000
MAX_PIXELS = 4_000_000
SMALLEST_DRAWING_PX = 12  # a tap of the finger leaves a dot; nobody signs with a dot
INK_BELOW = 160  # grey value; the pen is nearly black on white

_MAGIC = b"\x89PNG\r\n\x1a\n"
_BROKEN = "The drawing could not be read. Clear it and sign again, or type your name."
_TOO_LARGE = "The drawing is too large. Clear it and sign again, or type your name."
_EMPTY = "Nothing was drawn. Sign in the box, or type your name."


def clean_signature(data_url: str) -> str:
    """Return a drawn signature as a PNG data URL, written anew by us from its pixels.

    Raises `ValidationError` where it is no PNG, over 500 kB or 4 megapixels, or shows no drawing.
    """
    picture = _decoded(_bytes_of(data_url))
    ink = picture.point(lambda grey: 255 if grey < INK_BELOW else 0).getbbox()
    if ink is None or max(ink[2] - ink[0], ink[3] - ink[1]) < SMALLEST_DRAWING_PX:
        raise ValidationError(_EMPTY, code="empty")
    target = io.BytesIO()
    picture.save(target, format="PNG", optimize=True)
    return PNG_DATA_URL + base64.b64encode(target.getvalue()).decode()


def _bytes_of(data_url: str) -> bytes:
    if not data_url.startswith(PNG_DATA_URL):
        raise ValidationError(_BROKEN, code="broken")
    if len(data_url) > len(PNG_DATA_URL) + MAX_BYTES * 4 // 3 + 4:
        raise ValidationError(_TOO_LARGE, code="too_large")
    try:
        return base64.b64decode(data_url[len(PNG_DATA_URL) :], validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValidationError(_BROKEN, code="broken") from error


def _decoded(data: bytes) -> Image.Image:
    """Return the picture in grey on white. The size is read before any pixel is."""
    if not data.startswith(_MAGIC) or len(data) < 33:
        raise ValidationError(_BROKEN, code="broken")
    width, height = struct.unpack(">II", data[16:24])
    if width * height > MAX_PIXELS:
        raise ValidationError(_TOO_LARGE, code="too_large")
    try:
        with Image.open(io.BytesIO(data), formats=["PNG"]) as picture:
            drawing = picture.convert("RGBA")
    except (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error) as error:
        raise ValidationError(_BROKEN, code="broken") from error
    paper = Image.new("RGBA", drawing.size, "white")
    return Image.alpha_composite(paper, drawing).convert("L")
