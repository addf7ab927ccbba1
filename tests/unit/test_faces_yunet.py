"""The network's raw outputs become boxes as OpenCV would read them."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from pipeline.imaging.yunet import INPUT, STRIDES, decoded, letterboxed

Floats = NDArray[np.float32]


def silence() -> dict[str, Floats]:
    """Outputs in which nothing was found."""
    outputs: dict[str, Floats] = {}
    for stride in STRIDES:
        cells = (INPUT // stride) ** 2
        for kind, values in (("cls", 1), ("obj", 1), ("bbox", 4)):
            outputs[f"{kind}_{stride}"] = np.zeros((1, cells, values), np.float32)
    return outputs


def say(outputs: dict[str, Floats], stride: int, row: int, column: int, score: float, size: float) -> None:
    """A face of ``size`` pixels whose centre is the corner of that cell."""
    cell = row * (INPUT // stride) + column
    outputs[f"cls_{stride}"][0, cell, 0] = score
    outputs[f"obj_{stride}"][0, cell, 0] = score
    outputs[f"bbox_{stride}"][0, cell] = (0, 0, np.log(size / stride), np.log(size / stride))


def test_nothing_found_is_an_empty_list_of_boxes() -> None:
    assert decoded(silence(), 0.6).shape == (0, 5)


@pytest.mark.parametrize("stride", STRIDES)
def test_a_cell_s_offsets_become_a_box_around_its_corner(stride: int) -> None:
    outputs = silence()
    say(outputs, stride, row=5, column=7, score=0.9, size=48)
    [(x, y, width, height, score)] = decoded(outputs, 0.6).tolist()
    assert (x, y) == pytest.approx((7 * stride - 24, 5 * stride - 24), abs=1e-3)
    assert (width, height, score) == pytest.approx((48, 48, 0.9), abs=1e-3)


def test_the_score_is_the_geometric_mean_of_class_and_object() -> None:
    outputs = silence()
    say(outputs, 8, 4, 4, 1.0, 20)
    outputs["obj_8"][0, 4 * 80 + 4, 0] = 0.49
    assert decoded(outputs, 0.6)[0, 4] == pytest.approx(0.7)
    assert len(decoded(outputs, 0.71)) == 0


def test_scores_beyond_one_are_cut() -> None:
    outputs = silence()
    say(outputs, 8, 4, 4, 3.0, 20)
    assert decoded(outputs, 0.6)[0, 4] == 1


def test_of_boxes_that_overlap_the_best_stays() -> None:
    outputs = silence()
    say(outputs, 8, 10, 10, 0.8, 40)
    say(outputs, 8, 10, 11, 0.9, 40)
    say(outputs, 16, 5, 5, 0.7, 40)
    say(outputs, 8, 40, 40, 0.65, 40)
    assert decoded(outputs, 0.6)[:, 4].tolist() == pytest.approx([0.9, 0.65], abs=1e-3)


def test_boxes_that_barely_touch_both_stay() -> None:
    outputs = silence()
    say(outputs, 8, 10, 10, 0.8, 40)
    say(outputs, 8, 10, 14, 0.9, 40)
    assert len(decoded(outputs, 0.6)) == 2


@pytest.mark.parametrize(("size", "scale"), [((1280, 960), 0.5), ((320, 640), 1.0), ((160, 80), 4.0)])
def test_the_picture_stands_top_left_on_black_with_its_long_side_at_640(
    size: tuple[int, int], scale: float
) -> None:
    square, found = letterboxed(Image.new("RGB", size, (10, 20, 30)))
    assert (square.shape, str(square.dtype), found) == ((1, 3, 640, 640), "float32", scale)
    assert square[0, :, 0, 0].tolist() == [30, 20, 10]
    across, down = round(size[0] * scale), round(size[1] * scale)
    assert square[0, 0, :down, :across].min() == 30
    assert square.sum() == across * down * 60


def test_a_line_of_pixels_keeps_one() -> None:
    square, _ = letterboxed(Image.new("RGB", (5000, 1), "white"))
    assert square[0, 0, 0].min() == 255
    assert square[0, 0, 1].max() == 0
