"""Where rows and bytes live: the table, the store bucket, the public bucket, the topic."""

from typing import Any

from loupe.template.parts import REMOVAL, Json, att, policy, ref, resource, sub, when
from pipeline.adapters.dynamo_schema import TTL, definition

ABORT_DAYS = 1
"""After which the parts of an upload that nobody finished are removed."""
ARCHIVE = "archive/"
DROP = "drop/"
"""Prefixes in the store bucket."""


def table() -> Json:
    """The table, global so that a second region is a parameter.

    A table with replicas must stream new and old images, and the view of a stream that is there cannot be
    changed; so it is that one from the beginning (docs.aws.amazon.com/AWSCloudFormation, GlobalTable).
    """
    shape = definition() | {"StreamSpecification": {"StreamViewType": "NEW_AND_OLD_IMAGES"}}
    properties = shape | {
        "TimeToLiveSpecification": {"AttributeName": TTL, "Enabled": True},
        "SSESpecification": {"SSEEnabled": True, "SSEType": "KMS"},
        "Replicas": [_replica(ref("AWS::Region")), when("HasReplica", _replica(ref("ReplicaRegion")))],
    }
    return {"Table": resource("DynamoDB::GlobalTable", properties, **REMOVAL)}


def _replica(region: Json) -> Json:
    return {
        "Region": region,
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
        "DeletionProtectionEnabled": when("Protected", True, False),
    }


def store() -> Json:
    """The private bucket: originals, what is made of them, the archive, and the drop, which tells."""
    notice = {
        "Event": "s3:ObjectCreated:*",
        "Queue": att("ArrivalsQueue"),
        "Filter": {"S3Key": {"Rules": [{"Name": "prefix", "Value": DROP}]}},
    }
    forgotten = {
        "Id": "dropped",
        "Status": "Enabled",
        "Prefix": DROP,
        "ExpirationInDays": ref("DropDays"),
    }
    properties = _bucket(_unfinished(), forgotten) | {
        "NotificationConfiguration": {"QueueConfigurations": [notice]}
    }
    return {
        "Store": resource("S3::Bucket", properties, DependsOn="ArrivalsQueuePolicy", **REMOVAL),
        "StorePolicy": _bucket_policy("Store"),
    }


def public() -> Json:
    """The bucket of what anybody may see; nobody but the distribution reads it."""
    reader = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:GetObject",
        "Resource": sub("${Public.Arn}/*"),
        "Condition": {"StringEquals": {"AWS:SourceArn": _distribution()}},
    }
    return {
        "Public": resource("S3::Bucket", _bucket(_unfinished()), **REMOVAL),
        "PublicPolicy": _bucket_policy("Public", reader),
    }


def topic() -> Json:
    """The topic of events: what is due, and what settled."""
    return {"Topic": resource("SNS::Topic", {"KmsMasterKeyId": "alias/aws/sns"})}


def _distribution() -> Json:
    return sub("arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Distribution}")


def _bucket(*rules: Json) -> dict[str, Any]:
    return {
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [
                {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
            ]
        },
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        "PublicAccessBlockConfiguration": dict.fromkeys(
            ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), True
        ),
        "LifecycleConfiguration": {"Rules": list(rules)},
    }


def _unfinished() -> Json:
    abort = {"DaysAfterInitiation": ABORT_DAYS}
    return {"Id": "unfinished", "Status": "Enabled", "AbortIncompleteMultipartUpload": abort}


def _bucket_policy(bucket: str, *more: Json) -> Json:
    plain = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [att(bucket), sub(f"${{{bucket}.Arn}}/*")],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return resource("S3::BucketPolicy", {"Bucket": ref(bucket), "PolicyDocument": policy(plain, *more)})
