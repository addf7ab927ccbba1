"""From a detector's boxes to faces of the upright picture: turned back, clipped, largest first."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL.Image import Transpose

from pipeline.model import Box, Face

Corners = tuple[float, float, float, float]
"""Left, top, right, bottom as fractions of a picture."""

TURNED_BACK: dict[Transpose, Callable[[Corners], Corners]] = {
    Transpose.ROTATE_90: lambda c: (1 - c[3], c[0], 1 - c[1], c[2]),
    Transpose.ROTATE_270: lambda c: (c[1], 1 - c[2], c[3], 1 - c[0]),
}
"""Where a box of the picture that was turned this way lies in the picture itself."""


def in_picture(boxes: NDArray[np.float32], size: tuple[float, float]) -> list[tuple[Corners, float]]:
    """``boxes`` (n, 5: x, y, width, height, score 0-1) as fractions of ``size``, given in the same pixels."""
    across, down = size
    return [
        ((x / across, y / down, (x + width) / across, (y + height) / down), score)
        for x, y, width, height, score in boxes.tolist()
    ]


def as_faces(found: list[tuple[Corners, float]]) -> tuple[Face, ...]:
    """Faces clipped to the picture, scores 0-100, largest first; what lies outside is dropped."""
    faces = [Face(box, round(score * 100, 2)) for corners, score in found if (box := _clipped(corners))]
    return tuple(sorted(faces, key=lambda face: -face.box.width * face.box.height))


def _clipped(corners: Corners) -> Box | None:
    left, top, right, bottom = (min(max(value, 0.0), 1.0) for value in corners)
    return Box(left, top, right - left, bottom - top) if right > left and bottom > top else None
