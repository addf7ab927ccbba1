"""Loupe on AWS, as far as it can stand on one machine: all of it but the mappings is real.

Table with its stream, buckets with their notifications, topic, queues and dead letters are MiniStack's; each
function is Loupe's own handler under the official runtime client, in processes of its own; what lies between
them is `tests.aws.mapping` and `tests.aws.mapping_queue`.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any

from loupe.template import actors as per_actor
from loupe.template import entries
from loupe.template.parts import logical
from pipeline.adapters.aws_client import client
from pipeline.adapters.dynamo_following import COUNTS
from pipeline.adapters.dynamo_table import Table
from pipeline.chain import Chain, discover
from tests.aws.chaos import Chaos, Fate, Tally, Target
from tests.aws.mapping import StreamMapping, StreamSettings
from tests.aws.mapping_queue import QueueMapping, QueueSettings, counts, settled
from tests.aws.rough_day import Day
from tests.aws.runtime_api import Function, Throttled
from tests.aws.stack import Queue, arn_of, made_bucket, made_queue, notified, subscribed
from tests.servers.ministack import REGION, MiniStack

CALM, SMOOTH = Chaos(), Day()
REDRIVES = 10


@dataclass(frozen=True)
class Plan:
    """How it is deployed."""

    chaos: Chaos = CALM
    day: Day = SMOOTH
    timeout: float = 10.0
    """Seconds of every function. The template's are longer: whoever is killed would hold its run longer."""
    visibility: int = 15
    """Seconds of every queue."""
    concurrency: int = 1
    """Environments of each actor."""
    wait: int = 1
    """Seconds of a long poll."""
    parallel: int = 1
    """Lanes of the stream."""
    sweep_every: float = 10.0
    """Seconds."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """More of Loupe's settings."""
    handlers: str = "tests.aws.rough"


@dataclass
class Deployed:
    """Loupe on a MiniStack."""

    running: MiniStack
    plan: Plan
    chain: Chain
    table: Table
    store: str
    public: str
    topic: str
    arrivals: Queue
    queues: dict[str, Queue]
    router_parked: str
    tally: Tally = field(default_factory=Tally)
    functions: dict[str, Function] = field(default_factory=dict)
    polled: list[QueueMapping] = field(default_factory=list)
    stream: StreamMapping | None = None

    def __post_init__(self) -> None:
        self._stop = Event()
        self._folder = TemporaryDirectory(prefix="loupe-data-")
        self._sweeper = Thread(target=self._sweep, name="sweep", daemon=True)

    def drop(self, name: str, content: bytes) -> None:
        """Put a picture where people drop them."""
        client("s3").put_object(Bucket=self.store, Key=f"drop/{name}", Body=content)

    def settled(self, seconds: float) -> bool:
        """Wait until nothing is under way any more: no record, no message, no open task."""
        assert self.stream
        return settled([*(each.idle for each in self.polled), self.stream.idle, self.done], seconds)

    def done(self) -> bool:
        """Is there no open task?"""
        return not any(next(self.table.index("open", f"task#{n}"), None) for n in range(8))

    def ended(self) -> int:
        """Pictures of which nothing is due any more."""
        counts = self.table.query(COUNTS)
        return sum(each["images"] for each in counts if not each["sk"].startswith("waiting#"))

    def under_way(self) -> int:
        """Messages in the queues."""
        return sum(sum(counts(client("sqs"), each.url)) for each in self.polled)

    def parked(self) -> dict[str, int]:
        """Messages in the dead-letter queues that have any."""
        names = [*self.queues, "arrivals", "router"]
        found = {name: sum(counts(client("sqs"), self.dead_letters(name))) for name in names}
        return {name: count for name, count in found.items() if count}

    def dead_letters(self, name: str) -> str:
        """The URL of a dead-letter queue: an actor's, ``arrivals`` or ``router``."""
        if name == "router":
            return self.router_parked
        return (self.queues | {"arrivals": self.arrivals})[name].parked

    def redrive(self) -> object:
        """Run again what waits in the dead-letter queues; who does that by hand repeats what failed."""
        for _ in range(REDRIVES):
            answer = self.functions["redrive"].invoke({})
            if answer.fault is None:
                return answer.result
        raise AssertionError(answer)

    def replay(self) -> str:
        """What ``loupe replay --parked`` says. Raises ``CalledProcessError``."""
        command = [sys.executable, "-m", "loupe", "replay", "--parked"]
        environment = {**os.environ, **self.environment()}
        done = subprocess.run(
            command, env=environment, check=True, capture_output=True, text=True, timeout=120
        )
        return done.stdout + done.stderr

    def environment(self, actor: str = "") -> dict[str, str]:
        """Of a function; without an actor, of all that are none."""
        queue = self.queues.get(actor, self.arrivals)
        return (
            self.running.environment
            | {"LOUPE_TABLE": self.table.name, "LOUPE_STORE_BUCKET": self.store}
            | {"LOUPE_PUBLIC_BUCKET": self.public, "LOUPE_PUBLIC_URL": "https://pictures.example.org"}
            | {"LOUPE_WATERMARK_KEY": "of this test", "LOUPE_LOG_METRICS": "emf"}
            | {"LOUPE_DATA": self._folder.name, "LOUPE_TOPIC": self.topic}
            | {"LOUPE_QUEUE": queue.url, "LOUPE_ARRIVALS_QUEUE": self.arrivals.url}
            | ({"LOUPE_ACTOR": actor, "LOUPE_PARKED_QUEUE": queue.parked} if actor else {})
            | {"LOUPE_PARKED_QUEUES": json.dumps({n: q.parked for n, q in self.queues.items()})}
            | {"ROUGH": json.dumps(asdict(self.plan.day))}
            | dict(self.plan.settings)
        )

    def start(self) -> None:
        """Functions, mappings and the sweep's schedule."""
        arn = client("dynamodb").describe_table(TableName=self.table.name)["Table"]["LatestStreamArn"]
        told = routing(self.plan.parallel, self._discarded)
        router = self._function("route", "router")
        self.stream = StreamMapping(client("dynamodbstreams"), arn, router, told, self.plan.chaos)
        self._poll(self.arrivals, self._function("take_in", "take_in"), entries.TAKE_IN_BATCH, 1)
        for actor in self.chain:
            target = self._function("act", actor.name, actor.name)
            self._poll(self.queues[actor.name], target, per_actor.batch(actor), self.plan.concurrency)
        self._function("sweep", "sweep")
        self._function("redrive", "redrive")
        self.stream.start()
        for each in self.polled:
            each.start()
        self._sweeper.start()

    def stop(self) -> None:
        """What was started; servers stay."""
        self._stop.set()
        self._sweeper.join()
        if self.stream:
            self.stream.stop()
        for each in self.polled:
            each.stop()
        for function in self.functions.values():
            function.close()
        self._folder.cleanup()

    def _function(self, handler: str, name: str, actor: str = "") -> Target:
        function = Function(
            f"{self.plan.handlers}.{handler}", self.environment(actor), self.plan.timeout, 512, name=name
        )
        self.functions[name] = function
        return Target(function, self.tally)

    def _poll(self, queue: Queue, target: Target, size: int, concurrency: int) -> None:
        plan = self.plan
        told = QueueSettings(
            size, report=True, concurrency=concurrency, visibility=plan.visibility, wait=plan.wait
        )
        self.polled.append(QueueMapping(client("sqs"), queue.url, target, told, plan.chaos))

    def _discarded(self, body: str) -> None:
        client("sqs").send_message(QueueUrl=self.router_parked, MessageBody=body)

    def _sweep(self) -> None:
        fate = Fate(Chaos(), "sweep")
        target = Target(self.functions["sweep"], self.tally)
        while not self._stop.wait(self.plan.sweep_every):
            try:
                answer = target.invoke({"time": time.time()}, fate)
            except Throttled:
                continue
            if answer.result:
                self.tally.add("sweep: published again", answer.result["published again"])
                self.tally.add("sweep: touched", answer.result["touched"])


