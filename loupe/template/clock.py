"""What is done at its time: one schedule for each row of the timetable that makes sense on AWS."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from loupe import settings, timetable
from loupe.ground import ground
from loupe.packing import entry_bundle
from loupe.template import functions, people, permissions
from loupe.template.entries import MEMORY
from loupe.template.functions import Code, Function
from loupe.template.parts import Json, allow, att, logical, ref, resource, sub, when
from scheduler.timetable import Entry, entries

LONGEST = 900
ELSEWHERE = {
    "sweep": "a function of its own",
    "alarms": "CloudWatch's alarms",
    "digest": "Loupe on AWS makes no digests",
    "beat": "a service has no parts that could be silent",
    "export": "exports are made from a copy of the table",
    "tidy store": "the bucket's rules",
    "tidy public": "the bucket's rules",
    "tidy archive": "the bucket's rules",
    "uploads": "there is no box of uploads",
    "originals": "there is no box of uploads",
    "facts of earlier images": "facts are written with their rows",
    "tallies": "facts are written with their rows",
    "forget alarms": "items of the table end by themselves",
    "forget news": "items of the table end by themselves",
    "forget wakes": "items of the table end by themselves",
    "forget visits": "items of the table end by themselves",
}
"""Rows of the timetable that have no schedule on AWS, and who does it there."""


def rows() -> list[Entry]:
    """The rows that have a schedule, from the timetable of a machine where nothing is set."""
    with TemporaryDirectory() as folder:
        base = ground(settings.Settings(_env_file=None, data=Path(folder)))  # type: ignore[call-arg]
        everything = [*timetable.rows(base), *timetable.digests(base).listed()[:1]]
        return [each for each in entries(everything) if each.name not in ELSEWHERE]


def clock(code: Code, timed: Sequence[Entry]) -> Json:
    """The function that does what is due, and its schedules."""
    function = Function(
        name="clock",
        handler="clock",
        does="Does what is due at its time.",
        bundle=entry_bundle("clock"),
        timeout=LONGEST,
        memory=MEMORY,
        rights=(
            *people.everything(),
            permissions.sending("CardsQueue", "NewsQueue"),
            permissions.publishing(),
        ),
        variables=people.BELLS | {"LOUPE_TOPIC": ref("Topic")},
        secrets=True,
    )
    schedules = {f"{_id(each)}Schedule": _row(each) for each in timed}
    return {**functions.made(function, code), **schedules}


def sweep(code: Code) -> Json:
    """Frees what dead functions held and publishes again what got lost, every five minutes."""
    function = Function(
        name="sweep",
        handler="sweep",
        does="Publishes again what is due and was not heard of.",
        bundle=entry_bundle("sweep"),
        timeout=240,
        memory=MEMORY,
        rights=(permissions.ledger(), permissions.indexes(), permissions.publishing()),
        variables={"LOUPE_TOPIC": ref("Topic")},
    )
    return {
        **functions.made(function, code),
        "SweepSchedule": _schedule("Sweep", f"rate({timetable.SWEEP_SECONDS // 60} minutes)", {}),
    }


def minutely() -> Json:
    """Cards and news that lost their message are looked for every minute."""
    told = {"due": True}
    return {
        f"{logical(name)}Schedule": _schedule(logical(name), "rate(1 minute)", told)
        for name in ("send_cards", "deliver")
    }


def scheduler() -> Json:
    """Who starts functions at their time."""
    started = [att(logical(name)) for name in ("clock", "sweep", "send_cards", "deliver")]
    rights = allow(["lambda:InvokeFunction"], started)
    return {"SchedulerRole": functions.role([rights], "scheduler.amazonaws.com")}


def _id(entry: Entry) -> str:
    return logical(re.sub(r"\W+", "_", entry.name))


def _row(entry: Entry) -> Json:
    return _schedule("Clock", entry.expression, {"row": entry.name})


def _schedule(function: str, expression: str, told: Json) -> Json:
    target = {
        "Arn": att(function),
        "RoleArn": att("SchedulerRole"),
        "Input": json.dumps(told),
        "RetryPolicy": {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 300},
    }
    properties = {
        "Description": sub("${AWS::StackName}: " + (told.get("row") or function)),
        "ScheduleExpression": expression,
        "ScheduleExpressionTimezone": ref("Timezone"),
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "State": when("Working", "ENABLED", "DISABLED"),
        "Target": target,
    }
    return resource("Scheduler::Schedule", properties)
