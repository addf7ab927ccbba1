"""Queues: each with a dead-letter queue, closed to all but the one that fills it."""

from loupe.template.parts import Json, allow, att, logical, policy, ref, resource, sub

KEPT = 1_209_600
"""Seconds that a message is kept: 14 days, the most there is."""
LONGEST_VISIBILITY = 43_200
"""Source: docs.aws.amazon.com/AWSSimpleQueueService, "SQS visibility timeout": 12 hours."""
TIMES = 6
"""Function timeouts that a message stays hidden.

Source: docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html: at least six.
"""


def queue(name: str, timeout: int, receipts: int) -> Json:
    """A queue for a function with this timeout in seconds, and another for what it cannot take.

    After ``receipts`` receipts of a message SQS itself moves it there. As resources, the queues of
    ``detect_faces`` are ``DetectFacesQueue`` and ``DetectFacesParked``.
    """
    whole = logical(name)
    more = {
        "VisibilityTimeout": min(TIMES * timeout, LONGEST_VISIBILITY),
        "RedrivePolicy": {"deadLetterTargetArn": att(f"{whole}Parked"), "maxReceiveCount": receipts},
    }
    return {**_queue(f"{whole}Queue", more), **parked(name)}


def parked(name: str) -> Json:
    """The queue of what was given up."""
    return _queue(f"{logical(name)}Parked", {})


def _queue(name: str, more: Json) -> Json:
    properties = {
        "QueueName": sub(f"${{AWS::StackName}}-{name}"),
        "MessageRetentionPeriod": KEPT,
        "SqsManagedSseEnabled": True,
        **more,
    }
    return {name: resource("SQS::Queue", properties)}


def sent_by(name: str, service: str, condition: Json) -> Json:
    """The policy by which a service may send to a queue under a condition."""
    whole = f"{logical(name)}Queue"
    statement = allow(["sqs:SendMessage"], att(whole))
    statement |= {"Principal": {"Service": service}, "Condition": condition}
    properties = {"Queues": [ref(whole)], "PolicyDocument": policy(statement)}
    return {f"{whole}Policy": resource("SQS::QueuePolicy", properties)}
