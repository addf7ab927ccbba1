"""The functions beside the actors: what takes in, routes, sweeps and speaks with people."""

import json

from loupe.template import functions, permissions, queues
from loupe.template.functions import Code, Function
from loupe.template.parts import Json, att, ref, resource, sub

BUNDLE = "core"
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


def router(code: Code) -> Json:
    """Reads the stream: rows that landed and runs that were demanded; publishes what is due."""
    image = {"eventName": ["INSERT"]}
    landed = image | {"dynamodb": {"Keys": {"sk": {"S": [{"prefix": "result#"}]}}}}
    demanded = image | {
        "dynamodb": {
            "Keys": {"sk": {"S": [{"prefix": "task#"}]}},
            "NewImage": {"demanded": {"BOOL": [True]}},
        }
    }
    mapping = {
        "Type": "DynamoDB",
        "Properties": {
            "Stream": att("Table", "StreamArn"),
            "StartingPosition": "TRIM_HORIZON",
            "BatchSize": ROUTER_BATCH,
            "MaximumBatchingWindowInSeconds": ROUTER_WINDOW,
            "BisectBatchOnFunctionError": True,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "MaximumRetryAttempts": ROUTER_RETRIES,
            "MaximumRecordAgeInSeconds": ROUTER_AGE,
            "ParallelizationFactor": ref("RouterParallelization"),
            "DestinationConfig": {"OnFailure": {"Type": "SQS", "Destination": att("RouterParked")}},
            "FilterCriteria": {"Filters": [{"Pattern": _text(each)} for each in (landed, demanded)]},
        },
    }
    function = Function(
        name="router",
        handler="route",
        does="Publishes an event for each run that a landed row made due.",
        bundle=BUNDLE,
        timeout=ROUTER_SECONDS,
        memory=512,
        rights=(
            permissions.ledger(),
            permissions.stream(),
            permissions.publishing(),
            permissions.sending("RouterParked"),
        ),
        events={"Rows": mapping},
        variables={"LOUPE_TOPIC": ref("Topic")},
    )
    parked = resource("SQS::Queue", {"MessageRetentionPeriod": queues.KEPT, "SqsManagedSseEnabled": True})
    return {"RouterParked": parked, **functions.made(function, code)}


def take_in(code: Code) -> Json:
    """What lands in the drop becomes an image: bucket, queue ``Arrivals``, function."""
    condition = {
        "ArnLike": {"aws:SourceArn": sub("arn:${AWS::Partition}:s3:::*")},
        "StringEquals": {"aws:SourceAccount": ref("AWS::AccountId")},
    }
    function = Function(
        name="take_in",
        handler="take_in",
        does="Takes in what was dropped into the bucket.",
        bundle=BUNDLE,
        timeout=TAKE_IN_SECONDS,
        memory=256,
        rights=(
            permissions.ledger(),
            permissions.objects("Store", "Get"),
            permissions.listing("Store"),
            permissions.receiving("ArrivalsQueue"),
        ),
        events={"Arrived": functions.from_queue("ArrivalsQueue", TAKE_IN_BATCH)},
    )
    return {
        **queues.queue("Arrivals", TAKE_IN_SECONDS, RECEIPTS),
        **queues.sent_by("Arrivals", "s3.amazonaws.com", condition),
        **functions.made(function, code),
    }


def _text(pattern: Json) -> str:
    return json.dumps(pattern)
