"""The dashboard: what it costs, how the whole stands, and a row for each actor."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from loupe.prices import PRICES
from loupe.template import rows
from loupe.template.alarms import NAMESPACE, SPAN
from loupe.template.parts import Json, resource, sub
from pipeline.adapters.dynamo_schema import INDEXES

WIDTH, HEIGHT = 6, 5
"""Of a widget: four stand in a row of 24."""
REQUESTS = 3
"""Of SQS for one message: it is sent, received and deleted."""
STACK = "${AWS::StackName}"
Widget = dict[str, Any]
Metric = list[Any]


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
        costs(memory, queues),
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
    own, queue, parked = f"{STACK}-{name}", f"{STACK}-{name}", f"{STACK}-{name}-parked"
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


def costs(memory: Mapping[str, int], queues: Sequence[str]) -> Widget:
    """About what functions, table and queues cost in the time that is shown, without free tiers.

    What is stored and sent out is not in it: S3 and CloudFront tell that only to who pays for it.
    """
    hidden: list[Metric] = []
    terms: list[str] = []

    def add(each: Metric, dollars: float) -> None:
        key = f"m{len(hidden)}"
        hidden.append([*each, {"id": key, "visible": False}])
        terms.append(f"{key}*{dollars:.12f}".rstrip("0"))

    second = PRICES["lambda.compute"].of(1)
    for name, megabytes in memory.items():
        own = ["FunctionName", f"{STACK}-{name}"]
        add(["AWS/Lambda", "Duration", *own], second * megabytes / 1024 / 1000)
        add(["AWS/Lambda", "Invocations", *own], PRICES["lambda.request"].of(1))
    for index in ((), *(("GlobalSecondaryIndexName", name) for name in INDEXES)):
        of = ["TableName", "${Table}", *index]
        add(["AWS/DynamoDB", "ConsumedWriteCapacityUnits", *of], PRICES["dynamodb.write"].of(1))
        add(["AWS/DynamoDB", "ConsumedReadCapacityUnits", *of], PRICES["dynamodb.read"].of(1))
    for name in queues:
        own = ["QueueName", f"{STACK}-{name}"]
        add(["AWS/SQS", "NumberOfMessagesSent", *own], PRICES["sqs.request"].of(REQUESTS))
        add(["AWS/SQS", "NumberOfEmptyReceives", *own], PRICES["sqs.request"].of(1))
    parts = [terms[at : at + TERMS] for at in range(0, len(terms), TERMS)]
    sums: list[Metric] = [
        [
            {
                "expression": "+".join(f"FILL({t.replace('*', ',0)*', 1)}" for t in part),
                "id": f"s{n}",
                "visible": False,
            }
        ]
        for n, part in enumerate(parts)
    ]
    whole = "+".join(f"s{n}" for n in range(len(parts)))
    total: Metric = [{"expression": whole, "label": "US dollars, about", "id": "dollars"}]
    properties = _properties("Cost of what is shown", [total, *sums, *hidden])
    return {
        "type": "metric",
        "properties": properties | {"view": "singleValue", "setPeriodToTimeRange": True},
    }


TERMS = 40
"""Of one expression: CloudWatch takes 2,048 characters."""


def _graph(title: str, metrics: list[Metric]) -> Widget:
    return {"type": "metric", "properties": _properties(title, metrics) | {"view": "timeSeries"}}


def _properties(title: str, metrics: list[Metric]) -> Json:
    return {"title": title, "region": "${AWS::Region}", "stat": "Sum", "period": SPAN, "metrics": metrics}
