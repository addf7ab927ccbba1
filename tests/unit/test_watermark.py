"""A mark goes in, cannot be seen, and comes out for the holder of its key: what callers may rely on."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from bench.watermark import encoded, fitted, photos, psnr
from pipeline.imaging.watermark import THRESHOLD, Mark, Strength, embed, read

KEY, PAYLOAD = b"a key", 0xFEED_FACE_CAFE_BEEF


@pytest.fixture(scope="module")
def photo() -> Image.Image:
    return photos(512)["Landscape_6"]


@pytest.fixture(scope="module")
def marked(photo: Image.Image) -> Image.Image:
    return embed(photo, PAYLOAD, KEY)


def test_what_was_embedded_is_read(marked: Image.Image) -> None:
    mark = read(marked, KEY)
    assert (mark.found, mark.payload, mark.layer) == (True, PAYLOAD, "global")
    assert mark.confidence == 100
    assert mark.false_alarm < 1e-30


@settings(max_examples=12, deadline=None)
@given(payload=st.integers(0, 2**64 - 1), key=st.binary(min_size=1, max_size=40))
def test_any_payload_under_any_key_is_read(payload: int, key: bytes) -> None:
    assert read(embed(photos(512)["broken1"], payload, key), key).payload == payload


def test_nothing_is_found_before_marking(photo: Image.Image) -> None:
    mark = read(photo, KEY)
    assert (mark.found, mark.payload, mark.layer) == (False, None, None)
    assert mark.confidence < 50
    assert mark.false_alarm > THRESHOLD


def test_without_the_key_nothing_is_found(marked: Image.Image) -> None:
    assert not any(read(marked, b"guess %d" % number).found for number in range(20))


def test_two_owners_marks_live_in_one_picture(marked: Image.Image) -> None:
    twice = embed(marked, 7, b"another key")
    assert read(twice, KEY).payload == PAYLOAD
    assert read(twice, b"another key").payload == 7


def test_marking_again_under_the_same_key_replaces_the_payload(marked: Image.Image) -> None:
    assert read(embed(marked, 7, KEY), KEY).payload == 7


def test_the_same_call_gives_the_same_pixels(photo: Image.Image, marked: Image.Image) -> None:
    assert embed(photo, PAYLOAD, KEY).tobytes() == marked.tobytes()
    assert read(marked, KEY) == read(marked, KEY)


def test_the_given_picture_is_not_touched(photo: Image.Image) -> None:
    before = photo.tobytes()
    embed(photo, PAYLOAD, KEY)
    assert photo.tobytes() == before


@pytest.mark.parametrize("side", [512, 1024])
def test_every_photo_differs_by_46_decibels_at_least(side: int) -> None:
    distances = {name: psnr(one, embed(one, PAYLOAD, KEY)) for name, one in photos(side).items()}
    assert len(distances) >= 7
    assert {name: distance for name, distance in distances.items() if distance < 46} == {}


def test_no_colour_shifts(photo: Image.Image, marked: Image.Image) -> None:
    """Where nothing is clipped, red, green and blue change by the same."""
    before, after = (np.asarray(each, dtype=np.int16) for each in (photo, marked))
    change = after - before
    unclipped = (before.min(axis=2) > 20) & (before.max(axis=2) < 235)
    assert unclipped.mean() > 0.3
    assert np.ptp(change[unclipped], axis=1).max() == 0
    assert change.any()


@pytest.mark.parametrize(("strength", "least"), [(Strength.GENTLE, 48.5), (Strength.STRONG, 43.2)])
def test_every_strength_keeps_its_distance_and_is_read(
    photo: Image.Image, strength: Strength, least: float
) -> None:
    result = embed(photo, PAYLOAD, KEY, strength)
    assert psnr(photo, result) > least
    assert read(result, KEY).payload == PAYLOAD


def test_stronger_marks_outlast_gentler_ones(photo: Image.Image) -> None:
    left = [
        read(encoded(embed(photo, PAYLOAD, KEY, strength), "JPEG", 25), KEY).false_alarm
        for strength in Strength
    ]
    assert left[0] > left[1] > left[2]


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
@pytest.mark.parametrize("size", [(512, 320), (200, 150), (300, 700)])
def test_mode_and_size_stay_and_the_mark_is_read(
    photo: Image.Image, mode: str, size: tuple[int, int]
) -> None:
    picture = photo.resize(size).convert(mode)
    result = embed(picture, PAYLOAD, KEY)
    assert (result.mode, result.size) == (mode, size)
    assert read(result, KEY).payload == PAYLOAD


def cut_out(photo: Image.Image) -> Image.Image:
    """The photo in an ellipse, transparent around it, with a soft edge."""
    alpha = Image.new("L", photo.size, 0)
    ImageDraw.Draw(alpha).ellipse((10, 10, photo.width - 10, photo.height - 10), fill=255)
    picture = photo.copy()
    picture.putalpha(alpha.resize((photo.width // 3, photo.height // 3)).resize(photo.size))
    return picture


def test_transparent_pictures_keep_alpha_and_what_is_hidden(photo: Image.Image) -> None:
    picture = cut_out(photo)
    result = embed(picture, PAYLOAD, KEY)
    before, after = np.asarray(picture), np.asarray(result)
    assert np.array_equal(before[..., 3], after[..., 3])
    assert np.array_equal(before[before[..., 3] == 0], after[before[..., 3] == 0])


def test_a_transparent_picture_is_read_as_it_is_and_on_white(photo: Image.Image) -> None:
    result = embed(cut_out(photo), PAYLOAD, KEY)
    on_white = Image.alpha_composite(Image.new("RGBA", photo.size, "white"), result).convert("RGB")
    assert read(result, KEY).payload == PAYLOAD
    assert read(on_white, KEY).payload == PAYLOAD


@pytest.mark.parametrize("side", [60, 72, 100, 108])
def test_a_small_picture_shows_that_it_is_marked_and_says_nothing(photo: Image.Image, side: int) -> None:
    mark = read(embed(fitted(photo, side), PAYLOAD, KEY), KEY)
    assert (mark.found, mark.payload, mark.layer) == (True, None, "global")


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (3, 5), (20, 20), (20_000, 1)])
def test_a_tiny_picture_is_no_trouble(size: tuple[int, int]) -> None:
    picture = Image.new("RGB", size, (10, 200, 100))
    result = embed(picture, PAYLOAD, KEY)
    assert result.size == size
    assert not read(picture, KEY).found


FAULTS = {
    "mode": ("P", 1, KEY, "this picture's is P"),
    "below": ("RGB", -1, KEY, "64 bits"),
    "above": ("RGB", 2**64, KEY, "64 bits"),
    "key": ("RGB", 1, b"", "key is empty"),
}


@pytest.mark.parametrize(("mode", "payload", "key", "words"), list(FAULTS.values()), ids=list(FAULTS))
def test_what_cannot_be_marked_is_refused(mode: str, payload: int, key: bytes, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        embed(Image.new(mode, (300, 300)), payload, key)


def test_what_cannot_be_read_is_refused() -> None:
    with pytest.raises(ValueError, match="this picture's is CMYK"):
        read(Image.new("CMYK", (300, 300)), KEY)
    with pytest.raises(ValueError, match="key is empty"):
        read(Image.new("RGB", (300, 300)), b"")


def confident(mark: Mark) -> bool:
    return mark.confidence >= 50


@pytest.mark.parametrize("quality", [5, 8, 12, 16, 20, 30, 60, 90])
def test_found_means_confidence_of_50_and_evidence_below_the_threshold(
    marked: Image.Image, quality: int
) -> None:
    mark = read(encoded(marked, "JPEG", quality), KEY)
    assert mark.found == confident(mark) == (mark.false_alarm <= THRESHOLD)
    assert mark.payload in ((PAYLOAD, None) if mark.found else (None,))
    assert 0 <= mark.confidence <= 100
    assert 0 <= mark.false_alarm <= 1


def test_the_worse_a_file_the_more_is_corrected(marked: Image.Image) -> None:
    corrected = [read(encoded(marked, "JPEG", quality), KEY).corrected_bits for quality in (95, 50, 30)]
    assert corrected == sorted(corrected)
    assert corrected[0] == 0 < corrected[-1]
