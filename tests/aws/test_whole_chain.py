"""Pictures dropped in the bucket of a deployed template, and the reports that come of them.

Everything between the two is what AWS would do, done by MiniStack: notification, queues, functions as
processes, the table's stream, the topic. Then the same pictures go through the engine of one machine.
"""

import io
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from pipeline.chain import discover
from tests.aws import javascript
from tests.aws.likeness import likeness
from tests.aws.local import reports_here
from tests.aws.packages import Packages
from tests.aws.whole import Deployed, deployed
from tests.servers.ministack import MiniStack

DATA = Path(__file__).parents[1] / "data"
LARGEST = 700_000
"""Pixels of a photo that is compared: larger ones take seconds in either engine and show nothing more."""
COUNT = 20
"""Pictures in all; `python -m bench.aws_chain` takes as many as are asked for."""
PATIENCE = 400.0
FOREIGN = "estimate_quality"
"""The actor in examples/javascript."""
pytestmark = pytest.mark.timeout(600)


def photos() -> dict[str, bytes]:
    """The photos of tests/data that are small, with their GPS, odd formats and broken ones."""
    found = {
        path.name: path.read_bytes() for path in sorted(DATA.iterdir()) if path.suffix not in (".md", ".json")
    }
    return {name: data for name, data in found.items() if _pixels(data) <= LARGEST}


def drawn(count: int) -> dict[str, bytes]:
    """Small pictures, no two alike."""
    return {f"drawn{number:03}.jpg": _drawing(number) for number in range(count)}


def _drawing(number: int) -> bytes:
    picture = Image.new("RGB", (96 + number % 7, 72 + number % 5), (number * 2 % 256, 90, 200 - number))
    ImageDraw.Draw(picture).ellipse((number % 40, 5, 60, 60), fill=(250, number * 3 % 256, 30))
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=85)
    return file.getvalue()


def _pixels(data: bytes) -> int:
    try:
        with Image.open(io.BytesIO(data)) as picture:
            return picture.width * picture.height
    except OSError:
        return 0


@dataclass(frozen=True)
class Ran:
    """What came of it all."""

    deployment: Deployed
    reports: dict[str, dict[str, Any]]
    seconds: float
    """From the first put to the last result."""


@pytest.fixture(scope="module")
def ran(aws: MiniStack, packed: Packages) -> Iterator[Ran]:
    pictures = photos()
    pictures |= drawn(COUNT - len(pictures))
    with deployed(aws, discover(), packed.pointer) as deployment:
        base, topic = deployment.base, deployment.there["Topic"]
        names = {"TopicArn": topic, "TableName": base.table.name, "StoreBucket": base.store.bucket}
        javascript.deployed(aws, f"{base.table.name[:20]}-js", base.store.bucket, **names)
        began = time.monotonic()
        deployment.drop(pictures)
        reports = deployment.settled(len(pictures), PATIENCE)
        yield Ran(deployment, reports, time.monotonic() - began)


def test_every_picture_settles_and_nothing_is_parked(ran: Ran, capsys: pytest.CaptureFixture[str]) -> None:
    own = sum(each["ms"] for report in ran.reports.values() for each in report["actors"].values()) / 1000
    with capsys.disabled():
        print(f"\n{COUNT} images in {ran.seconds:.0f} s; the actors' own time is {own:.0f} s", end=" ")
    assert len(ran.reports) == COUNT
    assert {report["state"] for report in ran.reports.values()} <= {"done", "held", "rejected"}
    assert ran.deployment.parked() == {}


AGAIN = {"archive_original", "restore_original", "remove_original", "report_publication"}
"""Run a second time where the clock's first look, which adopts when to archive, finds pictures."""


def test_every_actor_has_one_row_for_each_picture(ran: Ran) -> None:
    names = {"arrival", *discover().names()}
    for report in ran.reports.values():
        rows = [item["sk"] for item in ran.deployment.base.table.query(report["id"], "result#")]
        own = [row.removeprefix("result#") for row in rows if FOREIGN not in row]
        once = {f"{name}#000001" for name in names}
        assert once <= set(own)
        assert set(own) - once <= {f"{name}#000002" for name in AGAIN}
        assert len(set(own)) == len(own)


def test_an_actor_in_another_language_took_part(ran: Ran) -> None:
    catalog = ran.deployment.base.catalog

    def estimated() -> dict[str, Any]:
        reports = (catalog.report(report["id"]) for report in ran.reports.values())
        return {each["source"]["name"]: each["foreign"][FOREIGN] for each in reports if "foreign" in each}

    until = time.monotonic() + PATIENCE
    while len(found := estimated()) < COUNT - len(photos()) and time.monotonic() < until:
        time.sleep(0.2)
    assert found["drawn000.jpg"] == {"quality": 85, "distance": 0}


def test_what_was_published_lies_in_the_public_bucket_and_nothing_else(ran: Ran) -> None:
    named = {
        each["url"].partition("/i/")[2] for report in ran.reports.values() for each in report["renditions"]
    }
    there = {key for key in ran.deployment.keys("Public") if not key.endswith("/")}
    assert named
    assert named <= there
    published = {report["id"] for report in ran.reports.values() if report["state"] == "done"}
    assert {key.partition("/")[0] for key in there} <= published


def test_reports_are_those_of_one_machine(ran: Ran, tmp_path: Path) -> None:
    pictures = photos()
    ids = {name: ran.reports[name]["id"] for name in pictures}
    here = reports_here(tmp_path, pictures, ids)
    assert len(here) == len(pictures) > 10
    for name, report in here.items():
        there = ran.reports[name] | {"actors": dict(ran.reports[name]["actors"])}
        there.pop("foreign", None)
        there["actors"].pop(FOREIGN, None)
        assert likeness(there) == likeness(report), name
