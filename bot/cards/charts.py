"""A digest's chart in a Slack message: Slack's own block, or a picture that was uploaded.

Source: docs.slack.dev/reference/block-kit/blocks/data-visualization-block (title and axis titles 50
characters, categories and names of series 20, six series, one point per category and series), /image-block.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from bot.cards.blocks import Block
from pipeline.chart import alt, parts_of, short_day

Way = Literal["block", "picture", "words"]
"""How a workspace is shown a chart."""
TITLE = "Images per day"
Week = Sequence[Mapping[str, Any]]


def chart_block(week: Week) -> Block:
    """Slack's own chart: a group of bars per day, one bar per way in which images ended."""
    days = [short_day(day) for day in week]
    series = [
        {
            "name": part.name,
            "data": [{"label": name, "value": day[part.name]} for name, day in zip(days, week, strict=True)],
        }
        for part in parts_of(week)
    ]
    axes = {"categories": days, "x_label": "Day", "y_label": "Images"}
    chart = {"type": "bar", "series": series, "axis_config": axes}
    return {"type": "data_visualization", "title": TITLE, "chart": chart}


def picture_block(week: Week, file: str) -> Block:
    """The chart as a picture; ``file``: its id in Slack."""
    return {"type": "image", "slack_file": {"id": file}, "alt_text": alt(week)}
