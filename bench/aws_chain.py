"""`python -m bench.aws_chain [--count N] [--usage FILE]`: pictures through a deployed template.

The template is deployed into MiniStack, pictures are put into its bucket, and every event reaches its
function as it would at AWS. Printed: the time from the first put to the last result beside the actors' own
time in the same run. With --usage what was counted goes to a file for `python -m bench.aws_cost`.
"""

import json
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from loupe.costing import Runs, Usage, counted, runs
from loupe.packing.building import build
from pipeline.adapters.request_count import FILE
from pipeline.chain import discover
from tests.aws.test_whole_chain import drawn, photos
from tests.aws.whole import Deployed, deployed
from tests.servers.ministack import ministack

PATIENCE = 1800.0
MONTH_MINUTES = 60 * 24 * 30
A_MINUTE, FIVE_MINUTES = "rate(1 minute)", "rate(5 minutes)"


def main(words: list[str]) -> int:
    """Run it once and print a line."""
    parser = ArgumentParser(prog="python -m bench.aws_chain")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--usage", type=Path, metavar="FILE")
    given = parser.parse_args(words)
    pictures = photos()
    pictures |= drawn(given.count - len(pictures))
    built = {each.bundle: each.path for each in build()}

    def zips(bundle: str) -> bytes:
        return built[bundle].read_bytes()

    with tempfile.TemporaryDirectory() as name:
        requests = Path(name, "requests")
        requests.touch()
        with ministack(Path(name), **{FILE: str(requests)}) as aws, deployed(aws, discover(), zips) as loupe:
            began = time.monotonic()
            loupe.drop(pictures)
            reports = loupe.settled(len(pictures), PATIENCE)
            seconds = time.monotonic() - began
            usage = measured(loupe, len(reports), requests.read_text().splitlines())
    own = sum(each["ms"] for report in reports.values() for each in report["actors"].values()) / 1000
    states = dict(Counter(report["state"] for report in reports.values()))
    print(
        f"{len(reports)} images in {seconds:.1f} s; the actors' own time is {own:.1f} s;"
        f" together {seconds / own:.2f} of it; {states}"
    )
    if given.usage:
        given.usage.write_text(json.dumps(asdict(usage), indent=1))
    return 0


def measured(loupe: Deployed, images: int, requests: list[str]) -> Usage:
    """What so many images used."""
    asked, units = counted(requests)
    functions = {name: _runs(loupe, name) for name in _names(loupe)}
    stored = {
        "s3.standard": _size(loupe, "Store") + _size(loupe, "Public"),
        "dynamodb.stored": int(loupe.aws.client("dynamodb").describe_table(
            TableName=loupe.there["Table"])["Table"]["TableSizeBytes"]),
    }  # fmt: skip
    return Usage(
        images=images,
        functions={name: each for name, each in functions.items() if each.invocations},
        requests=asked,
        units=units,
        stored=stored,
        logged=sum(len(line) for name in functions for line in _log(loupe, name)),
        standing=standing(loupe),
    )


def standing(loupe: Deployed) -> Mapping[str, int]:
    """What costs money whatever comes."""
    resources = loupe.template()["Resources"].values()
    kinds = Counter(each["Type"] for each in resources)
    schedules = [
        each["Properties"]["ScheduleExpression"]
        for each in resources
        if each["Type"] == "AWS::Scheduler::Schedule"
    ]
    calls = {A_MINUTE: MONTH_MINUTES, FIVE_MINUTES: MONTH_MINUTES // 5}
    events = (e for each in resources for e in each["Properties"].get("Events", {}).values())
    return {
        "queues": sum(each["Type"] == "SQS" for each in events),
        "alarm": kinds["AWS::CloudWatch::Alarm"],
        "dashboard": kinds["AWS::CloudWatch::Dashboard"],
        "metric": kinds["AWS::Logs::MetricFilter"],
        "schedule": sum(calls.get(each, 30) for each in schedules),
    }


def _names(loupe: Deployed) -> list[str]:
    return [name for name, kind in loupe.kinds.items() if kind == "AWS::Lambda::Function"]


def _runs(loupe: Deployed, name: str) -> Runs:
    log = _log(loupe, name)
    found = runs(log)
    return Runs(found.invocations, found.ms, found.memory, found.invocations)


def _log(loupe: Deployed, name: str) -> list[str]:
    group = f"/aws/lambda/{loupe.there[name]}"
    pages = loupe.aws.client("logs").get_paginator("filter_log_events").paginate(logGroupName=group)
    return [event["message"] for page in pages for event in page["events"]]


def _size(loupe: Deployed, bucket: str) -> int:
    pages: Any = loupe.aws.client("s3").get_paginator("list_objects_v2")
    listed = pages.paginate(Bucket=loupe.there[bucket])
    return sum(each["Size"] for page in listed for each in page.get("Contents", ()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
