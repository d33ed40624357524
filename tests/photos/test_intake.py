"""What comes in: each format, upright, without metadata; and what is refused, with a reason."""

import io
import struct
import sys
import zlib
from pathlib import Path

import pi_heif
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageDraw, ImageFile

from clinic.photos import intake
from clinic.photos.intake import UnreadablePhotoError, read_photograph

FILES = Path(__file__).parent / "files"
GREEN, RED, BLUE = (30, 180, 30), (200, 30, 30), (30, 30, 200)
GPS_TAG, ORIENTATION_TAG = 0x8825, 0x0112


def drawing() -> Image.Image:
    """96 × 64: a green strip on top, red below it on the left, blue on the right."""
    image = Image.new("RGB", (96, 64), RED)
    draw = ImageDraw.Draw(image)
    draw.rectangle((48, 0, 95, 63), fill=BLUE)
    draw.rectangle((0, 0, 95, 15), fill=GREEN)
    return image


def encoded(image: Image.Image, kind: str, **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def read(data: bytes, name: str = "photo.jpg"):
    return read_photograph(SimpleUploadedFile(name, data))


def kept(data: bytes, name: str = "photo.jpg") -> Image.Image:
    """Return what the record keeps of an upload."""
    return Image.open(io.BytesIO(read(data, name).jpeg))


def refusal(data: bytes, name: str = "photo.jpg") -> str:
    with pytest.raises(UnreadablePhotoError) as refused:
        read(data, name)
    return str(refused.value)


def near(pixel: tuple[int, ...], colour: tuple[int, ...]) -> bool:
    return all(abs(a - b) < 40 for a, b in zip(pixel, colour, strict=True))


def is_upright(image: Image.Image) -> bool:
    return (
        image.size == (96, 64)
        and near(image.getpixel((10, 5)), GREEN)
        and near(image.getpixel((85, 5)), GREEN)
        and near(image.getpixel((10, 55)), RED)
        and near(image.getpixel((85, 55)), BLUE)
    )


def exif_with_place(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[ORIENTATION_TAG] = orientation
    exif[0x010F] = "Invented camera"
    exif[0x9286] = "Invented comment"
    exif.get_ifd(GPS_TAG)[1] = "N"
    exif.get_ifd(GPS_TAG)[2] = (52.0, 17.0, 30.0)
    return exif


@pytest.mark.parametrize(
    ("kind", "options"),
    [("JPEG", {"quality": 95}), ("PNG", {}), ("WEBP", {"quality": 95}), ("MPO", {"quality": 95})],
)
def test_each_format_becomes_the_same_upright_jpeg(kind, options):
    image = kept(encoded(drawing(), kind, **options), name="whatever.bin")
    assert image.format == "JPEG"
    assert image.mode == "RGB"
    assert is_upright(image)


def test_a_heic_file_from_a_telephone_is_read():
    assert is_upright(kept((FILES / "drawn.heic").read_bytes()))


def test_a_heic_file_held_upright_is_turned_by_its_own_rotation():
    image = kept((FILES / "drawn-turned.heic").read_bytes())
    assert image.size == (64, 96)
    assert near(image.getpixel((60, 5)), GREEN)  # the strip on top has come to the right
    assert near(image.getpixel((5, 5)), RED)


def test_the_place_goes_from_a_heic_file():
    pi_heif.register_heif_opener()
    data = (FILES / "drawn-with-place.heic").read_bytes()
    assert Image.open(io.BytesIO(data)).getexif().get_ifd(GPS_TAG) or b"Invented" in data
    assert not kept(data).getexif()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_turned_upright(orientation):
    stored = {
        1: [],
        2: [Image.Transpose.FLIP_LEFT_RIGHT],
        3: [Image.Transpose.ROTATE_180],
        4: [Image.Transpose.FLIP_TOP_BOTTOM],
        5: [Image.Transpose.TRANSPOSE],
        6: [Image.Transpose.ROTATE_90],
        7: [Image.Transpose.TRANSVERSE],
        8: [Image.Transpose.ROTATE_270],
    }
    image = drawing()
    for turn in stored[orientation]:
        image = image.transpose(turn)
    assert is_upright(kept(encoded(image, "JPEG", exif=exif_with_place(orientation), quality=95)))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_travels_along_but_the_pixels(kind):
    data = encoded(drawing(), kind, exif=exif_with_place())
    photograph = read(data)
    image = Image.open(io.BytesIO(photograph.jpeg))
    image.load()
    assert not image.getexif()
    assert not {"exif", "xmp", "comment", "icc_profile", "photoshop"} & image.info.keys()
    assert b"Invented" not in photograph.jpeg
    assert b"Exif" not in photograph.jpeg


def test_a_program_hidden_behind_the_pixels_is_gone():
    data = encoded(drawing(), "JPEG") + b"<script>alert(1)</script>"
    assert b"script" not in read(data).jpeg


def test_a_jpeg_comment_is_gone():
    assert b"secret" not in read(encoded(drawing(), "JPEG", comment=b"secret")).jpeg


def test_the_photograph_says_its_size_and_fingerprint():
    photograph = read(encoded(drawing(), "PNG"))
    assert (photograph.width_px, photograph.height_px) == (96, 64)
    assert len(photograph.sha256) == 64
    assert read(encoded(drawing(), "PNG")).sha256 == photograph.sha256


def wide_profile() -> bytes:
    """Return a small RGB profile with primaries wider than sRGB (Display P3, gamma 2.2)."""

    def xyz(*values: float) -> bytes:
        return b"XYZ \0\0\0\0" + b"".join(struct.pack(">i", round(v * 65536)) for v in values)

    gamma = b"curv\0\0\0\0" + struct.pack(">IHH", 1, round(2.2 * 256), 0)
    text = b"text\0\0\0\0invented\0\0\0\0"
    tags = {
        b"wtpt": xyz(0.9642, 1.0, 0.8249),
        b"rXYZ": xyz(0.51512, 0.24120, -0.00105),
        b"gXYZ": xyz(0.29198, 0.69225, 0.04189),
        b"bXYZ": xyz(0.15710, 0.06657, 0.78407),
        **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), gamma),
        b"cprt": text,
    }
    place = 128 + 4 + 12 * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    for name, data in tags.items():
        table += name + struct.pack(">II", place + len(body), len(data))
        body += data
    head = struct.pack(
        ">I4sI4s4s4s", place + len(body), b"lcms", 0x02400000, b"mntr", b"RGB ", b"XYZ "
    )
    head += bytes(12) + b"acsp" + bytes(28) + struct.pack(">iii", 63190, 65536, 54061)
    return head.ljust(128, b"\0") + table + body


