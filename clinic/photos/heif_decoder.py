"""Decodes one HEIC picture in a process of its own: stdin to stdout, as an upright PNG.

The decoder is a large C++ library, and a damaged file can make it crash. Then this process ends,
and nobody's visit with it. Knows nothing of the product, so that it starts at once; exits with 3
for more pixels than the argument says, with 4 for what is no picture.
"""

import resource
import sys
from io import BytesIO

import pi_heif
from PIL import Image, ImageOps

MEMORY_BYTES = 2 * 1024**3
PROCESSOR_SECONDS = 20
TOO_MANY_PIXELS, NO_PICTURE = 3, 4


def main(most_pixels: int) -> int:
    """Decode what comes in; return how it went."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    pi_heif.register_heif_opener()
    try:
        image = Image.open(BytesIO(sys.stdin.buffer.read()), formats=("HEIF",))
    except Image.UnidentifiedImageError:
        return NO_PICTURE
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return TOO_MANY_PIXELS
    if image.width * image.height > most_pixels:
        return TOO_MANY_PIXELS
    profile = image.info.get("icc_profile")
    upright = ImageOps.exif_transpose(image)
    upright.save(sys.stdout.buffer, "PNG", compress_level=1, icc_profile=profile, exif=b"")
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
