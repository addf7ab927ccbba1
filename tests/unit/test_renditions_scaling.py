"""Scaling itself: exact sizes, no shift, no ringing beyond the filter's own, nothing made from too little."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pipeline.imaging.resize import APART, Pixels, Size, Sizes, in_array, in_vips, resized, scaled

SIDES = st.integers(1, 90)


def ramp(width: int, height: int) -> Pixels:
    """Darker on the left, lighter on the right; greener below."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[..., 0] = np.linspace(20, 230, width).astype(np.uint8)[None]
    pixels[..., 1] = np.linspace(20, 230, height).astype(np.uint8)[:, None]
    return pixels


@settings(max_examples=60, deadline=None)
@given(SIDES, SIDES, st.data())
def test_the_size_is_exactly_the_one_asked_for(width: int, height: int, data: st.DataObject) -> None:
    size = data.draw(st.integers(1, width)), data.draw(st.integers(1, height))
    assert scaled(ramp(width, height), size).shape == (size[1], size[0], 3)


@pytest.mark.parametrize("bands", [1, 3, 4])
def test_every_number_of_bands_goes_there_and_back(bands: int) -> None:
    pixels = np.random.default_rng(bands).integers(0, 256, (7, 9, bands), np.uint8)
    assert np.array_equal(in_array(in_vips(pixels)), pixels)


def test_the_same_size_is_the_same_picture() -> None:
    pixels = ramp(30, 20)
    assert scaled(pixels, (30, 20)) is pixels
    image = in_vips(pixels)
    assert resized(image, (30, 20)) is image


@pytest.mark.parametrize("size", [(300, 200), (171, 113), (97, 64), (40, 27)])
def test_nothing_is_shifted(size: Size) -> None:
    """An edge in the middle stays there: half a pixel of the original would move the mean by 0.2."""
    edge = np.zeros((400, 600, 3), np.uint8)
    edge[:, 300:, 0] = edge[200:, :, 1] = 255
    small = scaled(edge, size).astype(float)
    assert small[..., 0].mean() == pytest.approx(127.5, abs=0.12)
    assert small[..., 1].mean() == pytest.approx(127.5, abs=0.12)


def test_a_flat_picture_stays_flat() -> None:
    flat = np.full((301, 207, 3), 137, np.uint8)
    assert set(np.unique(scaled(flat, (50, 73)))) == {137}


def test_fine_stripes_become_grey_and_no_pattern() -> None:
    stripes = np.zeros((256, 256, 3), np.uint8)
    stripes[:, ::2] = 255
    small = scaled(stripes, (60, 60))[5:-5, 5:-5]
    assert np.abs(small.astype(int) - 128).max() <= 6


@pytest.mark.parametrize("factor", [2, 3, 5, 8, 17])
def test_it_is_pillow_s_lanczos_to_within_rounding(factor: int) -> None:
    noise = np.random.default_rng(3).normal(128, 30, (340, 510, 3)).clip(0, 255)
    smooth = np.asarray(Image.fromarray(noise.astype(np.uint8)).resize((1020, 680), Image.Resampling.BICUBIC))
    size = 1020 // factor, 680 // factor
    theirs = np.asarray(Image.fromarray(smooth).resize(size, Image.Resampling.LANCZOS)).astype(float)
    error = np.mean((scaled(smooth, size).astype(float) - theirs) ** 2)
    assert 10 * np.log10(255**2 / error) >= 40


class Kept:
    """An original that remembers which sizes it was asked for."""

    def __init__(self, *size: int) -> None:
        self.size: Size = (size[0], size[1])
        self.asked: list[Size] = []

    def at(self, size: Size) -> Pixels:
        self.asked.append(size)
        return ramp(*size)


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(1, 40)), min_size=1, max_size=6))
@settings(max_examples=40, deadline=None)
def test_every_size_comes_out_whatever_was_asked_before(sizes: list[Size]) -> None:
    made = Sizes(Kept(60, 40))
    for size in sizes:
        assert made.at(size).shape == (size[1], size[0], 3)


def test_the_same_size_twice_is_made_once() -> None:
    source = Kept(100, 80)
    sizes = Sizes(source)
    assert sizes.at((50, 40)) is sizes.at((50, 40))
    assert source.asked == [(50, 40)]


def test_an_original_at_its_own_size_serves_for_all_smaller_ones() -> None:
    source = Kept(100, 80)
    sizes = Sizes(source)
    for size in ((100, 80), (90, 72), (60, 48), (30, 24)):
        sizes.at(size)
    assert source.asked == [(100, 80)]


def test_a_panorama_whose_cover_is_cut_from_more_is_decoded_twice() -> None:
    source = Kept(60, 20)
    sizes = Sizes(source)
    for size in ((43, 14), (26, 9), (13, 4)):
        sizes.at(size)
    assert source.asked == [(43, 14), (26, 9)]
    assert APART == 2