def test_colours_of_a_wider_profile_are_brought_to_srgb():
    red = Image.new("RGB", (8, 8), (200, 80, 60))
    as_it_is = kept(encoded(red, "PNG")).getpixel((4, 4))
    brought = kept(encoded(red, "PNG", icc_profile=wide_profile())).getpixel((4, 4))
    assert brought[0] > as_it_is[0] + 8  # the same red of a wider space is a stronger sRGB red


def test_a_photograph_in_srgb_keeps_its_colours_whatever_its_profile_says():
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert is_upright(kept(encoded(drawing(), "PNG", icc_profile=srgb)))


def test_a_broken_profile_does_not_cost_the_photograph():
    assert is_upright(kept(encoded(drawing(), "PNG", icc_profile=b"no profile at all")))


@pytest.mark.parametrize("mode", ["L", "LA", "P", "1", "RGBA", "I;16"])
def test_other_kinds_of_pixels_become_rgb(mode):
    image = drawing().convert("L").convert("I;16") if mode == "I;16" else drawing().convert(mode)
    assert kept(encoded(image, "PNG")).mode == "RGB"


def test_sixteen_bits_of_grey_keep_their_brightness():
    grey = Image.new("I;16", (8, 8), 0x8000)
    assert near(kept(encoded(grey, "PNG")).getpixel((4, 4)), (128, 128, 128))


def test_a_cmyk_photograph_keeps_its_colours():
    assert is_upright(kept(encoded(drawing().convert("CMYK"), "JPEG", quality=95)))


