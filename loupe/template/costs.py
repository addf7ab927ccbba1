"""What it costs: a figure for the dashboard, and a budget for those who name one."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from loupe.prices import PRICES
from loupe.template.parts import Json, logical, ref, resource, sub
from pipeline.adapters.dynamo_schema import INDEXES

STACK = "${AWS::StackName}"
REQUESTS = 3
"""Of SQS for one message: it is sent, received and deleted."""
TERMS = 40
"""Of one expression: CloudWatch takes 2,048 characters."""
ACTUAL, FORECAST = 80, 100
"""Per cent of the budget at which somebody hears of what was spent, and of what will be."""

Metric = list[Any]
"""As dashboards write it: namespace, name, dimensions, and how it is shown."""


def metrics(memory: Mapping[str, int], queues: Sequence[str]) -> list[Metric]:
    """About what functions, table and queues cost in the time that is shown, without free tiers.

    ``memory``: megabytes of every function, by name. What is stored and sent out is not in it: S3 and
    CloudFront count that for nobody who does not pay for the counting.
    """
    shown: list[Metric] = []
    terms: list[str] = []
    for n, (metric, dollars) in enumerate(_parts(memory, queues)):
        shown.append([*metric, {"id": f"m{n}", "visible": False}])
        terms.append(f"FILL(m{n},0)*{dollars:.12f}".rstrip("0"))
    sums = ["+".join(terms[at : at + TERMS]) for at in range(0, len(terms), TERMS)]
    parts: list[Metric] = [
        [{"expression": each, "id": f"s{n}", "visible": False}] for n, each in enumerate(sums)
    ]
    whole = "+".join(f"s{n}" for n in range(len(sums)))
    return [[{"expression": whole, "label": "US dollars, about", "id": "dollars"}], *parts, *shown]


def _parts(memory: Mapping[str, int], queues: Sequence[str]) -> Iterator[tuple[Metric, float]]:
    """Metrics, and the dollars for one of each."""
    second = PRICES["lambda.compute"].of(1)
    for name, megabytes in memory.items():
        own = ["FunctionName", f"{STACK}-{name}"]
        yield ["AWS/Lambda", "Duration", *own], second * megabytes / 1024 / 1000
        yield ["AWS/Lambda", "Invocations", *own], PRICES["lambda.request"].of(1)
    for index in ((), *(("GlobalSecondaryIndexName", name) for name in INDEXES)):
        own = ["TableName", "${Table}", *index]
        yield ["AWS/DynamoDB", "ConsumedWriteCapacityUnits", *own], PRICES["dynamodb.write"].of(1)
        yield ["AWS/DynamoDB", "ConsumedReadCapacityUnits", *own], PRICES["dynamodb.read"].of(1)
    for name in queues:
        own = ["QueueName", f"{STACK}-{logical(name)}Queue"]
        yield ["AWS/SQS", "NumberOfMessagesSent", *own], PRICES["sqs.request"].of(REQUESTS)
        yield ["AWS/SQS", "NumberOfEmptyReceives", *own], PRICES["sqs.request"].of(1)


def budget() -> Json:
    """The budget of the whole account: AWS counts by stack only where somebody turned that on."""
    amount = {"Amount": ref("MonthlyBudget"), "Unit": "USD"}
    config = {
        "BudgetName": sub("${AWS::StackName}"),
        "BudgetType": "COST",
        "TimeUnit": "MONTHLY",
        "BudgetLimit": amount,
    }
    notices = [_notice("ACTUAL", ACTUAL), _notice("FORECASTED", FORECAST)]
    properties = {"Budget": config, "NotificationsWithSubscribers": notices}
    return {"Budget": resource("Budgets::Budget", properties, Condition="HasBudget")}


def _notice(kind: str, per_cent: int) -> Json:
    return {
        "Notification": {
            "NotificationType": kind,
            "ComparisonOperator": "GREATER_THAN",
            "Threshold": per_cent,
            "ThresholdType": "PERCENTAGE",
        },
        "Subscribers": [{"SubscriptionType": "SNS", "Address": ref("AlarmTopic")}],
    }
