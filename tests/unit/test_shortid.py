"""Ids for programs and ids for people."""

import re
import uuid
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.shortid import ALPHABET, candidates, new_image, normal


def test_ids_are_version_7_guids_that_sort_as_they_came() -> None:
    made = [new_image() for _ in range(5000)]
    assert made == sorted(set(made))
    assert uuid.UUID(made[0]).version == 7


def test_short_ids_grow_from_four_characters() -> None:
    found = list(candidates(new_image()))
    assert [len(short) for short in found] == [len("IMG-") + n for n in range(4, 10)]
    assert all(later.startswith(short) for short, later in pairwise(found))
    assert re.fullmatch(f"IMG-[{ALPHABET}]{{9}}", found[-1])


def test_short_ids_are_spread_though_their_images_came_together() -> None:
    assert len({next(candidates(new_image())) for _ in range(2000)}) > 1980


def test_a_short_id_is_worked_out_by_hand() -> None:
    image = "01890000-0000-7000-8000-0000000082ab"  # 0x82ab = 1 00000 10101 01011 in groups of five bits
    assert next(candidates(image)) == "IMG-BN01"


@settings(deadline=None)
@given(st.uuids())
def test_a_short_id_is_already_normal(image: uuid.UUID) -> None:
    for short in candidates(str(image)):
        assert normal(short) == short


@pytest.mark.parametrize("typed", ["IMG-7F31", "img-7f31", " 7f31 ", "7F3I", "7f3l", "Img-7F3i"])
def test_short_ids_are_understood_as_people_type_them(typed: str) -> None:
    assert normal(typed) == "IMG-7F31"


def test_o_is_read_as_zero() -> None:
    assert normal("img-o0Oo") == "IMG-0000"
