"""What is done at its time: a schedule wakes a function, and what is due is decided from the table."""

import json

from loupe import timetable
from loupe.packing import entry_bundle
from loupe.template import functions, permissions
from loupe.template.entries import MEMORY
from loupe.template.functions import LONGEST, Code, Function
from loupe.template.parts import Json, allow, att, logical, ref, resource, sub, when

SWEEP_SECONDS = 240
MINUTELY = ("clock", "send_cards", "deliver")
"""Functions that look once a minute for what is due; EventBridge knows nothing shorter."""


def clock(code: Code) -> Json:
    """The function that goes through the timetable (``loupe.cloud.clock``)."""
    function = Function(
        name="clock",
        handler="clock",
        does="Does what is due by the timetable.",
        bundle=entry_bundle("clock"),
        timeout=LONGEST,
        memory=MEMORY,
        rights=(
            permissions.ledger(),
            permissions.indexes(),
            *permissions.files("Store"),
            *permissions.files("Public"),
            permissions.invalidation(),
        ),
        secrets=True,
    )
    return functions.made(function, code)


def sweep(code: Code) -> Json:
    """Frees what dead functions held and publishes again what got lost."""
    function = Function(
        name="sweep",
        handler="sweep",
        does="Publishes again what is due and was not heard of.",
        bundle=entry_bundle("sweep"),
        timeout=SWEEP_SECONDS,
        memory=MEMORY,
        rights=(permissions.ledger(), permissions.indexes(), permissions.publishing()),
        variables={"LOUPE_TOPIC": ref("Topic")},
    )
    return functions.made(function, code)


def schedules() -> Json:
    """When which function is started, and the role that starts them."""
    every = dict.fromkeys(MINUTELY, "rate(1 minute)")
    every["sweep"] = f"rate({timetable.SWEEP_SECONDS // 60} minutes)"
    found = {f"{logical(name)}Schedule": _schedule(name, rate) for name, rate in every.items()}
    rights = allow(["lambda:InvokeFunction"], [att(logical(name)) for name in every])
    return {**found, "SchedulerRole": functions.role([rights], "scheduler.amazonaws.com")}


def _schedule(function: str, rate: str) -> Json:
    target = {
        "Arn": att(logical(function)),
        "RoleArn": att("SchedulerRole"),
        "Input": json.dumps({"due": True}),
        "RetryPolicy": {"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60},
    }
    properties = {
        "Description": sub(f"${{AWS::StackName}}: {function}"),
        "ScheduleExpression": rate,
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "State": when("Working", "ENABLED", "DISABLED"),
        "Target": target,
    }
    return resource("Scheduler::Schedule", properties)
