"""The dashboard: what it costs, how the whole stands, and a row for each actor."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from loupe.template import costs, rows
from loupe.template.alarms import NAMESPACE, SPAN
from loupe.template.costs import STACK, Metric
from loupe.template.parts import Json, logical, resource, sub

WIDTH, HEIGHT = 6, 5
"""Of a widget: four stand in a row of 24."""
SUM = {"view": "singleValue", "setPeriodToTimeRange": True}
"""One number for all the time that is shown."""
Widget = dict[str, Any]


def dashboard(actors: Sequence[str], memory: Mapping[str, int], queues: Sequence[str]) -> Json:
    """The dashboard. ``memory``: megabytes of every function, by name; ``queues``: every queue."""
    body = {"widgets": _laid_out([_whole(memory, queues), *(_actor(name) for name in actors)])}
    properties = {
        "DashboardName": sub(STACK),
        "DashboardBody": sub(json.dumps(body, separators=(",", ":")), Table=rows.name()),
    }
    return {"Dashboard": resource("CloudWatch::Dashboard", properties)}


def _laid_out(lines: Sequence[Sequence[Widget]]) -> list[Widget]:
    return [
        widget | {"x": column * WIDTH, "y": line * HEIGHT, "width": WIDTH, "height": HEIGHT}
        for line, widgets in enumerate(lines)
        for column, widget in enumerate(widgets)
    ]


def _whole(memory: Mapping[str, int], queues: Sequence[str]) -> list[Widget]:
    return [
        _widget("Cost of what is shown", costs.metrics(memory, queues), SUM),
        _graph(
            "Given up, and errors",
            [
                [NAMESPACE, "parked", {"label": "runs that failed for good"}],
                [NAMESPACE, "errors", {"label": "errors in logs"}],
            ],
        ),
        _graph(
            "Router: behind the stream (ms)",
            [["AWS/Lambda", "IteratorAge", "FunctionName", f"{STACK}-router", {"stat": "Maximum"}]],
        ),
        _graph(
            "Slack: requests, slowest (ms)",
            [
                ["AWS/Lambda", "Invocations", "FunctionName", f"{STACK}-slack"],
                [
                    "AWS/Lambda",
                    "Duration",
                    "FunctionName",
                    f"{STACK}-slack",
                    {"stat": "p99", "yAxis": "right"},
                ],
            ],
        ),
    ]


def _actor(name: str) -> list[Widget]:
    own, queue = f"{STACK}-{name}", f"{STACK}-{logical(name)}Queue"
    parked = f"{STACK}-{logical(name)}Parked"
    age, visible = "ApproximateAgeOfOldestMessage", "ApproximateNumberOfMessagesVisible"
    return [
        _graph(
            f"{name}: runs, errors",
            [
                ["AWS/Lambda", "Invocations", "FunctionName", own],
                ["AWS/Lambda", "Errors", "FunctionName", own, {"color": "#d62728"}],
            ],
        ),
        _graph(f"{name}: time (ms)", [["AWS/Lambda", "Duration", "FunctionName", own, {"stat": "p95"}]]),
        _graph(f"{name}: oldest waits (s)", [["AWS/SQS", age, "QueueName", queue, {"stat": "Maximum"}]]),
        _graph(f"{name}: parked", [["AWS/SQS", visible, "QueueName", parked, {"stat": "Maximum"}]]),
    ]


def _graph(title: str, metrics: list[Metric]) -> Widget:
    return _widget(title, metrics, {"view": "timeSeries"})


def _widget(title: str, metrics: list[Metric], view: Json) -> Widget:
    properties = {"title": title, "region": "${AWS::Region}", "stat": "Sum", "period": SPAN}
    return {"type": "metric", "properties": properties | view | {"metrics": metrics}}
