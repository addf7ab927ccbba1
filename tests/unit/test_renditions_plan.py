"""Which renditions there are, from a picture's size alone: names and sizes are part of addresses."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.imaging.renditions_plan import COVER, TALLEST, WIDEST, Spec, fitting, plan, rounded

SIDES = st.integers(1, 60_000)
PHOTO = (4048, 3036)


def named(width: int, height: int, has_alpha: bool = False) -> dict[str, Spec]:
    return {spec.name: spec for spec in plan(width, height, has_alpha)}


def canvas(spec: Spec) -> tuple[int, int]:
    return spec.width, spec.height


def test_a_photo_gets_the_six_and_four_widths() -> None:
    sizes = {name: canvas(spec) for name, spec in named(*PHOTO).items()}
    assert sizes == {
        "w150": (150, 113),
        "box50": (50, 38),
        "h150": (200, 150),
        "app108": (108, 108),
        "app512": (512, 512),
        "art2560": (2560, 1440),
        "s320": (320, 240),
        "s640": (640, 480),
        "s1280": (1280, 960),
        "s2560": (2560, 1920),
    }


def test_every_width_comes_in_three_formats_and_every_name_in_one() -> None:
    made = [(spec.name, spec.format) for spec in plan(*PHOTO, has_alpha=False)]
    assert {format for name, format in made if name == "s640"} == {"JPEG", "WEBP", "AVIF"}
    assert [format for name, format in made if not name.startswith("s")] == ["JPEG"] * 6
    assert len(set(made)) == len(made) == 18


def test_only_the_icons_of_a_transparent_picture_are_png() -> None:
    pngs = {spec.name for spec in plan(*PHOTO, has_alpha=True) if spec.format == "PNG"}
    assert pngs == {"app108", "app512"}
    assert "PNG" not in {spec.format for spec in plan(*PHOTO, has_alpha=False)}


def test_half_a_pixel_is_rounded_up_and_nothing_vanishes() -> None:
    assert [rounded(5, 2), rounded(7, 2), rounded(9, 4), rounded(1, 1000)] == [3, 4, 2, 1]
    assert named(4048, 3036)["w150"].height == 113  # 112.5
    assert named(20000, 3)["box50"].height == 1


@given(SIDES, SIDES, st.integers(1, 3000), st.integers(1, 3000))
def test_what_fits_keeps_its_proportions_within_half_a_pixel(width: int, height: int, a: int, b: int) -> None:
    across, down = fitting((width, height), (a, b))
    assert 1 <= across <= min(a, width)
    assert 1 <= down <= min(b, height)
    scale = min(Fraction(a, width), Fraction(b, height), Fraction(1))
    assert abs(across - width * scale) <= Fraction(1, 2) or across == 1
    assert abs(down - height * scale) <= Fraction(1, 2) or down == 1


@given(SIDES, SIDES, st.booleans(), st.booleans())
def test_nothing_is_ever_enlarged(width: int, height: int, has_alpha: bool, animated: bool) -> None:
    for spec in plan(width, height, has_alpha, animated):
        assert spec.scaled[0] <= width
        assert spec.scaled[1] <= height
        assert min(spec.scaled) >= 1
        assert min(canvas(spec)) >= 1


@given(SIDES, SIDES)
def test_only_icons_are_padded_and_only_the_cover_is_cropped(width: int, height: int) -> None:
    for spec in plan(width, height, has_alpha=False):
        assert spec.padded <= spec.name.startswith("app")
        cropped = spec.width < spec.scaled[0] or spec.height < spec.scaled[1]
        assert cropped <= (spec.name == "art2560")


@given(SIDES, SIDES)
def test_the_cover_is_sixteen_to_nine_and_says_when_the_original_is_too_small(
    width: int, height: int
) -> None:
    spec = named(width, height)["art2560"]
    assert ("not enlarged" in spec.note) == (width < COVER[0] or height < COVER[1])
    if not spec.note:
        assert canvas(spec) == COVER
        return
    exact = (min(Fraction(width), Fraction(height * 16, 9)), min(Fraction(height), Fraction(width * 9, 16)))
    assert all(
        abs(side - want) <= Fraction(1, 2) or side == 1
        for side, want in zip(canvas(spec), exact, strict=True)
    )


@given(SIDES, SIDES)
def test_the_widths_of_a_srcset_grow_and_stay_within_what_webp_can_hold(width: int, height: int) -> None:
    ladder = [spec for spec in plan(width, height, has_alpha=False) if spec.name.startswith("s")]
    widths = sorted({spec.width for spec in ladder})
    assert len(ladder) == 3 * len(widths)
    assert widths[-1] <= min(width, WIDEST)
    assert all(spec.name == f"s{spec.width}" and spec.height <= TALLEST for spec in ladder)
    assert all(3 * wider >= 4 * narrower for narrower, wider in pairwise(widths))


@pytest.mark.parametrize(("width", "widths"), [(200, [200]), (430, [320, 430]), (1600, [320, 640, 1600])])
def test_a_smaller_original_ends_the_widths_with_its_own(width: int, widths: list[int]) -> None:
    ladder = {spec.width for spec in plan(width, width, has_alpha=False) if spec.name.startswith("s")}
    assert sorted(ladder) == widths


def test_largest_come_first_so_that_the_rest_can_be_made_from_them() -> None:
    areas = [spec.scaled[0] * spec.scaled[1] for spec in plan(*PHOTO, has_alpha=False)]
    assert areas == sorted(areas, reverse=True)


def test_every_rendition_of_an_animation_says_that_it_is_the_first_frame() -> None:
    notes = {spec.note for spec in plan(*PHOTO, has_alpha=False, animated=True)}
    assert notes == {"First frame of an animation."}
    assert {spec.note for spec in plan(*PHOTO, has_alpha=False)} == {""}
