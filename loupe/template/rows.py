"""The table: this stack's own, or the replica of another region's."""

from typing import Any

from loupe.template.parts import REMOVAL, Json, att, ref, resource, sub, when
from pipeline.adapters.dynamo_schema import TTL, definition

OTHER = "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${ExistingTable}"


def table() -> Json:
    """The table, global so that a second region is a parameter.

    A table with replicas must stream new and old images, and the view of a stream that is there cannot be
    changed; so it is that one from the beginning (docs.aws.amazon.com/AWSCloudFormation, GlobalTable).
    """
    shape: dict[str, Any] = definition() | {"StreamSpecification": {"StreamViewType": "NEW_AND_OLD_IMAGES"}}
    properties = shape | {
        "TimeToLiveSpecification": {"AttributeName": TTL, "Enabled": True},
        "SSESpecification": {"SSEEnabled": True, "SSEType": "KMS"},
        "Replicas": [_replica(ref("AWS::Region")), when("HasReplica", _replica(ref("ReplicaRegion")))],
    }
    return {"Table": resource("DynamoDB::GlobalTable", properties, Condition="OwnTable", **REMOVAL)}


def name() -> Json:
    """The table's name."""
    return when("OwnTable", ref("Table"), ref("ExistingTable"))


def arn() -> Json:
    """The table's ARN."""
    return when("OwnTable", att("Table"), sub(OTHER))


def stream() -> Json:
    """The ARN of the table's stream in this region."""
    return when("OwnTable", att("Table", "StreamArn"), ref("ExistingStream"))


def streams() -> Json:
    """The ARN of that stream for rights; of another stack's table that of all it ever had."""
    return when("OwnTable", att("Table", "StreamArn"), sub(f"{OTHER}/stream/*"))


def _replica(region: Json) -> Json:
    return {
        "Region": region,
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
        "DeletionProtectionEnabled": when("Protected", True, False),
    }
