"""The functions that take in and route: the bucket's arrivals, the table's stream."""

import json

from loupe.packing import entry_bundle
from loupe.template import functions, permissions, queues, rows
from loupe.template.functions import Code, Function
from loupe.template.parts import Json, att, ref, sub, when

ROUTER_MEMORY = 1769
"""Megabytes that bring a whole processor: most of what the router does is computing (bench functions).

Source: docs.aws.amazon.com/lambda, "Configure Lambda function memory".
"""
ROUTER_SECONDS = 60
ROUTER_RETRIES = 1_000
ROUTER_AGE = 82_800
"""Seconds that a record is tried again: 23 hours, because the stream keeps it for 24."""
ROUTER_BATCH = 100
ROUTER_WINDOW = 0
"""Seconds to wait for a fuller batch: each level of the chain would wait them."""
TAKE_IN_SECONDS = 60
TAKE_IN_BATCH = 5
RECEIPTS = 10
MEMORY = 512
"""Megabytes of functions that are no actors; a processor's share grows with them."""


def router(code: Code) -> Json:
    """Reads the stream: rows that landed and runs that were demanded; publishes what is due."""
    function = Function(
        name="router",
        handler="route",
        does="Publishes an event for each run that a landed row made due.",
        bundle=entry_bundle("route"),
        timeout=ROUTER_SECONDS,
        memory=ROUTER_MEMORY,
        rights=(
            permissions.ledger(),
            permissions.stream(),
            permissions.publishing(),
            permissions.sending("RouterParked"),
        ),
        events={"Rows": {"Type": "DynamoDB", "Properties": _mapping()}},
        variables={"LOUPE_TOPIC": ref("Topic")},
    )
    return {**queues.parked("router"), **functions.made(function, code)}


def _mapping() -> Json:
    inserted = {"eventName": ["INSERT"]}
    landed = inserted | {"dynamodb": {"Keys": {"sk": {"S": [{"prefix": "result#"}]}}}}
    demanded = inserted | {
        "dynamodb": {
            "Keys": {"sk": {"S": [{"prefix": "task#"}]}},
            "NewImage": {"demanded": {"BOOL": [True]}},
        }
    }
    return {
        "Stream": rows.stream(),
        "StartingPosition": "TRIM_HORIZON",
        "Enabled": when("Working", True, False),
        "BatchSize": ROUTER_BATCH,
        "MaximumBatchingWindowInSeconds": ROUTER_WINDOW,
        "BisectBatchOnFunctionError": True,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "MaximumRetryAttempts": ROUTER_RETRIES,
        "MaximumRecordAgeInSeconds": ROUTER_AGE,
        "ParallelizationFactor": ref("RouterParallelization"),
        "DestinationConfig": {"OnFailure": {"Type": "SQS", "Destination": att("RouterParked")}},
        "FilterCriteria": {"Filters": [{"Pattern": json.dumps(each)} for each in (landed, demanded)]},
    }


def take_in(code: Code) -> Json:
    """What lands in the drop becomes an image: bucket, queue ``arrivals``, function."""
    condition = {
        "ArnLike": {"aws:SourceArn": sub("arn:${AWS::Partition}:s3:::*")},
        "StringEquals": {"aws:SourceAccount": ref("AWS::AccountId")},
    }
    function = Function(
        name="take_in",
        handler="take_in",
        does="Takes in what was dropped into the bucket.",
        bundle=entry_bundle("take_in"),
        timeout=TAKE_IN_SECONDS,
        memory=MEMORY,
        rights=(
            permissions.ledger(),
            permissions.objects("Store", "Get"),
            permissions.listing("Store"),
            permissions.receiving("ArrivalsQueue"),
        ),
        events={"Arrived": functions.from_queue("ArrivalsQueue", TAKE_IN_BATCH)},
        variables={"LOUPE_ARRIVALS_QUEUE": ref("ArrivalsQueue")},
    )
    return {
        **queues.queue("arrivals", TAKE_IN_SECONDS, RECEIPTS),
        **queues.sent_by("arrivals", "s3.amazonaws.com", condition),
        **functions.made(function, code),
    }
