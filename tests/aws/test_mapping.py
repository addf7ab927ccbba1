"""The stream's mapping does what AWS documents, on a real stream before a real function."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.adapters.aws_client import client
from pipeline.adapters.dynamo_table import Put, Table
from tests.aws.chaos import WILD, Chaos, Tally, Target
from tests.aws.mapping import StreamMapping, StreamSettings, as_event, failures
from tests.aws.mapping_queue import settled
from tests.aws.patterns import matches, wanted
from tests.aws.runtime_api import Function
from tests.servers.ministack import MiniStack

CALM = Chaos()
ROWS = [{"eventName": ["INSERT"], "dynamodb": {"Keys": {"sk": {"S": [{"prefix": "row"}]}}}}]


@dataclass
class Streamed:
    """A table, and what a function behind its stream noted."""

    table: Table
    notes: Path
    tally: Tally

    def put(self, *texts: str, pk: str = "p") -> None:
        for text in texts:
            assert self.table.write(Put({"pk": pk, "sk": f"row {text}", "text": text}))

    @property
    def batches(self) -> list[list[str]]:
        return [json.loads(line) for line in self.notes.read_text().splitlines()]

    @property
    def texts(self) -> list[str]:
        return [text for batch in self.batches for text in batch]


Reading = Callable[..., "Iterator[Streamed]"]


@pytest.fixture
def function(tmp_path: Path) -> Iterator[Function]:
    with Function("tests.aws.toy_handlers.note", {"NOTES": str(tmp_path / "notes")}) as made:
        (tmp_path / "notes").touch()
        yield made


@pytest.fixture
def streamed(aws: MiniStack, table: Table, function: Function) -> Streamed:
    return Streamed(table, Path(function.env["NOTES"]), Tally())


@contextmanager
def mapped(
    aws: MiniStack, to: Streamed, function: Function, settings: StreamSettings, chaos: Chaos = CALM
) -> Iterator[None]:
    """The mapping, until all has been read and handled."""
    arn = client("dynamodb").describe_table(TableName=to.table.name)["Table"]["LatestStreamArn"]
    streams = client("dynamodbstreams")
    mapping = StreamMapping(streams, arn, Target(function, to.tally), settings, chaos)
    mapping.start()
    try:
        yield
        assert settled([mapping.idle], 30, 0.01)
    finally:
        mapping.stop()


def test_records_come_in_batches_and_in_order_once(
    aws: MiniStack, streamed: Streamed, function: Function
) -> None:
    texts = [f"{n}" for n in range(25)]
    streamed.put(*texts)
    with mapped(aws, streamed, function, StreamSettings(batch_size=10)):
        pass
    assert streamed.texts == texts
    assert [len(batch) for batch in streamed.batches] == [10, 10, 5]


def test_what_the_filter_does_not_want_never_comes(
    aws: MiniStack, streamed: Streamed, function: Function
) -> None:
    streamed.put("a")
    streamed.put("a")
    streamed.table.write(Put({"pk": "p", "sk": "task 1", "text": "b"}))
    with mapped(aws, streamed, function, StreamSettings(filters=ROWS)):
        streamed.put("c")
    assert streamed.texts == ["a", "c"]


def test_a_batch_that_fails_comes_again_whole(aws: MiniStack, streamed: Streamed, function: Function) -> None:
    streamed.put("a", "raises:2 b", "c")
    with mapped(aws, streamed, function, StreamSettings()):
        pass
    assert streamed.batches == [["a", "raises:2 b", "c"]] * 3


def test_a_batch_that_fails_is_halved_where_that_is_asked(
    aws: MiniStack, streamed: Streamed, function: Function
) -> None:
    streamed.put("a", "b", "c", "raises:2 d")
    with mapped(aws, streamed, function, StreamSettings(bisect=True)):
        pass
    assert streamed.batches == [["a", "b", "c", "raises:2 d"], ["a", "b"], ["c", "raises:2 d"], ["c"],
                                ["raises:2 d"]]  # fmt: skip


def test_a_report_brings_all_from_the_first_failed_record_on(
    aws: MiniStack, streamed: Streamed, function: Function
) -> None:
    streamed.put("a", "fails:1 b", "c", "fails:1 d")
    with mapped(aws, streamed, function, StreamSettings(report=True)):
        pass
    assert streamed.batches == [["a", "fails:1 b", "c", "fails:1 d"], ["fails:1 b", "c", "fails:1 d"]]


def test_an_answer_without_identifier_fails_the_batch(
    aws: MiniStack, streamed: Streamed, function: Function
) -> None:
    streamed.put("a", "odd:1 b")
    with mapped(aws, streamed, function, StreamSettings(report=True)):
        pass
    assert streamed.batches == [["a", "odd:1 b"]] * 2


def test_a_function_that_dies_gets_the_batch_again(
    aws: MiniStack, streamed: Streamed, function: Function
) -> None:
    streamed.put("a", "dies:1 b")
    with mapped(aws, streamed, function, StreamSettings(report=True)):
        pass
    assert streamed.batches == [["a", "dies:1 b"]] * 2
    assert function.starts == 2


def test_what_fails_for_good_is_told_of_and_the_rest_goes_on(
    aws: MiniStack, streamed: Streamed, function: Function
) -> None:
    told: list[str] = []
    streamed.put("a", "fails:99 b")
    settings = StreamSettings(batch_size=2, report=True, retries=2, on_failure=told.append)
    with mapped(aws, streamed, function, settings):
        streamed.put("c")
    assert streamed.texts == ["a", "fails:99 b", "fails:99 b", "fails:99 b", "c"]
    [body] = map(json.loads, told)
    assert body["DDBStreamBatchInfo"]["batchSize"] == 1


def test_a_refusal_is_no_retry(aws: MiniStack, streamed: Streamed, function: Function) -> None:
    texts = [f"{n}" for n in range(20)]
    streamed.put(*texts)
    chaos = Chaos(seed=3, throttled=0.5)
    with mapped(aws, streamed, function, StreamSettings(batch_size=1, retries=0), chaos):
        pass
    assert streamed.tally.counts["throttled"] > 5
    assert streamed.texts == texts


def test_in_chaos_all_comes_and_each_key_in_order(
    aws: MiniStack, streamed: Streamed, function: Function
) -> None:
    texts = {pk: [f"{pk}{n}" for n in range(30)] for pk in "abc"}
    for n in range(30):
        for pk in texts:
            streamed.put(f"{pk}{n}", pk=pk)
    chaos = Chaos(**{**vars(WILD), "seed": 5, "duplicated": 0.3})
    with mapped(aws, streamed, function, StreamSettings(batch_size=4, parallel=2, report=True), chaos):
        pass
    first = list(dict.fromkeys(streamed.texts))
    assert {pk: [text for text in first if text[0] == pk] for pk in texts} == texts
    assert len(streamed.texts) > 90
    assert streamed.tally.counts["stream: batches again"] > 0


def test_answers_are_read_as_aws_reads_them() -> None:
    assert failures(None) == failures({}) == failures({"batchItemFailures": []}) == set()
    assert failures({"batchItemFailures": [{"itemIdentifier": "1"}, {"itemIdentifier": "2"}]}) == {"1", "2"}
    for odd in ({"itemIdentifier": ""}, {"itemIdentifier": None}, {"wrong": "1"}):
        assert failures({"batchItemFailures": [{"itemIdentifier": "1"}, odd]}) is None


def test_records_have_the_form_that_functions_get() -> None:
    record = {"eventName": "INSERT", "dynamodb": {"NewImage": {"raw": {"B": b"\0\1"}}}}
    event = as_event(record, "arn:1")
    assert event["dynamodb"]["NewImage"]["raw"] == {"B": "AAE="}
    assert event["eventSourceARN"] == "arn:1"


def test_patterns_compare_as_documented() -> None:
    record = {"a": "text", "b": {"c": 3}}
    assert matches({"a": ["no", "text"], "b": {"c": [3]}}, record)
    assert matches(
        {"a": [{"prefix": "te"}], "d": [{"exists": False}], "b": {"x": [{"exists": False}]}}, record
    )
    assert matches({"a": [{"suffix": "xt"}], "b": {"c": [{"anything-but": [4]}]}}, record)
    for other in ({"a": ["te"]}, {"b": ["c"]}, {"d": [{"exists": True}]}, {"a": [{"anything-but": "text"}]}):
        assert not matches(other, record)
    assert wanted([], record)
    assert wanted([{"a": ["no"]}, {"a": ["text"]}], record)
    assert not matches({"b": [{"exists": True}]}, record)
    with pytest.raises(ValueError, match="'exists' must be compared with a list"):
        matches({"a": {"exists": True}}, record)
    with pytest.raises(ValueError, match="No comparison 'cidr'"):
        matches({"a": [{"cidr": "10.0.0.0/8"}]}, record)
