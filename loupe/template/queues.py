"""Queues: each with a dead-letter queue, closed to all but the one that fills it."""

from typing import Any

from loupe.template.parts import Json, allow, att, policy, ref, resource

KEPT = 1_209_600
"""Seconds that a message is kept: 14 days, the most there is."""
LONGEST_VISIBILITY = 43_200
"""Source: docs.aws.amazon.com/AWSSimpleQueueService, "SQS visibility timeout": 12 hours."""
TIMES = 6
"""Function timeouts that a message stays hidden.

Source: docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html: at least six.
"""


def queue(name: str, timeout: int, receipts: int) -> Json:
    """A queue for a function with this timeout in seconds, and ``<name>Parked`` for what it cannot take.

    After ``receipts`` receipts of a message SQS itself moves it there.
    """
    target = {"deadLetterTargetArn": att(f"{name}Parked"), "maxReceiveCount": receipts}
    return {
        f"{name}Parked": resource(
            "SQS::Queue", {"MessageRetentionPeriod": KEPT, "SqsManagedSseEnabled": True}
        ),
        f"{name}Queue": resource(
            "SQS::Queue",
            {
                "VisibilityTimeout": min(TIMES * timeout, LONGEST_VISIBILITY),
                "MessageRetentionPeriod": KEPT,
                "SqsManagedSseEnabled": True,
                "RedrivePolicy": target,
            },
        ),
    }


def sent_by(name: str, service: str, condition: Json) -> Json:
    """The policy by which a service may send to a queue under a condition."""
    statement: dict[str, Any] = allow(["sqs:SendMessage"], att(f"{name}Queue"))
    statement |= {"Principal": {"Service": service}, "Condition": condition}
    properties = {"Queues": [ref(f"{name}Queue")], "PolicyDocument": policy(statement)}
    return {f"{name}QueuePolicy": resource("SQS::QueuePolicy", properties)}
