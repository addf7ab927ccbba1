"""Boxes become fractions of the upright picture, whatever way the detector looked at it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.Image import Transpose

from pipeline.imaging.face_boxes import TURNED_BACK, as_faces, in_picture


def test_pixels_become_fractions() -> None:
    boxes = np.array([[10, 20, 30, 40, 0.75]], np.float32)
    assert in_picture(boxes, (100, 200)) == [((0.1, 0.1, 0.4, 0.3), 0.75)]


@pytest.mark.parametrize("turn", TURNED_BACK)
def test_a_box_found_in_the_turned_picture_is_turned_back(turn: Transpose) -> None:
    picture = Image.new("L", (200, 100))
    picture.paste(255, (20, 30, 60, 80))
    turned = picture.transpose(turn)
    left, top, right, bottom = turned.getbbox() or (0, 0, 0, 0)
    across, down = turned.size
    back = TURNED_BACK[turn]((left / across, top / down, right / across, bottom / down))
    assert back == pytest.approx((0.1, 0.3, 0.3, 0.8))


def test_faces_come_largest_first_with_scores_in_percent() -> None:
    faces = as_faces([((0.0, 0.0, 0.1, 0.1), 0.99), ((0.5, 0.5, 0.9, 0.9), 0.61)])
    assert [face.score for face in faces] == [61, 99]
    assert faces[0].box.width == pytest.approx(0.4)


def test_a_face_at_the_edge_is_cut_there_and_one_outside_is_dropped() -> None:
    faces = as_faces([((-0.2, 0.9, 0.1, 1.3), 0.9), ((1.1, 0.1, 1.2, 0.2), 0.9)])
    assert len(faces) == 1
    box = faces[0].box
    assert (box.x, box.y, box.width, box.height) == pytest.approx((0, 0.9, 0.1, 0.1))


@given(st.lists(st.tuples(*[st.floats(-3, 3)] * 4), max_size=5))
def test_every_box_lies_within_the_picture(corners: list[tuple[float, float, float, float]]) -> None:
    for face in as_faces([(one, 0.7) for one in corners]):
        box = face.box
        assert 0 <= box.x < box.x + box.width <= 1 + 1e-9
        assert 0 <= box.y < box.y + box.height <= 1 + 1e-9