def test_what_was_transparent_is_white():
    clear = Image.new("RGBA", (8, 8), (0, 0, 0, 0))
    assert near(kept(encoded(clear, "PNG")).getpixel((4, 4)), (255, 255, 255))


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"<html><script>alert(1)</script></html>", "portrait.jpg"),
        (b"%PDF-1.7 invented", "portrait.png"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "portrait.svg"),
        (b"GIF89a" + bytes(64), "portrait.gif"),
        (bytes(2000), "portrait.heic"),
    ],
)
def test_what_only_pretends_to_be_a_photograph_is_refused(data, name):
    assert "not a photograph we can read" in refusal(data, name)


def test_a_format_that_nobody_photographs_in_is_refused():
    assert "choose a JPEG, PNG, WebP or HEIC" in refusal(encoded(drawing(), "BMP"))
    assert "choose a JPEG, PNG, WebP or HEIC" in refusal(encoded(drawing(), "TIFF"))


def test_an_empty_file_is_refused():
    assert refusal(b"") == "This file is empty."


def test_a_file_over_the_limit_is_refused_with_the_limit(settings):
    settings.PHOTO_MAX_BYTES = 2 * 1024 * 1024
    assert "3 MB; a photograph may have 2 MB" in refusal(bytes(3 * 1024 * 1024))


def claiming(width: int, height: int) -> bytes:
    """Return a tiny PNG whose header claims any size."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1000))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("side", [50_000, 12_000, 9_000])
def test_a_decompression_bomb_is_refused_before_it_is_decoded(side):
    assert "60 megapixels at most" in refusal(claiming(side, side))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_half_a_photograph_is_refused(kind):
    noise = Image.effect_noise((200, 200), 80)
    data = encoded(noise, kind)
    assert "damaged or incomplete" in refusal(data[: len(data) // 2])


def test_half_a_heic_photograph_is_refused():
    assert "not a photograph we can read" in refusal((FILES / "drawn.heic").read_bytes()[:430])


def test_half_a_photograph_is_refused_even_where_documents_are_made():
    """The PDF library tells the image library, for the whole process, to accept half images."""
    import weasyprint.images  # noqa: F401

    ImageFile.LOAD_TRUNCATED_IMAGES = True
    data = encoded(Image.effect_noise((200, 200), 80), "JPEG")
    assert "damaged or incomplete" in refusal(data[: len(data) // 2])


SOUND = [
    encoded(drawing(), "JPEG", exif=exif_with_place(6)),
    encoded(drawing(), "PNG"),
    encoded(drawing(), "WEBP"),
]
CHANGES = st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 255)), min_size=1, max_size=12)
WHATEVER_COMES = hypothesis_settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@WHATEVER_COMES
@given(st.sampled_from(SOUND), CHANGES)
def test_a_damaged_file_is_read_or_refused_but_never_breaks_anything(sound, changes):
    is_read_or_refused(sound, changes)


@hypothesis_settings(WHATEVER_COMES, max_examples=12)
@given(CHANGES)
def test_a_damaged_heic_file_is_read_or_refused_too(changes):
    is_read_or_refused((FILES / "drawn-turned.heic").read_bytes(), changes)


@pytest.mark.parametrize("end", ["os.abort()", "os._exit(1)", "time.sleep(9)"])
def test_a_decoder_that_crashes_or_hangs_takes_nothing_with_it(end, monkeypatch):
    program = (sys.executable, "-c", f"import os, time; {end}")
    monkeypatch.setattr(intake, "HEIF_DECODER", program)
    monkeypatch.setattr(intake, "HEIF_DECODER_SECONDS", 0.5)
    assert "damaged or incomplete" in refusal((FILES / "drawn-turned.heic").read_bytes())


def is_read_or_refused(sound, changes):
    data = bytearray(sound)
    for place, value in changes:
        data[place % len(data)] = value
    try:
        photograph = read(bytes(data))
    except UnreadablePhotoError:
        return
    assert Image.open(io.BytesIO(photograph.jpeg)).size == (
        photograph.width_px,
        photograph.height_px,
    )
