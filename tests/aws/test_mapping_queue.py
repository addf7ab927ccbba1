"""The queues' mapping does what AWS documents, on real queues before a real function; SNS fills them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from pipeline.adapters.aws_client import client
from tests.aws.chaos import Chaos, Tally, Target
from tests.aws.mapping_queue import QueueMapping, QueueSettings, as_event, counts, settled
from tests.aws.runtime_api import Function
from tests.aws.stack import made_queue, subscribed
from tests.servers.ministack import MiniStack

CALM = Chaos()
REPORT = QueueSettings(report=True, concurrency=1, wait=0)


@pytest.fixture
def sqs(in_aws: MiniStack) -> Any:
    return client("sqs")


@pytest.fixture
def queue(sqs: Any) -> str:
    """Messages come again after a second, three times."""
    return made_queue(sqs, f"toy-{uuid4().hex[:8]}", visibility=1, receipts=3).url


@pytest.fixture
def function(tmp_path: Path) -> Iterator[Function]:
    with Function("tests.aws.toy_handlers.note", {"NOTES": str(tmp_path / "notes")}) as made:
        (tmp_path / "notes").touch()
        yield made


@contextmanager
def mapped(
    sqs: Any, url: str, function: Function, settings: QueueSettings = REPORT, chaos: Chaos = CALM
) -> Iterator[Tally]:
    tally = Tally()
    mapping = QueueMapping(sqs, url, Target(function, tally), settings, chaos)
    mapping.start()
    try:
        yield tally
        assert settled([mapping.idle], 30, 0.02)
    finally:
        mapping.stop()


def batches(function: Function) -> list[list[str]]:
    return [json.loads(line) for line in Path(function.env["NOTES"]).read_text().splitlines()]


def send(sqs: Any, url: str, *texts: str) -> None:
    entries = [{"Id": str(n), "MessageBody": text} for n, text in enumerate(texts)]
    sqs.send_message_batch(QueueUrl=url, Entries=entries)


def test_what_went_well_is_deleted(sqs: Any, queue: str, function: Function) -> None:
    send(sqs, queue, "a", "b", "c")
    with mapped(sqs, queue, function, QueueSettings(batch_size=2, concurrency=1, wait=0)):
        pass
    assert batches(function) == [["a", "b"], ["c"]]


def test_only_what_is_reported_comes_again(sqs: Any, queue: str, function: Function) -> None:
    send(sqs, queue, "a", "fails:1 b", "c")
    with mapped(sqs, queue, function):
        pass
    assert batches(function) == [["a", "fails:1 b", "c"], ["fails:1 b"]]


def test_a_report_counts_only_where_it_is_asked_for(sqs: Any, queue: str, function: Function) -> None:
    send(sqs, queue, "fails:1 a")
    with mapped(sqs, queue, function, QueueSettings(concurrency=1, wait=0)):
        pass
    assert batches(function) == [["fails:1 a"]]


@pytest.mark.parametrize("how", ["raises", "dies", "odd"])
def test_a_batch_that_fails_comes_again_whole(sqs: Any, queue: str, function: Function, how: str) -> None:
    send(sqs, queue, "a", f"{how}:1 b")
    with mapped(sqs, queue, function):
        pass
    assert [sorted(each) for each in batches(function)] == [["a", f"{how}:1 b"]] * 2


def test_what_was_received_too_often_is_a_dead_letter(sqs: Any, function: Function) -> None:
    queue = made_queue(sqs, f"toy-{uuid4().hex[:8]}", visibility=1, receipts=2)
    send(sqs, queue.url, "fails:99 a", "b")
    with mapped(sqs, queue.url, function):
        pass
    assert batches(function) == [["fails:99 a", "b"], ["fails:99 a"]]
    assert counts(sqs, queue.parked) == (1, 0, 0)
    [message] = sqs.receive_message(QueueUrl=queue.parked)["Messages"]
    assert message["Body"] == "fails:99 a"


def test_refusals_and_duplicates_lose_nothing(sqs: Any, function: Function) -> None:
    queue = made_queue(sqs, f"toy-{uuid4().hex[:8]}", visibility=2, receipts=50).url
    texts = [f"{n}" for n in range(30)]
    chaos = Chaos(seed=1, duplicated=0.2, doubted=0.1, throttled=0.3, shuffled=True, late=1)
    settings = QueueSettings(batch_size=4, report=True, wait=0)
    with mapped(sqs, queue, function, settings, chaos) as tally:
        for start in range(0, 30, 10):
            send(sqs, queue, *texts[start : start + 10])
    came = [text for batch in batches(function) for text in batch]
    assert set(came) == set(texts)
    again = tally.counts["queues: messages doubled"] + tally.counts["queues: deletions lost"]
    assert again > 0
    assert len(came) == len(texts) + again
    assert tally.counts["throttled"] > 0


def test_a_topic_fills_the_queues_whose_policy_matches(sqs: Any) -> None:
    sns = client("sns")
    topic = sns.create_topic(Name=f"toys-{uuid4().hex[:8]}")["TopicArn"]
    urls = {}
    for name in ("one", "two"):
        urls[name] = made_queue(sqs, f"{name}-{uuid4().hex[:8]}", visibility=1, receipts=3).url
        subscribed(sns, sqs, topic, urls[name], {"type": ["due"], "actor": [name]})
    for kind, actor in (("due", "one"), ("settled", "one"), ("due", "three"), ("due", "two")):
        attributes = {"type": kind, "actor": actor}
        sns.publish(
            TopicArn=topic, Message=f"{kind} {actor}",
            MessageAttributes={n: {"DataType": "String", "StringValue": v} for n, v in attributes.items()},
        )  # fmt: skip
    found = {name: sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10) for name, url in urls.items()}
    assert {n: [m["Body"] for m in each["Messages"]] for n, each in found.items()} == {
        "one": ["due one"],
        "two": ["due two"],
    }


def test_messages_have_the_form_that_functions_get(sqs: Any, queue: str) -> None:
    attributes = {"actor": {"DataType": "String", "StringValue": "a"}}
    sqs.send_message(QueueUrl=queue, MessageBody="text", MessageAttributes=attributes)
    [message] = sqs.receive_message(
        QueueUrl=queue, MessageSystemAttributeNames=["All"], MessageAttributeNames=["All"]
    )["Messages"]
    event = as_event(message, "arn:1")
    assert event["body"] == "text"
    assert event["attributes"]["ApproximateReceiveCount"] == "1"
    assert event["messageAttributes"]["actor"]["stringValue"] == "a"
    assert event["eventSource"] == "aws:sqs"
