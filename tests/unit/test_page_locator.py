"""The map: true to direction and distance, legible, and made of whatever towns there are."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model import Spot, Town
from web.locator import HEIGHT, WIDTH, Dot, Locator, drawn, neighbours

HERE = Spot(50.0, 10.0)
KM = 1 / 111.195
"""A kilometre in degrees of latitude."""


def town(name: str, north: float = 0.0, east: float = 0.0, population: int = 1000, spot: Spot = HERE) -> Town:
    """A town so many kilometres away from the spot."""
    across = KM / math.cos(math.radians(spot.latitude))
    return Town(name, spot.latitude + north * KM, spot.longitude + east * across, population)


def made(*towns: Town, blur: float = 0.0, spot: Spot = HERE) -> Locator:
    found = drawn(spot, towns, blur)
    assert found
    return found


def dots(found: Locator) -> dict[str, Dot]:
    return {dot.name: dot for dot in found.dots}


def box(dot: Dot) -> tuple[float, float, float, float]:
    """Where a name stands, by a cautious guess at its letters."""
    long = 6.5 * len(dot.name)
    left = {"start": dot.label_x, "middle": dot.label_x - long / 2, "end": dot.label_x - long}[dot.anchor]
    return left, dot.label_y - 10, left + long, dot.label_y + 2


def test_north_is_up_and_east_is_right() -> None:
    found = dots(made(town("North", 5), town("East", 0, 5), town("South", -5), town("West", 0, -5)))
    middle = WIDTH / 2, HEIGHT / 2
    assert found["North"].y < middle[1] < found["South"].y
    assert found["West"].x < middle[0] < found["East"].x
    assert found["North"].x == pytest.approx(middle[0])


def test_the_scale_bar_measures_the_map() -> None:
    found = made(town("East", 0, 4), town("North", 6))
    east = dots(found)["East"].x - WIDTH / 2
    assert east / 4 == pytest.approx(found.bar / found.bar_km, rel=0.01)
    assert found.rings[0] == found.bar
    assert found.bar_km in (1, 2, 5, 10, 20, 50)


@pytest.mark.parametrize("far", [0.01, 0.5, 3, 10, 40, 99, 100])
def test_the_map_reaches_the_towns_and_its_bar_is_a_round_number(far: float) -> None:
    found = made(town("Only", far))
    assert dots(found)["Only"].y >= 0
    assert 20 <= found.bar <= 90
    assert found.bar_km in (1, 2, 5, 10, 20, 50)


def test_a_circle_shows_how_far_off_the_spot_may_be() -> None:
    found = made(town("Near", 1), blur=0.8)
    assert found.blur == pytest.approx(0.8 * found.bar / found.bar_km)
    assert made(town("Near", 1)).blur == 0


def test_larger_towns_get_larger_dots_and_their_names_first() -> None:
    crowd = [town(f"Village {n}", 4, 4 + n / 100, population=100 + n) for n in range(30)]
    found = dots(made(*crowd, town("City", 4, 4, population=1_000_000)))
    assert "City" in found
    assert len(found) < 10
    assert all(each.radius < found["City"].radius for name, each in found.items() if name != "City")


def test_without_towns_there_is_no_map() -> None:
    assert drawn(HERE, (), 0.8) is None


def test_a_name_too_long_for_the_map_is_left_out() -> None:
    assert made(town("L" * 200, 1)).dots == ()


def test_the_date_line_is_crossed_by_the_shorter_way() -> None:
    spot = Spot(-16.8, 179.99)
    across = Town("Over there", -16.8, -179.99, 500)
    (only,) = made(across, spot=spot).dots
    assert WIDTH / 2 < only.x < WIDTH
    (told,) = neighbours(spot, [across])
    assert (round(told.km, 1), told.direction) == (2.1, "east")


def test_neighbours_are_told_from_the_nearest_with_their_direction() -> None:
    towns = [town("C", -9, 9), town("A", 0, 0.2), town("B", 3, 0), town("D", 50)]
    told = neighbours(HERE, towns)
    assert [(each.name, each.direction) for each in told] == [
        ("A", "east"),
        ("B", "north"),
        ("C", "south-east"),
    ]
    assert told[1].km == pytest.approx(3, rel=0.01)
    assert neighbours(HERE, ()) == []


@pytest.mark.parametrize("latitude", [90.0, -90.0, 89.9999])
def test_the_poles_do_no_harm(latitude: float) -> None:
    found = made(Town("Camp", math.copysign(89.95, latitude), 30.0, 10), spot=Spot(latitude, 0.0))
    assert all(math.isfinite(value) for value in (found.bar, *found.rings))


towns = st.builds(
    town,
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=20),
    st.floats(-30, 30),
    st.floats(-30, 30),
    st.integers(0, 30_000_000),
)


@given(st.lists(towns, min_size=1, max_size=40))
def test_names_never_cross_and_everything_lies_on_the_map(around: list[Town]) -> None:
    found = made(*around)
    boxes = [box(dot) for dot in found.dots]
    for n, (left, top, right, bottom) in enumerate(boxes):
        for other in boxes[n + 1 :]:
            apart = right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top
            assert apart
    assert all(0 <= dot.x <= WIDTH and 0 <= dot.y <= HEIGHT for dot in found.dots)
