"""The chart inside a data visualization block.

Source: docs.slack.dev/reference/block-kit/blocks/data-visualization-block.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.blocks.schema import Check, array, at, both, by_type, number, record, string

LABEL, TITLE = string(20), string(50)
MOST = 6
POINTS = 20


def _positive(value: Any, pointer: str) -> Iterator[str]:
    found = list(number(value, pointer))
    if not found and float(value) <= 0:
        found = [at("must be greater than 0", pointer)]
    yield from found


def _consistent(chart: Any, pointer: str) -> Iterator[str]:
    """Names of series differ, and each has one point per category, in their order."""
    series, axes = chart.get("series"), chart.get("axis_config")
    if not isinstance(series, list) or not isinstance(axes, dict):
        return
    named = [each for each in series if isinstance(each, dict)]
    if len({str(each.get("name")) for each in named}) != len(named):
        yield at("series names must be unique", f"{pointer}/series")
    for index, each in enumerate(named):
        points = each.get("data") if isinstance(each.get("data"), list) else []
        labels = [point.get("label") for point in points or [] if isinstance(point, dict)]
        if labels != axes.get("categories"):
            yield at("labels must match the categories", f"{pointer}/series/{index}/data")


POINT = record({"label": LABEL, "value": number})
SERIES = record({"name": LABEL, "data": array(POINT, POINTS)})
AXES = record({"categories": array(LABEL, POINTS)}, {"x_label": TITLE, "y_label": TITLE})
PLOT = both(record({"series": array(SERIES, MOST), "axis_config": AXES}), _consistent)
SEGMENT = record({"label": LABEL, "value": _positive})
CHART: Check = by_type(
    {"pie": record({"segments": array(SEGMENT, MOST)}), "bar": PLOT, "line": PLOT, "area": PLOT}
)
