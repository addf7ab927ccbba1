"""The mapping between a DynamoDB stream and a function, as Lambda runs it; the stream itself is real.

After docs.aws.amazon.com/lambda/latest/dg: "Using AWS Lambda with Amazon DynamoDB" (with-ddb), "Process
DynamoDB records with Lambda" (services-dynamodb-eventsourcemapping), "Configuring partial batch response
with DynamoDB and Lambda" (services-ddb-batchfailurereporting), "Retain discarded records for a DynamoDB event
source in Lambda" (services-dynamodb-errors), "Lambda parameters for Amazon DynamoDB event source mappings"
(services-ddb-params); and docs.aws.amazon.com/amazondynamodb, "Change data capture for DynamoDB Streams".

Records of one key come in order, through one lane of ``parallel``. A batch that fails comes again, whole,
from the first failed record on, or in halves; the lane waits meanwhile. Nothing is forgotten before the last
retry, and then it goes to ``on_failure``. What was handled may come again, from an earlier place on.
"""

import json
import time
import zlib
from base64 import b64encode
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Condition, Event, Thread
from typing import Any

from tests.aws.chaos import Chaos, Fate, Target
from tests.aws.patterns import wanted
from tests.aws.runtime_api import REGION, Throttled

Record = dict[str, Any]
POLL_SECONDS = 0.05
"""AWS asks an idle shard four times a second; tests need not wait so long."""
PAUSE, LONGEST_PAUSE = 0.02, 1.0
"""Seconds before a repetition, doubled each time."""
READ = 1000
"""Records asked for at once: the most that ``GetRecords`` gives."""
EXPIRED = "ExpiredIteratorException"


@dataclass(frozen=True)
class StreamSettings:
    """A mapping's parameters, with the defaults of AWS."""

    batch_size: int = 100
    parallel: int = 1
    bisect: bool = False
    report: bool = False
    """ReportBatchItemFailures."""
    retries: int = -1
    max_age: float = -1.0
    """Seconds."""
    filters: Sequence[Mapping[str, Any]] = ()
    on_failure: Callable[[str], object] | None = None
    """Sends a body to the destination of discarded records."""


