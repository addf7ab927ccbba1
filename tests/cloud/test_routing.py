"""The router: what the stream says, and which events follow."""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from loupe.cloud.routing import Router, heard, overdue
from loupe.cloud.running import nothing
from pipeline.adapters.dynamo_items import row_item, task_item
from pipeline.adapters.dynamo_table import dumped
from pipeline.adapters.dynamo_tallies import Ended
from pipeline.adapters.memory_ledger import MemoryLedger
from pipeline.engine import Engine
from pipeline.errors import Unavailable
from pipeline.ledger import Follow, Row, Settled, Task
from pipeline.topic import Message
from tests.flow import toy

Record = dict[str, Any]


@dataclass
class Topic:
    """Keeps what is published, or is closed."""

    messages: list[Message] = field(default_factory=list)
    closed: bool = False

    def publish(self, messages: Sequence[Message]) -> None:
        if self.closed:
            raise Unavailable("The topic answered Throttled.")
        self.messages += messages

    def due(self) -> list[str]:
        """Actors that were told of a run, in alphabetical order; forgets all."""
        told, self.messages = self.messages, []
        return sorted(m.attributes["actor"] for m in told if m.attributes["type"] == "due")


@dataclass
class Desk:
    """A router over a ledger in memory."""

    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    topic: Topic = field(default_factory=Topic)
    counted: list[Ended] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.engine = Engine(toy.TOY, self.ledger)
        self.router = Router(self.engine, self.ledger, self.topic, "urn:loupe:test", self.counted.extend)

    def enter(self, name: str = "parcel") -> str:
        [entry] = self.ledger.enter([(name, toy.parcel(name))], nothing)
        return entry.arrived.image

    def run(self, image: str, actor: str) -> Record:
        """Run what is due, and the record of its row."""
        works = [self.ledger.take("w", self.ledger.open_tasks(image)[actor], 60)]
        outcome = self.engine.run(works[0])  # type: ignore[arg-type]
        assert isinstance(outcome, Settled)
        self.ledger.turn("w", [outcome], nothing, want=0, lease=0)
        return record(outcome.row)

    def arrival(self, image: str) -> Record:
        return record(self.ledger.rows(image)["arrival"])


def record(row: Row, event: str = "INSERT") -> Record:
    return {"eventName": event, "dynamodb": {"NewImage": dumped(row_item(row))}}


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_what_landed_is_told_and_starts_what_waited_for_it(desk: Desk) -> None:
    image = desk.enter()
    desk.router.route([desk.arrival(image)])
    ready, told = desk.topic.messages
    assert (ready.id, told.id) == (f"{image}/weigh/1/due", f"{image}/arrival/1/settled")
    assert json.loads(ready.body)["source"] == "urn:loupe:test"
    assert list(desk.ledger.open_tasks(image)) == ["weigh"]


def test_the_same_again_tells_the_same_and_doubles_nothing(desk: Desk) -> None:
    image = desk.enter()
    for _ in range(2):
        desk.router.route([desk.arrival(image)])
    assert desk.topic.due() == ["weigh", "weigh"]
    weighed = desk.run(image, "weigh")
    desk.router.route([desk.arrival(image), weighed, weighed])
    assert desk.topic.due() == ["fold", "paint"]
    desk.router.route([desk.arrival(image)])
    assert desk.topic.due() == []


def test_runs_are_counted_for_the_figures_and_arrivals_are_not(desk: Desk) -> None:
    image = desk.enter()
    desk.router.route([desk.arrival(image)])
    assert desk.counted == []
    desk.router.route([weighed := desk.run(image, "weigh")])
    row = desk.ledger.rows(image)["weigh"]
    assert weighed["eventName"] == "INSERT"
    assert desk.counted == [Ended("weigh", "done", row.at.timestamp(), row.ms)]


