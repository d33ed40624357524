"""A drawn signature is believed only when it is a small PNG that shows a drawing."""

import base64
import io
import struct
import zlib

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, PngImagePlugin

from patients.signature import MAX_BYTES, clean_signature
from tests.patients.consents import PREFIX, drawing, drawn

STROKE = drawing()


def data_url(data: bytes) -> str:
    return PREFIX + base64.b64encode(data).decode()


def refused(value: str) -> str:
    with pytest.raises(ValidationError) as error:
        clean_signature(value)
    return error.value.code


def test_a_drawing_is_kept_pixel_for_pixel_and_written_anew():
    kept = clean_signature(data_url(STROKE))
    picture = Image.open(io.BytesIO(base64.b64decode(kept.removeprefix(PREFIX))))
    assert picture.format == "PNG"
    assert picture.tobytes() == Image.open(io.BytesIO(STROKE)).convert("L").tobytes()
    assert clean_signature(kept) == kept


def test_ink_on_a_transparent_ground_is_seen():
    picture = Image.new("RGBA", (300, 100), (0, 0, 0, 0))
    assert refused(drawn(picture)) == "empty"
    ImageDraw.Draw(picture).line([(10, 50), (200, 60)], fill=(20, 30, 40, 255), width=3)
    assert clean_signature(drawn(picture)).startswith(PREFIX)


def test_what_else_was_in_the_file_is_left_behind():
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "<script>alert(1)</script>")
    target = io.BytesIO()
    Image.open(io.BytesIO(STROKE)).save(target, format="PNG", pnginfo=notes)
    kept = clean_signature(data_url(target.getvalue() + b"<script>trailer</script>"))
    assert b"script" not in base64.b64decode(kept.removeprefix(PREFIX))


def test_an_empty_paper_and_a_dot_are_no_signature():
    paper = Image.new("RGB", (600, 200), "white")
    assert refused(drawn(paper)) == "empty"
    ImageDraw.Draw(paper).ellipse([(100, 100), (105, 105)], fill="black")
    assert refused(drawn(paper)) == "empty"


def test_other_files_and_other_words_are_refused():
    jpeg = io.BytesIO()
    Image.new("RGB", (300, 100), "black").save(jpeg, format="JPEG")
    assert refused(data_url(jpeg.getvalue())) == "broken"
    assert refused(data_url(b"GIF89a")) == "broken"
    assert refused(PREFIX) == "broken"
    assert refused(PREFIX + "not base64 at all!") == "broken"
    assert refused(PREFIX + "ä") == "broken"
    assert refused("https://example.test/signature.png") == "broken"
    assert refused("data:image/svg+xml;base64,PHN2Zy8+") == "broken"


def test_size_is_read_before_any_pixel_is():
    assert refused(data_url(b"\x89PNG\r\n\x1a\n" + b"0" * (MAX_BYTES + 8))) == "too_large"
    header = struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    bomb = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk
    bomb += struct.pack(">I", zlib.crc32(chunk)) + b"0" * 20
    assert refused(data_url(bomb)) == "too_large"


@given(cut=st.integers(0, len(STROKE) - 1))
def test_a_file_that_was_cut_short_is_an_error_in_words(cut):
    try:
        clean_signature(data_url(STROKE[:cut]))
    except ValidationError as error:
        assert error.code in {"broken", "too_large", "empty"}


@given(place=st.integers(8, len(STROKE) - 1), byte=st.integers(0, 255))
def test_a_file_with_a_wrong_byte_is_an_error_in_words_or_still_a_drawing(place, byte):
    spoilt = STROKE[:place] + bytes([byte]) + STROKE[place + 1 :]
    try:
        assert clean_signature(data_url(spoilt)).startswith(PREFIX)
    except ValidationError as error:
        assert error.code in {"broken", "too_large", "empty"}


@given(st.binary(max_size=200))
def test_whatever_follows_the_magic_bytes_is_never_a_failure_of_ours(data):
    with pytest.raises(ValidationError):
        clean_signature(data_url(b"\x89PNG\r\n\x1a\n" + data))
