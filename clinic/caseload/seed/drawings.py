"""Pictures drawn by the program that stand for photographs of a scalp."""

import io
import math
from random import Random

from PIL import Image, ImageDraw, ImageFilter

_WIDTH, _HEIGHT = 960, 1200
_CLOTH = (205, 214, 218)
_SKINS = ((232, 198, 172), (214, 172, 140), (176, 128, 96))
_HAIRS = ((62, 44, 32), (94, 68, 44), (34, 30, 30))


def scalp(head: int, *, view: str, coverage: float) -> bytes:
    """Return a JPEG of a drawn head with so much of its hair (0 bald to 1 full) at the crown.

    The same number is the same head, at every visit and from every side.
    """
    random = Random(f"{head} {view}")  # noqa: S311 - a drawing keeps no secret
    skin, hair = _SKINS[head % len(_SKINS)], _HAIRS[head % len(_HAIRS)]
    picture = Image.new("RGB", (_WIDTH, _HEIGHT), _CLOTH)
    draw = ImageDraw.Draw(picture)
    centre = (_WIDTH / 2, _HEIGHT / 2 - (0 if view == "vertex" else 60))
    radius = (340, 430)
    draw.ellipse(_box(centre, radius), fill=skin)
    for _ in range(8_000):
        angle = random.random() * math.tau
        distance = math.sqrt(random.random())
        thin = coverage + (1 - coverage) * min(1.0, distance * 1.25) ** 2
        if random.random() > thin:
            continue
        _strand(draw, random, centre, radius, angle, distance, hair)
    draw.text((40, _HEIGHT - 60), "Drawn by the program, not a person", fill=(90, 100, 105))
    picture = picture.filter(ImageFilter.GaussianBlur(0.7))
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=88)
    return file.getvalue()


def _strand(
    draw: ImageDraw.ImageDraw,
    random: Random,
    centre: tuple[float, float],
    radius: tuple[int, int],
    angle: float,
    distance: float,
    colour: tuple[int, int, int],
) -> None:
    x = centre[0] + radius[0] * distance * math.cos(angle)
    y = centre[1] + radius[1] * distance * math.sin(angle)
    whorl = angle + math.pi / 2 + random.gauss(0, 0.3)
    length = random.uniform(18, 46)
    shade = random.randrange(-14, 15)
    fill = tuple(max(0, min(255, part + shade)) for part in colour)
    end = (x + length * math.cos(whorl), y + length * math.sin(whorl))
    draw.line([(x, y), end], fill=fill, width=random.choice((2, 2, 3)))


def _box(centre: tuple[float, float], radius: tuple[int, int]) -> tuple[float, float, float, float]:
    return (
        centre[0] - radius[0],
        centre[1] - radius[1],
        centre[0] + radius[0],
        centre[1] + radius[1],
    )
