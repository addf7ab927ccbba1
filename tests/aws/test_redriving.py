"""What was parked on AWS is run again, and its messages leave the dead-letter queues."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from loupe import aws as functions
from loupe.cloud import opening
from loupe.cloud.parked import parked, stack
from loupe.cloud.redriving import Redriven, redrive
from loupe.settings import Settings, load
from pipeline.adapters.dynamo_ledger import DynamoLedger
from pipeline.adapters.dynamo_table import Table
from pipeline.adapters.sqs_queue import SqsQueue, queues
from pipeline.engine import Engine
from pipeline.errors import Unavailable
from pipeline.ledger import Task, Work
from pipeline.topic import due, source
from tests.cloud.slack_house import Context
from tests.contract.ledgers import FAILED, claim, engine, enter, names, row, settle
from tests.flow import toy
from tests.servers.ministack import MiniStack


@pytest.fixture
def ledger(table: Table) -> DynamoLedger:
    return DynamoLedger(table)


@pytest.fixture
def queue(in_aws: MiniStack) -> SqsQueue:
    """A dead-letter queue whose messages can be looked at again at once."""
    made = in_aws.client("sqs").create_queue(
        QueueName=f"parked-{uuid4().hex[:8]}", Attributes={"VisibilityTimeout": "0"}
    )
    return SqsQueue(made["QueueUrl"])


def message(task: Task) -> str:
    return due(task, source("loupe"), datetime.now(UTC)).body


def failed(ledger: DynamoLedger, queue: SqsQueue, delivery: str = "d1") -> Task:
    """An image whose first actor was parked as the function does it: the message, and the row."""
    image = enter(ledger, delivery)
    (work,) = [each for each in claim(ledger, want=10) if each.task.image == image]
    queue.send(message(work.task))
    settle(ledger, row(work, FAILED))
    return work.task


def weighing(ledger: DynamoLedger) -> list[Work]:
    """Claim what is due; the runs of that actor."""
    return [work for work in claim(ledger, want=20) if work.task.actor == "weigh"]


def test_a_parked_run_is_due_again_and_its_message_is_gone(ledger: DynamoLedger, queue: SqsQueue) -> None:
    task = failed(ledger, queue)
    assert redrive(engine(ledger), [queue]) == Redriven(replayed=((task.image, "weigh"),))
    assert queue.count() == 0
    assert ledger.open_tasks(task.image)["weigh"].revision == 2
    assert "weigh" in names(claim(ledger, want=10))


def test_a_message_that_came_twice_is_replayed_once(ledger: DynamoLedger, queue: SqsQueue) -> None:
    task = failed(ledger, queue)
    queue.send(message(task))
    done = redrive(engine(ledger), [queue])
    assert (done.replayed, done.stale) == (((task.image, "weigh"),), 1)
    assert queue.count() == 0
    assert ledger.open_tasks(task.image)["weigh"].revision == 2


def test_what_somebody_replayed_already_is_thrown_away(ledger: DynamoLedger, queue: SqsQueue) -> None:
    task = failed(ledger, queue)
    engine(ledger).replay(task.image)
    assert redrive(engine(ledger), [queue]) == Redriven(stale=1)
    (again,) = weighing(ledger)
    queue.send(message(task))
    settle(ledger, row(again))
    assert redrive(engine(ledger), [queue]) == Redriven(stale=1)
    assert queue.count() == 0
    assert ledger.rows(task.image)["weigh"].state == "done"


def test_what_belongs_to_no_image_any_more_is_thrown_away(ledger: DynamoLedger, queue: SqsQueue) -> None:
    queue.send(message(Task("019a9d3e-1f00-7000-8000-000000000001", "weigh", 1, 50, 0.0)))
    queue.send(message(replace(failed(ledger, queue), actor="nobody")))
    assert redrive(engine(ledger), [queue]).stale == 2
    assert queue.count() == 0


def test_a_run_that_is_just_ending_keeps_its_message(ledger: DynamoLedger, queue: SqsQueue) -> None:
    """The function parks the message before it writes the row."""
    enter(ledger)
    (work,) = claim(ledger)
    queue.send(message(work.task))
    assert redrive(engine(ledger), [queue]) == Redriven(running=1)
    assert queue.count() == 1
    settle(ledger, row(work, FAILED))
    assert redrive(engine(ledger), [queue]).replayed == ((work.task.image, "weigh"),)


def test_what_sqs_parked_before_it_ever_ran_is_left_to_the_sweep(
    ledger: DynamoLedger, queue: SqsQueue
) -> None:
    image = enter(ledger)
    queue.send(message(ledger.open_tasks(image)["weigh"]))
    assert redrive(engine(ledger), [queue]) == Redriven(stale=1)
    assert [task.actor for task in ledger.overdue(0, 10)] == ["weigh"]


def test_what_names_no_run_stays_for_people_and_ends_the_pass_when_it_comes_again(
    ledger: DynamoLedger, queue: SqsQueue
) -> None:
    queue.send("hello")
    task = failed(ledger, queue)
    done = redrive(engine(ledger), [queue])
    assert (done.replayed, done.unreadable) == (((task.image, "weigh"),), 1)
    assert queue.count() == 1


def test_a_pass_ends_and_the_next_goes_on(ledger: DynamoLedger, queue: SqsQueue) -> None:
    tasks = [failed(ledger, queue, f"d{n}") for n in range(4)]
    assert len(redrive(engine(ledger), [queue], most=3).replayed) == 3
    assert len(redrive(engine(ledger), [queue]).replayed) == 1
    assert {task.image for task in tasks} == {work.task.image for work in weighing(ledger)}


class Dying:
    """A queue whose reader is killed before it can delete anything."""

    def __init__(self, queue: SqsQueue) -> None:
        self.messages = queue.messages

    def delete(self, receipt: str) -> None:
        raise Unavailable("The queue is not there.")


def test_who_dies_before_deleting_has_replayed_and_the_next_one_cleans_up(
    ledger: DynamoLedger, queue: SqsQueue
) -> None:
    task = failed(ledger, queue)
    with pytest.raises(Unavailable):
        redrive(engine(ledger), [Dying(queue)])
    assert redrive(engine(ledger), [queue]) == Redriven(stale=1)
    assert [work.task.revision for work in weighing(ledger)] == [2]
    assert task.revision == 1


@pytest.fixture
def named(in_aws: MiniStack) -> Iterator[tuple[Settings, dict[str, SqsQueue]]]:
    """Settings of a stack, and queues called as CloudFormation calls them."""
    prefix = f"pictures-{uuid4().hex[:8]}"
    ends = ["WeighParked-X1Y2", "WeighQueue-Z", "PaintParked-3", "PaintParkedToo-9", "ArrivalsParked-4"]
    made = [in_aws.client("sqs").create_queue(QueueName=f"{prefix}-{end}")["QueueUrl"] for end in ends]
    found = dict(zip(ends, map(SqsQueue, made), strict=True))
    yield load().model_copy(update={"table": f"{prefix}-Table-1ABC"}), found
    for url in made:
        in_aws.client("sqs").delete_queue(QueueUrl=url)


def test_the_queues_of_a_stack_are_found_by_their_names(named: tuple[Settings, dict[str, SqsQueue]]) -> None:
    settings, made = named
    urls = {name: queue.url for name, queue in parked(settings, toy.TOY).items()}
    assert urls == {"weigh": made["WeighParked-X1Y2"].url, "paint": made["PaintParked-3"].url}
    assert [*parked(settings, toy.TOY, "paint")] == ["paint"]
    assert parked(settings, toy.TOY, "fold") == {}
    assert stack(settings.model_copy(update={"table": "mine"})) == "mine"


def test_a_queue_says_about_how_much_is_in_it(named: tuple[Settings, dict[str, SqsQueue]]) -> None:
    queue = named[1]["WeighParked-X1Y2"]
    assert queue.count() == 0
    queue.send("a")
    assert queue.count() == 1
    with pytest.raises(Unavailable, match=r"^The queue none answered \w+"):
        SqsQueue(queue.url.replace(queue.name, "none")).count()
    assert queues("no-such-prefix") == []


def test_the_function_goes_through_the_queues_that_it_is_told(
    ledger: DynamoLedger, queue: SqsQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Base:
        def engine(self) -> Engine:
            return engine(ledger)

    task = failed(ledger, queue)
    monkeypatch.setattr(opening, "base", Base)
    monkeypatch.setenv("LOUPE_PARKED_QUEUES", json.dumps({"weigh": queue.url}))
    assert functions.redrive({"actor": "paint"}, Context())["replayed"] == ()
    assert functions.redrive({}, Context()) == {
        "replayed": ((task.image, "weigh"),), "stale": 0, "running": 0, "unreadable": 0,
    }  # fmt: skip
