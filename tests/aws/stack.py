"""Queues and subscriptions as the template makes them, on a server that is there."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Queue:
    """A queue and its dead-letter queue, by URL."""

    url: str
    parked: str


def made_queue(sqs: Any, name: str, visibility: int, receipts: int) -> Queue:
    """A new queue; what was received ``receipts`` times moves to its dead-letter queue."""
    parked = sqs.create_queue(QueueName=f"{name}Parked")["QueueUrl"]
    policy = json.dumps({"deadLetterTargetArn": arn_of(sqs, parked), "maxReceiveCount": receipts})
    attributes = {"VisibilityTimeout": str(visibility), "RedrivePolicy": policy}
    return Queue(sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"], parked)


def subscribed(sns: Any, sqs: Any, topic: str, url: str, policy: Mapping[str, list[str]]) -> None:
    """Fill a queue with the messages of a topic whose attributes match the policy, as they are."""
    attributes = {
        "RawMessageDelivery": "true",
        "FilterPolicyScope": "MessageAttributes",
        "FilterPolicy": json.dumps(policy),
    }
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn_of(sqs, url), Attributes=attributes)


def arn_of(sqs: Any, url: str) -> str:
    """A queue's ARN."""
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    return str(found["QueueArn"])


def made_bucket(s3: Any, name: str, region: str) -> str:
    """A new bucket."""
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": region})
    return name


def notified(s3: Any, bucket: str, prefix: str, queue: str) -> None:
    """Tell a queue (its ARN) of every object that comes to lie below a prefix."""
    chosen = {"Key": {"FilterRules": [{"Name": "prefix", "Value": prefix}]}}
    told = {"QueueArn": queue, "Events": ["s3:ObjectCreated:*"], "Filter": chosen}
    s3.put_bucket_notification_configuration(
        Bucket=bucket, NotificationConfiguration={"QueueConfigurations": [told]}
    )