def routing(parallel: int, on_failure: Callable[[str], object]) -> StreamSettings:
    """The router's mapping, as the template has it."""
    mapping = entries.router(str)["Router"]["Properties"]["Events"]["Rows"]["Properties"]
    return StreamSettings(
        batch_size=mapping["BatchSize"],
        parallel=parallel,
        bisect=mapping["BisectBatchOnFunctionError"],
        report=mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"],
        retries=mapping["MaximumRetryAttempts"],
        max_age=mapping["MaximumRecordAgeInSeconds"],
        filters=[json.loads(each["Pattern"]) for each in mapping["FilterCriteria"]["Filters"]],
        on_failure=on_failure,
    )


@contextmanager
def deployed(
    running: MiniStack, made_table: Callable[[MiniStack], Table], plan: Plan, chain: Chain | None = None
) -> Iterator[Deployed]:
    """All of it, at work."""
    table, actors = made_table(running), chain or discover()
    name = table.name
    sqs, sns = client("sqs"), client("sns")
    topic = sns.create_topic(Name=name)["TopicArn"]
    queues = {}
    for actor in actors:
        queue = made_queue(sqs, f"{name}-{logical(actor.name)}", plan.visibility, per_actor.receipts(actor))
        subscribed(sns, sqs, topic, queue.url, {"type": ["due"], "actor": [actor.name]})
        queues[actor.name] = queue
    arrivals = made_queue(sqs, f"{name}-arrivals", plan.visibility, entries.RECEIPTS)
    store, public = (made_bucket(client("s3"), f"{name}-{which}", REGION) for which in ("store", "public"))
    notified(client("s3"), store, "drop/", arn_of(sqs, arrivals.url))
    router_parked = sqs.create_queue(QueueName=f"{name}-router-parked")["QueueUrl"]
    found = Deployed(running, plan, actors, table, store, public, topic, arrivals, queues, router_parked)
    try:
        found.start()
        yield found
    finally:
        found.stop()


def read_all(table: Table) -> Iterator[dict[str, Any]]:
    """Every item of a table, in DynamoDB's own form: for those who count at the end."""
    request: dict[str, Any] = {"TableName": table.name, "ConsistentRead": True}
    while True:
        found = client("dynamodb").scan(**request)
        yield from found["Items"]
        if not (last := found.get("LastEvaluatedKey")):
            return
        request["ExclusiveStartKey"] = last
