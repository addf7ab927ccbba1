"""What goes into the face detector YuNet (2023mar) and what its outputs mean, in numpy.

Source: Wu, Peng, Yu, "YuNet: A Tiny Millisecond-level Face Detector" (2023); the decoding follows OpenCV 4's
``FaceDetectorYN`` (modules/objdetect/src/face_detect.cpp).
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.Image import Resampling

INPUT = 640
"""Pixels of the square that the network sees."""
STRIDES = (8, 16, 32)
OVERLAP = 0.3
"""Of two boxes that share more than this (intersection over union) the weaker is dropped."""

Floats = NDArray[np.float32]


def letterboxed(picture: Image.Image) -> tuple[Floats, float]:
    """``picture`` (RGB), long side 640, top left on black, as float32 (1, 3, 640, 640), BGR 0-255.

    Second comes the scale: pixels of the network's square per pixel of the picture.
    """
    scale = INPUT / max(picture.size)
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    square = Image.new("RGB", (INPUT, INPUT))
    square.paste(picture.resize(size, Resampling.BILINEAR), (0, 0))
    planes = np.asarray(square)[:, :, ::-1].transpose(2, 0, 1)[np.newaxis]
    return planes.astype(np.float32, order="C"), scale


def decoded(outputs: Mapping[str, Floats], threshold: float) -> Floats:
    """Boxes in pixels of the network's square: float32 (n, 5) of x, y, width, height, score 0-1, best first.

    ``outputs`` are the network's, by name: cls_8 and obj_8 (1, 6400, 1), bbox_8 (1, 6400, 4), and so on.
    """
    found = np.concatenate([_at_stride(outputs, stride, threshold) for stride in STRIDES])
    return _without_overlaps(found[np.argsort(-found[:, 4], kind="stable")])


def _at_stride(outputs: Mapping[str, Floats], stride: int, threshold: float) -> Floats:
    sure, there = (np.clip(outputs[f"{kind}_{stride}"].ravel(), 0, 1) for kind in ("cls", "obj"))
    scores = np.sqrt(sure * there)
    picked = np.flatnonzero(scores >= threshold)
    offsets = outputs[f"bbox_{stride}"].reshape(-1, 4)[picked]
    row, column = np.divmod(picked, INPUT // stride)
    size = np.exp(np.clip(offsets[:, 2:], -20, 20)) * stride
    centre = (offsets[:, :2] + np.stack([column, row], axis=1)) * stride
    return np.column_stack([centre - size / 2, size, scores[picked]]).astype(np.float32)


def _without_overlaps(boxes: Floats) -> Floats:
    """Greedy non-maximum suppression over ``boxes``, best first."""
    kept: list[Floats] = []
    while len(boxes):
        kept.append(boxes[0])
        boxes = boxes[1:][_overlap(boxes[0], boxes[1:]) <= OVERLAP]
    return np.stack(kept) if kept else np.empty((0, 5), np.float32)


def _overlap(one: Floats, others: Floats) -> Floats:
    """Intersection over union of ``one`` box with each of the ``others``."""
    low = np.maximum(one[:2], others[:, :2])
    high = np.minimum(one[:2] + one[2:4], others[:, :2] + others[:, 2:4])
    shared = np.prod(np.clip(high - low, 0, None), axis=1)
    union = one[2] * one[3] + others[:, 2] * others[:, 3] - shared
    return np.asarray(shared / np.maximum(union, 1e-9), dtype=np.float32)
