"""The charts' geometry: nothing outside, nothing on top of each other, heights that tell the truth."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.charts import GAP, LEAST, LEFT, LINES, PLOT, TOP, Chart, compact, ranges, scale, stacked

NAMES = ("done", "held", "failed")
COUNTS = st.integers(0, 10**9)
PARTS = st.fixed_dictionaries(dict.fromkeys(NAMES, COUNTS))
WEEKS = st.lists(PARTS, min_size=1, max_size=31)
FLOOR = TOP + PLOT


def days(count: int) -> list[date]:
    return [date(2026, 11, 22) - timedelta(days=n) for n in range(count - 1, -1, -1)]


def chart_of(parts: list[dict[str, int]]) -> Chart:
    titles = [str(sum(each.values())) for each in parts]
    return stacked(days(len(parts)), parts, titles, "words", compact, least=1.0)


@given(WEEKS)
def test_bars_lie_within_the_drawing_and_parts_never_overlap(parts: list[dict[str, int]]) -> None:
    for column in chart_of(parts).columns:
        assert column.x - 1e-6 <= column.left
        assert column.left + column.bar <= column.x + column.width + 1e-6 <= 100 + 1e-5
        floor = FLOOR
        for part in column.parts:
            assert part.height >= LEAST - 1e-9
            assert part.y + part.height <= floor + 1e-6
            floor = part.y
        assert floor >= TOP - len(NAMES) * (LEAST + GAP)


@given(WEEKS)
def test_days_stand_side_by_side_from_the_labels_to_the_right_edge(parts: list[dict[str, int]]) -> None:
    columns = chart_of(parts).columns
    edges = [LEFT, *(column.x + column.width for column in columns)]
    assert [column.x for column in columns] == pytest.approx(edges[:-1])
    assert edges[-1] == pytest.approx(100)


@given(WEEKS)
def test_what_is_there_shows_and_what_is_not_does_not(parts: list[dict[str, int]]) -> None:
    for column, each in zip(chart_of(parts).columns, parts, strict=True):
        assert [part.name for part in column.parts] == [name for name, count in each.items() if count]


@given(st.lists(COUNTS, min_size=1, max_size=31))
def test_heights_are_in_proportion_from_a_baseline_at_zero(values: list[int]) -> None:
    chart = stacked(days(len(values)), [{"done": v} for v in values], list(map(str, values)), "", compact)
    top, _ = scale(max(values))
    for column, value in zip(chart.columns, values, strict=True):
        assert column.y == pytest.approx(FLOOR - PLOT * value / top)
        if value * PLOT / top > LEAST + GAP:
            assert column.parts[0].y + column.parts[0].height == pytest.approx(FLOOR)
            assert column.parts[0].height == pytest.approx(PLOT * value / top)


@given(st.floats(1e-6, 1e12))
def test_a_scale_has_few_round_lines_and_room_for_the_largest_value(most: float) -> None:
    top, ticks = scale(most)
    assert top >= most * (1 - 1e-9)
    assert 2 <= len(ticks) <= LINES + 1
    assert (ticks[0].label, ticks[0].y) == ("0", FLOOR)
    assert ticks[-1].y == pytest.approx(TOP)
    assert len({tick.label for tick in ticks}) == len(ticks)
    assert all(len(tick.label) <= 6 for tick in ticks)


@pytest.mark.parametrize(
    ("most", "labels"),
    [
        (0, ["0"]),
        (1, ["0", "1"]),
        (3, ["0", "1", "2", "3"]),
        (5, ["0", "2", "4", "6"]),
        (60, ["0", "20", "40", "60"]),
        (1900, ["0", "500", "1k", "1.5k", "2k"]),
        (3_000_000, ["0", "1M", "2M", "3M"]),
    ],
)
def test_lines_of_things_that_are_counted(most: float, labels: list[str]) -> None:
    assert [tick.label for tick in scale(most, 1.0)[1]] == labels


def test_lines_of_what_is_very_small_have_short_names() -> None:
    assert [tick.label for tick in scale(0.00015)[1]] == ["0", "5e-5", "1e-4", "1.5e-4"]


def test_one_held_picture_among_a_thousand_shows_and_the_bar_stays_as_high() -> None:
    [column] = chart_of([{"done": 999, "held": 1, "failed": 0}]).columns
    done, held = column.parts
    assert held.height == pytest.approx(LEAST + GAP)
    assert held.y == pytest.approx(column.y)
    assert done.height + GAP + held.height == pytest.approx(PLOT)


def test_what_is_below_zero_has_no_bar_but_its_number() -> None:
    chart = stacked(days(3), [{"saved": v} for v in (-2.6, 0, 4)], ["", "", ""], "", compact)
    assert [column.number for column in chart.columns] == ["−2.6", "", "4"]
    assert [len(column.parts) for column in chart.columns] == [0, 0, 1]
    assert chart.columns[0].y == FLOOR
    none = stacked(days(1), [{"saved": -3.0}], [""], "", compact)
    assert [tick.label for tick in none.ticks] == ["0"]


def test_seven_days_have_their_names_and_numbers_each() -> None:
    columns = chart_of([{"done": n, "held": 0, "failed": 0} for n in range(7)]).columns
    assert columns[0].label == ("Mon", "16")
    assert [column.number for column in columns] == ["", "1", "2", "3", "4", "5", "6"]


def test_of_thirty_days_every_seventh_is_named_the_last_for_sure_and_the_highest_has_its_number() -> None:
    columns = chart_of([{"done": 50 - abs(n - 9), "held": 0, "failed": 0} for n in range(30)]).columns
    named = {n: column.label[0] for n, column in enumerate(columns) if column.label}
    assert named == {1: "25 Oct", 8: "1 Nov", 15: "8 Nov", 22: "15 Nov", 29: "22 Nov"}
    assert {n: column.number for n, column in enumerate(columns) if column.number} == {9: "50"}


@given(
    st.lists(st.one_of(st.none(), st.tuples(st.floats(0, 1e6), st.floats(0, 1e6))), min_size=1, max_size=31)
)
def test_a_span_goes_from_the_smaller_to_the_larger_value(pairs: list[tuple[float, float] | None]) -> None:
    ordered = [(min(pair), max(pair)) if pair else None for pair in pairs]
    chart = ranges(days(len(pairs)), ordered, [""] * len(pairs), "", compact)
    for column, pair in zip(chart.columns, ordered, strict=True):
        assert (column.span is None) == (pair is None)
        if column.span:
            assert TOP - 1e-6 <= column.span.high <= column.span.low <= FLOOR


@pytest.mark.parametrize(("value", "said"), [(0, "0"), (0.25, "0.25"), (12, "12"), (999, "999"),
    (1000, "1k"), (1500, "1.5k"), (2e6, "2M"), (3e9, "3G")])  # fmt: skip
def test_numbers_of_a_scale_are_short(value: float, said: str) -> None:
    assert compact(value) == said
