"""Per actor: a queue, its dead-letter queue, a subscription, a function with its role and log."""

import math

from loupe.packing import bundle_of
from loupe.template import functions, people, permissions, queues
from loupe.template.functions import LONGEST, Code, Function
from loupe.template.parts import Json, att, logical, ref, resource
from pipeline import ports
from pipeline.actor import Actor
from pipeline.errors import Declaration
from pipeline.retry import Backoff

ALONE = (10.0, 512)
"""Above so many seconds or megabytes, an actor gets one message at a time; below, ``BATCH``."""
BATCH = 5
OVERHEAD = 15
"""Seconds beside the run: to start, claim the task and write the row."""
BASE_MEMORY = 128
"""Megabytes beside the run: Python, boto3 and the ledger take 89, with libvips and numpy 108."""
LEAST_MEMORY = 256
"""Megabytes of a function; a processor's share grows with them."""


def resources(actor: Actor, code: Code) -> Json:
    """All that belongs to one actor. Raises ``Declaration`` where it would not fit a function."""
    name, many, seconds = logical(actor.name), batch(actor), timeout(actor)
    rights = (
        *permissions.needed(actor),
        permissions.receiving(f"{name}Queue"),
        permissions.sending(f"{name}Parked"),
    )
    bells = people.BELLS if ports.News in actor.ports.values() else {}
    function = Function(
        name=actor.name,
        handler="act",
        does=actor.doc,
        bundle=bundle_of(actor),
        timeout=seconds,
        memory=max(LEAST_MEMORY, actor.memory + BASE_MEMORY),
        rights=rights,
        events={"Due": functions.from_queue(f"{name}Queue", many, ref("ActorConcurrency"))},
        variables={
            "LOUPE_ACTOR": actor.name,
            "LOUPE_QUEUE": ref(f"{name}Queue"),
            "LOUPE_PARKED_QUEUE": ref(f"{name}Parked"),
            **bells,
        },
        secrets=permissions.secretive(actor),
    )
    return {
        **queues.queue(actor.name, seconds, receipts(actor)),
        **queues.sent_by(actor.name, "sns.amazonaws.com", {"ArnEquals": {"aws:SourceArn": ref("Topic")}}),
        f"{name}Subscription": _subscription(actor, name),
        **functions.made(function, code),
    }


def batch(actor: Actor) -> int:
    """Messages that one invocation gets."""
    return 1 if actor.timeout > ALONE[0] or actor.memory > ALONE[1] else BATCH


def timeout(actor: Actor) -> int:
    """Seconds of the function. Raises ``Declaration`` where Lambda would not wait so long."""
    seconds = math.ceil(batch(actor) * actor.timeout) + OVERHEAD
    if seconds > LONGEST:
        raise Declaration(
            f"{actor.name}: {actor.timeout:g} s will not do on AWS: {LONGEST - OVERHEAD} s is the most there."
        )
    return seconds


def receipts(actor: Actor) -> int:
    """Receipts of a message before SQS parks it: well behind the runs after which the ledger does.

    What is not the run's own fault is tried more often than the actor says (``Backoff``); what comes
    while another function has the run is received for nothing.
    """
    return max(2 * actor.attempts, Backoff().transient_attempts) + 10


def _subscription(actor: Actor, name: str) -> Json:
    properties = {
        "TopicArn": ref("Topic"),
        "Protocol": "sqs",
        "Endpoint": att(f"{name}Queue"),
        "RawMessageDelivery": True,
        "FilterPolicyScope": "MessageAttributes",
        "FilterPolicy": {"type": ["due"], "actor": [actor.name]},
    }
    return resource("SNS::Subscription", properties, DependsOn=f"{name}QueuePolicy")
