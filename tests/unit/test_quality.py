"""The perceptual score, the sample it is taken from, and the search for the quality that reaches it."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from pipeline.imaging.encode import PlainJpeg, decoded
from pipeline.imaging.quality import Original
from pipeline.imaging.quality_sample import GRID, SIDE, on_grey, sample
from pipeline.imaging.quality_search import ABOVE, BELOW, MOST, lowest
from pipeline.imaging.quality_ssim import ssim

PHOTOS = Path(__file__).parents[1] / "data"
PLAIN = PlainJpeg((1, 80, 100))


@pytest.fixture(scope="module")
def photo() -> Image.Image:
    with Image.open(PHOTOS / "exifr--IMG_20180725_163423.jpg") as image:
        image.draft("RGB", (1024, 768))
        return image.convert("RGB").resize((1012, 759))


def pixels(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture)


def compressed(picture: Image.Image, format: str, quality: int) -> np.ndarray:
    out = io.BytesIO()
    picture.save(out, format, quality=quality)
    return decoded(out.getvalue())


class TestScore:
    def test_the_same_picture_scores_100(self, photo: Image.Image) -> None:
        same = pixels(photo)[None]
        assert Original(same).score(same) == 100

    # The right column is what the package ssimulacra2 0.3.0 says of the very same pixels.
    @pytest.mark.parametrize(
        ("format", "quality", "theirs"),
        [("JPEG", 40, 53.35), ("JPEG", 75, 73.58), ("JPEG", 92, 85.94), ("WEBP", 70, 68.2)],
    )
    def test_it_agrees_with_another_implementation(
        self, photo: Image.Image, format: str, quality: int, theirs: float
    ) -> None:
        small = photo.resize((512, 384))
        score = Original(pixels(small)[None]).score(compressed(small, format, quality)[None])
        assert score == pytest.approx(theirs, abs=1.5)

    def test_it_falls_as_compression_grows(self, photo: Image.Image) -> None:
        small = photo.resize((320, 240))
        original = Original(pixels(small)[None])
        scores = [original.score(compressed(small, "JPEG", quality)[None]) for quality in (20, 50, 80, 95)]
        assert scores == sorted(scores)
        assert scores[-1] - scores[0] > 40

    @pytest.mark.parametrize("size", [(8, 8), (9, 8), (50, 38), (131, 77)])
    def test_small_and_odd_sizes_have_a_score_too(self, photo: Image.Image, size: tuple[int, int]) -> None:
        small = photo.resize(size)
        blurred = small.filter(ImageFilter.GaussianBlur(2))
        assert Original(pixels(small)[None]).score(pixels(blurred)[None]) < 60

    def test_tiles_weigh_alike(self, photo: Image.Image) -> None:
        whole = pixels(photo)[:256, :256]
        worse = compressed(photo, "JPEG", 40)[:256, :256]
        both = Original(np.stack([whole, whole])).score(np.stack([whole, worse]))
        assert Original(whole[None]).score(worse[None]) < both < 100


class TestSsim:
    def test_the_same_is_one_and_noise_is_less(self, photo: Image.Image) -> None:
        same = pixels(photo.resize((200, 150)))
        noise = np.random.default_rng(1).integers(-40, 40, same.shape)
        assert ssim(same, same) == pytest.approx(1)
        assert ssim(same, np.clip(same + noise, 0, 255).astype(np.uint8)) < 0.8

    def test_a_flat_picture_of_another_brightness_follows_the_formula(self) -> None:
        dark, light = np.full((32, 32, 3), 100, np.uint8), np.full((32, 32, 3), 120, np.uint8)
        stable = (0.01 * 255) ** 2
        assert ssim(dark, light) == pytest.approx(
            (2 * 100 * 120 + stable) / (100**2 + 120**2 + stable), abs=1e-4
        )

    def test_lost_transparency_counts_even_where_the_colours_stayed(self) -> None:
        clear = np.zeros((64, 64, 4), np.uint8)
        clear[16:48, 16:48, 3] = 255
        solid = clear.copy()
        solid[..., 3] = 255
        assert ssim(clear, solid) < 0.9


class TestSample:
    def test_a_small_picture_is_judged_whole(self, photo: Image.Image) -> None:
        small = photo.resize((200, 150))
        assert sample(small).picture is small

    @pytest.mark.parametrize("turn", [False, True])
    def test_a_large_one_by_tiles_from_all_over(self, photo: Image.Image, turn: bool) -> None:
        picture = photo.transpose(Image.Transpose.ROTATE_90) if turn else photo
        part = sample(picture).picture
        across, down = GRID[::-1] if turn else GRID
        assert part.size == (across * SIDE, down * SIDE)
        first, last = pixels(part)[:SIDE, :SIDE], pixels(part)[-SIDE:, -SIDE:]
        assert first.tobytes() in {
            pixels(picture)[:SIDE, x : x + SIDE].tobytes() for x in range(0, 128, 16)
        } | {
            pixels(picture)[y : y + SIDE, x : x + SIDE].tobytes()
            for y in range(0, 128, 16)
            for x in range(0, 128, 16)
        }
        assert not np.array_equal(first, last)

    @pytest.mark.parametrize("quality", [60, 85])
    def test_its_score_is_close_to_that_of_the_whole(self, photo: Image.Image, quality: int) -> None:
        part = sample(photo)
        whole = Original(pixels(photo)[None]).score(compressed(photo, "JPEG", quality)[None])
        assert part.score(PLAIN.encode(part.picture, quality)) == pytest.approx(whole, abs=3)

    def test_transparent_pixels_are_judged_on_grey(self) -> None:
        clear = np.zeros((2, 2, 4), np.uint8)
        clear[0, 0] = (200, 100, 50, 255)
        seen = on_grey(clear)
        assert seen[0, 0].tolist() == [200, 100, 50]
        assert seen[1, 1].tolist() == [128, 128, 128]

    @pytest.mark.parametrize("size", [(1, 1), (3, 400), (2000, 1)])
    def test_the_thinnest_pictures_can_be_judged(self, size: tuple[int, int]) -> None:
        part = sample(Image.new("RGB", size, "teal"))
        assert part.score(PLAIN.encode(part.picture, 90)) > 60


def rising(steps: list[float]) -> Callable[[int], float]:
    """A score for qualities from 30 on, that grows by each step."""
    totals = np.cumsum(steps)
    return lambda quality: float(totals[quality - 30])


class TestSearch:
    @given(st.lists(st.floats(0.2, 2.5), min_size=66, max_size=66), st.integers(30, 95))
    def test_what_is_found_reaches_the_target_within_few_tries(self, steps: list[float], first: int) -> None:
        score = rising(steps)
        found = lowest(score, (30, 95), first, target=60)
        assert found.tries <= MOST
        assert found.reached == (score(95) >= 60 - BELOW) or found.tries == MOST
        if found.reached:
            assert score(found.quality) >= 60 - BELOW
            assert found.score == score(found.quality)

    @given(st.floats(0.5, 1.5), st.integers(30, 95))
    def test_on_an_even_slope_it_is_close_to_the_target(self, step: float, first: int) -> None:
        score = rising([step] * 66)
        found = lowest(score, (30, 95), first, target=30)
        assert found.reached
        assert found.score is not None
        assert 30 - BELOW <= found.score <= 30 + max(ABOVE, step) + 1e-6

    def test_a_good_first_guess_costs_one_try(self) -> None:
        assert lowest(lambda quality: float(quality), (30, 95), 78, target=78).tries == 1

    def test_out_of_reach_ends_at_the_highest_and_says_so(self) -> None:
        found = lowest(lambda quality: quality / 2, (30, 95), 80, target=78)
        assert (found.quality, found.reached) == (95, False)

    def test_too_easy_ends_at_the_lowest(self) -> None:
        assert lowest(lambda quality: 99.0, (30, 95), 80, target=78).quality == 30