class StreamMapping:
    """Reads the one shard of a stream and invokes a function, on threads of its own."""

    def __init__(
        self, streams: Any, arn: str, target: Target, settings: StreamSettings, chaos: Chaos
    ) -> None:
        self.streams, self.arn, self.target, self.settings = streams, arn, target, settings
        self._stop, self._caught_up = Event(), Event()
        self._lanes = [_Lane(self, Fate(chaos, f"stream/{n}")) for n in range(settings.parallel)]
        runs = [self._read, *(lane.run for lane in self._lanes)]
        self._threads = [Thread(target=run, name=f"stream-{n}", daemon=True) for n, run in enumerate(runs)]

    def start(self) -> None:
        """From the oldest record on: TRIM_HORIZON."""
        for each in self._threads:
            each.start()

    def stop(self) -> None:
        """After what is under way."""
        self._stop.set()
        for lane in self._lanes:
            lane.wake()
        for each in self._threads:
            each.join()

    def idle(self) -> bool:
        """Has all that was written before this question been read and handled?"""
        self._caught_up.clear()
        read = self._caught_up.wait(10 + POLL_SECONDS)
        return read and not any(lane.busy for lane in self._lanes)

    @property
    def stopped(self) -> bool:
        """Shall the lanes end?"""
        return self._stop.is_set()

    def _read(self) -> None:
        shard = self.streams.describe_stream(StreamArn=self.arn)["StreamDescription"]["Shards"][0]["ShardId"]
        start = {"StreamArn": self.arn, "ShardId": shard}
        iterator = self.streams.get_shard_iterator(**start, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
        while not self.stopped:
            asked_before = not self._caught_up.is_set()
            found = self.streams.get_records(ShardIterator=iterator, Limit=READ)
            iterator = found["NextShardIterator"]
            for record in found["Records"]:
                event = as_event(record, self.arn)
                if wanted(self.settings.filters, event):
                    self._lanes[zlib.crc32(_key(event)) % len(self._lanes)].put(event)
            if not found["Records"]:
                if asked_before:
                    self._caught_up.set()
                self._stop.wait(POLL_SECONDS)


class _Lane:
    """One batch at a time, in order."""

    def __init__(self, mapping: StreamMapping, fate: Fate) -> None:
        self.mapping, self.fate = mapping, fate
        self.busy = False
        self._before: list[Record] = []
        """The batch handled last: a checkpoint that was not kept brings it again."""
        self._waiting: deque[Record] = deque()
        self._news = Condition()

    def put(self, record: Record) -> None:
        with self._news:
            self._waiting.append(record)
            self.busy = True
            self._news.notify()

    def wake(self) -> None:
        with self._news:
            self._news.notify()

    def run(self) -> None:
        while batch := self._batch():
            self._deliver(batch)

    def _batch(self) -> list[Record]:
        with self._news:
            self.busy = bool(self._waiting)
            while not self._waiting and not self.mapping.stopped:
                self._news.wait()
            if self.mapping.stopped:
                return []
            size = self.mapping.settings.batch_size
            return [self._waiting.popleft() for _ in range(min(size, len(self._waiting)))]

    def _deliver(self, batch: list[Record]) -> None:
        settings, tally = self.mapping.settings, self.mapping.target.tally
        due: deque[tuple[list[Record], int]] = deque([(batch, 0)])
        refused = 0
        while due and not self.mapping.stopped:
            records, tries = due.popleft()
            try:
                done = self._invoked(records)
            except Throttled:  # does not count as a retry: the batch never reached the function
                due.appendleft((records, tries))
                refused += 1
                _pause(refused)
                continue
            refused = 0
            if done == len(records):
                if self.fate.strikes(self.fate.chaos.duplicated):
                    tally.add("stream: batches again")
                    due.appendleft(([*self._before, *records][-settings.batch_size :], 0))
                self._before = records
                continue
            left = records[done:]
            tally.add("stream: batches in part" if done else "stream: batches failed")
            if tries >= settings.retries >= 0 or self._old(left[0]):
                self._discard(left)
            elif settings.bisect and not done and len(left) > 1:  # halving does not count as a retry
                tally.add("stream: batches halved")
                middle = len(left) // 2
                due.extendleft([(left[middle:], tries), (left[:middle], tries)])
            else:
                due.appendleft((left, tries + 1))
            _pause(tries + 1)

    def _invoked(self, records: list[Record]) -> int:
        """How many of the records, from the first on, are done."""
        answer = self.mapping.target.invoke({"Records": records}, self.fate)
        if answer.fault:
            return 0
        if not self.mapping.settings.report:
            return len(records)
        failed = failures(answer.result)
        if failed is None:
            return 0
        numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
        if not failed <= set(numbers):
            return 0
        if not failed and self.fate.strikes(self.fate.chaos.doubted):
            return self.fate.chance.randrange(len(records))
        return min((numbers.index(each) for each in failed), default=len(records))

    def _old(self, record: Record) -> bool:
        age = time.time() - float(record["dynamodb"]["ApproximateCreationDateTime"])
        return 0 <= self.mapping.settings.max_age < age

    def _discard(self, records: list[Record]) -> None:
        self.mapping.target.tally.add("stream: records discarded", len(records))
        numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
        told = {
            "batchSize": len(records),
            "startSequenceNumber": numbers[0],
            "endSequenceNumber": numbers[-1],
        }
        body = {"version": "1.0", "DDBStreamBatchInfo": told | {"streamArn": self.mapping.arn}}
        if self.mapping.settings.on_failure:
            self.mapping.settings.on_failure(json.dumps(body))


def failures(result: Any) -> set[str] | None:
    """The failed items that a function names; None where the whole batch counts as failed.

    No answer, an empty one or an empty list are success; an identifier that is missing, None or empty is not.
    """
    items = result.get("batchItemFailures") if isinstance(result, Mapping) else None
    if not items:
        return set()
    named = [each.get("itemIdentifier") if isinstance(each, Mapping) else None for each in items]
    known = {each for each in named if isinstance(each, str) and each}
    return known if len(known) == len(set(named)) else None


def as_event(record: Mapping[str, Any], arn: str) -> Record:
    """A stream's record in the form in which functions get it."""
    event = json.loads(json.dumps(dict(record), default=_plain))
    return {**event, "eventSource": "aws:dynamodb", "awsRegion": REGION, "eventSourceARN": arn}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, bytes):
        return b64encode(value).decode()
    raise TypeError(f"{type(value).__name__} in a stream's record")


def _key(event: Record) -> bytes:
    """What makes records keep their order: Lambda goes by the item's partition key."""
    return json.dumps(event["dynamodb"]["Keys"]["pk"]).encode()


def _pause(times: int) -> None:
    time.sleep(min(LONGEST_PAUSE, PAUSE * 2 ** min(times - 1, 10)))
