"""A picture as a JPEG for a service that takes no more than so many pixels and bytes, and no fewer."""

from dataclasses import dataclass
from io import BytesIO

from PIL.Image import Image, Resampling, new

QUALITY = 90
SHRINK = 0.75
"""Of both sides, as often as it takes."""


@dataclass(frozen=True, slots=True)
class Sendable:
    """What is sent."""

    jpeg: bytes
    beyond: tuple[float, float]
    """How many times wider and higher than the picture it is: more than 1 where white was added."""


def sendable(picture: Image, least: int, longest: int, most: int) -> Sendable:
    """An RGB picture with a long side of at most ``longest`` pixels and at most ``most`` bytes.

    Where a side is shorter than ``least`` pixels, white is added at the right and at the bottom: to enlarge a
    strip would make it too long.
    """
    side = min(longest, max(picture.size))
    while True:
        fitted = _fitted(picture, side)
        canvas = max(fitted.width, least), max(fitted.height, least)
        jpeg = _jpeg(fitted, canvas)
        if len(jpeg) <= most or side <= least:
            return Sendable(jpeg, (canvas[0] / fitted.width, canvas[1] / fitted.height))
        side = max(least, int(side * SHRINK))


def _fitted(picture: Image, side: int) -> Image:
    scale = side / max(picture.size)
    if scale >= 1:
        return picture
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    return picture.resize(size, Resampling.LANCZOS, reducing_gap=3.0)


def _jpeg(picture: Image, canvas: tuple[int, int]) -> bytes:
    if canvas != picture.size:
        wider = new("RGB", canvas, "white")
        wider.paste(picture)
        picture = wider
    file = BytesIO()
    picture.save(file, "JPEG", quality=QUALITY)
    return file.getvalue()
