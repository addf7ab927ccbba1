"""The chart of a digest says the same as its numbers, and can be read on any page."""

import io
import subprocess
import sys

from hypothesis import given, settings
from PIL import Image

from pipeline import chart
from pipeline.chart import BACKGROUND, HEIGHT, INK, PARTS, SOFT, WIDTH
from tests.unit.weeks import week, weeks

LARGEST = 60_000
"""Bytes."""
USUAL = week(
    {"done": 5, "held": 2, "rejected": 1, "saved": 4_000_000}, {"done": 9, "failed": 1}, {}, {"done": 3}
)


def luminance(color: str) -> float:
    """Relative luminance, as WCAG 2.2 defines it."""
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def picture(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png))


def test_words_and_bars_stand_out_from_the_background() -> None:
    assert all(contrast(words, BACKGROUND) >= 4.5 for words in (INK, SOFT))
    assert all(contrast(part.color, BACKGROUND) >= 4.5 for part in PARTS)  # numbers stand in them, too


def test_the_background_is_opaque_so_that_a_dark_page_changes_nothing() -> None:
    drawn = picture(chart.draw(USUAL)).convert("RGBA")
    assert drawn.getchannel("A").getextrema() == (255, 255)
    corners = [
        drawn.getpixel(at) for at in ((0, 0), (WIDTH - 1, 0), (0, HEIGHT - 1), (WIDTH - 1, HEIGHT - 1))
    ]
    wanted = tuple(int(BACKGROUND[i : i + 2], 16) for i in (1, 3, 5))
    assert all(max(abs(a - b) for a, b in zip(corner[:3], wanted, strict=True)) <= 4 for corner in corners)  # type: ignore[index]


def test_no_two_parts_look_alike_without_colour() -> None:
    assert len({part.hatch for part in PARTS}) == len(PARTS)


def test_parts_that_no_day_has_are_left_out_of_the_legend() -> None:
    assert [part.name for part in chart.parts_of(USUAL)] == ["done", "held", "rejected", "failed"]
    assert [part.name for part in chart.parts_of(week())] == ["done"]


@settings(max_examples=15, deadline=None)
@given(weeks)
def test_any_week_becomes_a_small_png_of_one_size(days: list[dict[str, int]]) -> None:
    png = chart.draw(days)
    assert len(png) <= LARGEST
    assert picture(png).size == (WIDTH, HEIGHT)
    assert picture(png).format == "PNG"


@given(weeks)
def test_the_words_for_it_hold_every_number_within_slacks_limit(days: list[dict[str, int]]) -> None:
    said = chart.alt(days)
    assert len(said) <= 2000
    for day in days:
        assert f"{chart.day_name(day)}: {day['images']:,}" in said
        assert all(f"{day[part.name]:,} {part.name}" in said for part in PARTS[1:] if day[part.name])


def test_the_words_read_as_a_person_would_say_them() -> None:
    assert chart.alt(week({"done": 3, "held": 1, "saved": 61_000_000})).endswith(
        "Sat 21 Nov: 0. Sun 22 Nov: 4 (1 held, 61.0 MB saved)."
    )


def test_the_same_week_is_the_same_picture() -> None:
    assert chart.draw(USUAL) == chart.draw(USUAL)


def test_nothing_of_matplotlib_is_loaded_before_a_chart_is_drawn() -> None:
    code = "import sys, pipeline.chart; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