def test_figures_that_cannot_be_written_stop_nothing(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    def closed(_ended: Sequence[Ended]) -> None:
        raise Unavailable("The table answered Throttled.")

    image = desk.enter()
    replace(desk.router, count=closed).route([desk.arrival(image)])
    replace(desk.router, count=closed).route([desk.run(image, "weigh")])
    assert desk.topic.due() == ["fold", "paint", "weigh"]
    assert "1 runs are missing in the figures" in caplog.text


def test_a_join_is_due_when_its_last_row_landed_and_not_before(desk: Desk) -> None:
    image = desk.enter()
    desk.router.route([desk.arrival(image)])
    desk.router.route([desk.run(image, "weigh")])
    desk.topic.due()
    desk.router.route([desk.run(image, "fold")])
    assert desk.topic.due() == []
    desk.router.route([desk.run(image, "paint")])
    assert desk.topic.due() == ["wrap"]


def test_what_is_held_is_not_told_again(desk: Desk) -> None:
    image = desk.enter()
    desk.router.route([desk.arrival(image)])
    desk.ledger.take("w", desk.ledger.open_tasks(image)["weigh"], 60)
    desk.topic.due()
    desk.router.route([desk.arrival(image)])
    assert desk.topic.due() == []


def test_a_demanded_run_is_told(desk: Desk) -> None:
    task = Task("01a20557-047c-716c-92b7-c6621bec60c4", "weigh", 2, 50, 1.0)
    item = dumped(task_item(task, demanded=True))
    desk.router.route([{"eventName": "INSERT", "dynamodb": {"NewImage": item}}])
    assert [m.id for m in desk.topic.messages] == [f"{task.image}/weigh/2/due"]


def test_only_what_is_new_speaks(desk: Desk) -> None:
    row = desk.ledger.rows(desk.enter())["arrival"]
    assert heard([record(row, "MODIFY"), record(row, "REMOVE")]) == {}
    plain = {
        "eventName": "INSERT",
        "dynamodb": {"NewImage": dumped(task_item(Task("i", "weigh", 1, 5, 1.0)))},
    }
    assert heard([plain]) == {}


def test_a_closed_topic_is_told_and_the_next_try_finds_it_all(desk: Desk) -> None:
    image = desk.enter()
    desk.topic.closed = True
    with pytest.raises(Unavailable):
        desk.router.route([desk.arrival(image)])
    desk.topic.closed = False
    desk.router.route([desk.arrival(image)])
    assert desk.topic.due() == ["weigh"]


def test_an_image_that_cannot_be_followed_stops_no_other(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    odd, well = desk.enter("odd"), desk.enter("well")
    followed = desk.ledger.followed

    def stumble(image: str, follow: Follow) -> list[Task]:
        if image == odd:
            raise ZeroDivisionError("a bug")
        return followed(image, follow)

    monkeypatch.setattr(desk.ledger, "followed", stumble)
    with caplog.at_level(logging.ERROR, "loupe.route"):
        desk.router.route([desk.arrival(odd), desk.arrival(well)])
    assert [m.id for m in desk.topic.messages if m.id.endswith("due")] == [f"{well}/weigh/1/due"]
    assert [each.__dict__["image"] for each in caplog.records] == [odd]


def test_when_the_table_is_away_what_was_done_stays_done(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    images = [desk.enter(name) for name in ("one", "two", "three")]
    followed, away = desk.ledger.followed, {images[1]}

    def follow(image: str, follow: Follow) -> list[Task]:
        if image in away:
            raise Unavailable("The table cannot be reached.")
        return followed(image, follow)

    monkeypatch.setattr(desk.ledger, "followed", follow)
    records = [desk.arrival(images[at]) for at in (0, 0, 1, 0, 2)]
    assert desk.router.route(records) == 2
    assert [m.id for m in desk.topic.messages if m.id.endswith("due")] == [f"{images[0]}/weigh/1/due"]
    away.clear()
    assert desk.router.route(records[2:]) is None
    assert {m.id for m in desk.topic.messages if m.id.endswith("due")} == {f"{i}/weigh/1/due" for i in images}


def test_what_lost_its_message_is_told_again(desk: Desk) -> None:
    image = desk.enter()
    desk.router.route([desk.arrival(image)])
    desk.topic.due()
    assert overdue(desk.engine, desk.ledger, desk.topic, "urn:loupe:test", -1.0, 10) == 1
    assert desk.topic.due() == ["weigh"]
    assert overdue(desk.engine, desk.ledger, desk.topic, "urn:loupe:test", 600.0, 10) == 0
