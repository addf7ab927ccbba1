"""Which renditions a picture gets, from its size alone.

Six have names of their own, which are part of their addresses. The others are the candidates of a ``srcset``:
each width as JPEG, WebP and AVIF. Their widths double, so that a browser fetches at most twice the width it
shows (2.7 times just below the top), and each can be scaled down from the one above without loss.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Format = Literal["JPEG", "PNG", "WEBP", "AVIF"]
Size = tuple[int, int]
"""Width and height in pixels."""

WIDTHS = (320, 640, 1280)
WIDEST = 2560
"""Beyond it a screen shows no difference at arm's length: a 27 inch one is 2560 wide."""
TALLEST = 16383
"""Pixels of a side; the most that WebP can hold (RFC 9649, 3.4)."""
COVER = (2560, 1440)
SRCSET_FORMATS: tuple[Format, ...] = ("JPEG", "WEBP", "AVIF")


@dataclass(frozen=True, slots=True)
class Spec:
    """One rendition to make: the whole picture ``scaled``, and the canvas in whose middle it is put."""

    name: str
    width: int
    height: int
    """Pixels of the canvas: where the scaled picture is larger it is cropped, where smaller padded."""
    format: Format
    scaled: Size
    """Pixels of the whole picture after scaling; never more than the original has."""
    note: str = ""
    """What a person should know: where the original was too small, or moved."""

    @property
    def padded(self) -> bool:
        """Does the canvas show around the picture?"""
        return self.width > self.scaled[0] or self.height > self.scaled[1]


def plan(width: int, height: int, has_alpha: bool, animated: bool = False) -> tuple[Spec, ...]:
    """The renditions of an upright picture of ``width`` x ``height`` pixels, largest first.

    With ``has_alpha`` the two app icons are PNG; WebP and AVIF keep it, and what is JPEG stands on white. Of
    an ``animated`` picture the first frame is taken, and every rendition says so.
    """
    note = "First frame of an animation." if animated else ""
    specs = [*_named((width, height), "PNG" if has_alpha else "JPEG"), *_srcset((width, height))]
    specs.sort(key=lambda spec: -spec.scaled[0] * spec.scaled[1])
    return tuple(_noted(spec, note) for spec in specs)


def fitting(size: Size, most: tuple[int | None, int | None]) -> Size:
    """``size`` scaled down, in its proportions, to at most the sides given; half a pixel is rounded up."""
    width, height = size
    most_wide, most_high = (bound or side for bound, side in zip(most, size, strict=True))
    if width <= most_wide and height <= most_high:
        return size
    if most_wide * height <= most_high * width:
        return most_wide, rounded(height * most_wide, width)
    return rounded(width * most_high, height), most_high


def rounded(amount: int, by: int) -> int:
    """``amount / by`` in whole pixels: half is rounded up, and there is at least one."""
    return max(1, (2 * amount + by) // (2 * by))


def _named(size: Size, icons: Format) -> Iterator[Spec]:
    yield _cover(size)
    for side in (512, 108):
        yield Spec(f"app{side}", side, side, icons, fitting(size, (side, side)))
    for name, most in {"w150": (150, None), "h150": (None, 150), "box50": (50, 50)}.items():
        scaled = fitting(size, most)
        yield Spec(name, *scaled, "JPEG", scaled)


def _cover(size: Size) -> Spec:
    """The middle of the picture in the canvas's proportions; the canvas itself where it is covered."""
    (width, height), (across, down) = size, COVER
    if width >= across and height >= down:
        tall = width * down <= height * across
        scaled = (across, rounded(height * across, width)) if tall else (rounded(width * down, height), down)
        return Spec("art2560", across, down, "JPEG", scaled)
    canvas = min(width, rounded(height * across, down)), min(height, rounded(width * down, across))
    words = f"The original is smaller than {across} x {down} and was not enlarged."
    return Spec("art2560", *canvas, "JPEG", size, words)


def _srcset(size: Size) -> Iterator[Spec]:
    width, height = size
    top = max(1, min(width, WIDEST, width * TALLEST // height))
    # A copy hardly narrower than the widest would serve nobody.
    for across in (*(each for each in WIDTHS if 4 * each <= 3 * top), top):
        scaled = fitting(size, (across, TALLEST))
        for format in SRCSET_FORMATS:
            yield Spec(f"s{across}", *scaled, format, scaled)


def _noted(spec: Spec, note: str) -> Spec:
    words = " ".join(each for each in (spec.note, note) if each)
    return Spec(spec.name, spec.width, spec.height, spec.format, spec.scaled, words)
