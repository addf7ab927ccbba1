"""Pictures to post: small ones that differ, and one of five megabytes."""

import io
import random
from pathlib import Path

from PIL import Image

PHOTOS = Path(__file__).parents[1] / "tests" / "data"
TWELVE_MEGAPIXELS = PHOTOS / "exifr--IMG_20180725_163423.jpg"


def drawing(seed: object, side: int = 64) -> bytes:
    """A small JPEG that no other seed gives."""
    chance, out = random.Random(str(seed)), io.BytesIO()
    Image.frombytes("RGB", (8, 8), chance.randbytes(192)).resize((side, side)).save(out, "JPEG")
    return out.getvalue()


def photo_of(size: int) -> bytes:
    """The 12 megapixel photo, compressed as little as keeps it at or below so many bytes."""
    with Image.open(TWELVE_MEGAPIXELS) as photo:
        found = b""
        for quality in range(50, 99, 2):
            out = io.BytesIO()
            photo.save(out, "JPEG", quality=quality)
            if out.tell() > size:
                break
            found = out.getvalue()
    return found
