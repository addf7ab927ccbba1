"""Slack's chart block: what its chart may consist of."""

from typing import Any

import pytest

from sandbox.blocks import problems

DAYS = ["Mon", "Tue"]


def series(name: str = "done", *labels: str) -> dict[str, Any]:
    return {"name": name, "data": [{"label": each, "value": 1} for each in labels or DAYS]}


def bars(*each: dict[str, Any], kind: str = "bar", **axes: Any) -> list[dict[str, Any]]:
    chart = {"type": kind, "series": list(each), "axis_config": {"categories": DAYS, **axes}}
    return [{"type": "data_visualization", "title": "A week", "chart": chart}]


def pie(*segments: tuple[str, float]) -> list[dict[str, Any]]:
    chart = {"type": "pie", "segments": [{"label": label, "value": value} for label, value in segments]}
    return [{"type": "data_visualization", "title": "A week", "chart": chart}]


@pytest.mark.parametrize("kind", ["bar", "line", "area"])
def test_series_with_one_point_per_category_are_taken(kind: str) -> None:
    assert problems(bars(series(), series("held"), kind=kind, x_label="Day", y_label="Images")) == []


def test_a_pie_of_positive_segments_is_taken() -> None:
    assert problems(pie(("done", 3), ("held", 0.5))) == []


@pytest.mark.parametrize(
    ("blocks", "words"),
    [
        (bars(), "no fewer than 1 items"),
        (bars(*(series(str(n)) for n in range(7))), "no more than 6 items"),
        (bars(series(), series()), "names must be unique"),
        (bars(series("done", "Tue", "Mon")), "labels must match the categories"),
        (bars(series("done", "Mon")), "labels must match the categories"),
        (bars(series("n" * 21)), "must be less than 21 characters"),
        (bars(series(), y_label="y" * 51), "must be less than 51 characters"),
        (bars(series(), kind="donut"), "unsupported type: donut"),
        (pie(("done", 0)), "must be greater than 0"),
        (pie(*[("x", 1)] * 7), "no more than 6 items"),
    ],
)
def test_all_else_is_refused_with_the_place(blocks: list[dict[str, Any]], words: str) -> None:
    found = problems(blocks)
    assert any(words in each and "/blocks/0/chart" in each for each in found)
