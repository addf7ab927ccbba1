"""Marks renditions so that nobody sees it, and so that it can be read back from the finished file.

A picture is marked at the usual strength, or gently where the usual one would be seen. What cannot be read
back from the compressed file is marked more strongly and compressed again. A picture that came with a mark
keeps it: only what lost it on the way, by scaling a piece or by padding, is marked with the same again.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO

from PIL import Image

from pipeline.imaging.decode import upright
from pipeline.imaging.quality_sample import Sample, sample
from pipeline.imaging.watermark import Mark, Strength, embed, read, reading_side
from pipeline.imaging.watermark_plan import PAYLOAD_AREA

LOOKED_AT = 512
"""Pixels of the longer side from which it counts whether a mark is seen."""
UNSEEN = 85.0
"""SSIMULACRA2 against the unmarked picture below which the usual strength is seen, 0-100."""
BUDGET = 1 << 30
"""Bytes for decoding a finished file: its size is known, so there is nothing to fear."""


@dataclass(frozen=True, slots=True)
class Marker:
    """What is put into pictures, and under which key."""

    key: bytes = field(repr=False)
    payload: int
    """0 to 2**64 - 1."""
    kept: bool = False
    """Did the original come with it?"""

    def is_in(self, data: bytes) -> bool:
        """Is it read back from a finished file? Where that has no room for a payload: is there a mark?"""
        with Image.open(BytesIO(data)) as header:
            size = header.size
        if size[0] * size[1] < PAYLOAD_AREA:
            return self._seen(data, max(size)).found
        sides = dict.fromkeys(
            (reading_side(size), max(size))
        )  # at full size only where the quicker look fails
        return any(self._seen(data, side).payload == self.payload for side in sides)

    def _seen(self, data: bytes, side: int) -> Mark:
        return read(upright(BytesIO(data), side, BUDGET), self.key)


@dataclass(frozen=True, slots=True)
class Version:
    """A picture to compress."""

    picture: Image.Image
    part: Sample
    """What its quality is chosen by."""


class Canvas:
    """One picture that is about to be compressed, as it is or marked in several strengths."""

    def __init__(self, plain: Callable[[], Image.Image], marker: Marker | None) -> None:
        """``plain`` gives the unmarked picture, RGB or RGBA: it is not kept, only what is compressed."""
        self._plain, self._marker = plain, marker
        self._made: list[Version] = []
        self._to_come = self._make()

    def versions(self) -> Iterator[Version]:
        """What to compress, in the order to be tried; each is made once, when first asked for."""
        number = 0
        while number < len(self._made) or self._another():
            yield self._made[number]
            number += 1

    @property
    def first(self) -> Version:
        """What is compressed first."""
        return next(self.versions())

    def is_marked(self, data: bytes) -> bool:
        """Does this finished file carry the mark?"""
        return self._marker is not None and self._marker.is_in(data)

    def _another(self) -> bool:
        found = next(self._to_come, None)
        if found is not None:
            self._made.append(found)
        return found is not None

    def _make(self) -> Iterator[Version]:
        marker = self._marker
        if marker is None or marker.kept:
            yield _version(self._plain())
        if marker is not None:
            yield from self._marked(marker)

    def _marked(self, marker: Marker) -> Iterator[Version]:
        plain = self._plain()
        usual = _version(embed(plain, marker.payload, marker.key))
        if max(plain.size) >= LOOKED_AT and usual.part.likeness(plain) < UNSEEN:
            yield _version(embed(plain, marker.payload, marker.key, Strength.GENTLE))
        del plain
        yield usual
        yield _version(embed(self._plain(), marker.payload, marker.key, Strength.STRONG))


def _version(picture: Image.Image) -> Version:
    return Version(picture, sample(picture))
