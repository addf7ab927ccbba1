"""What Lambda functions cost beside what actors do: warm, cold, and the router by landed row.

    python -m bench.functions

Handlers are Loupe's own under the official runtime client, in processes of their own; table, topic and queues
are MiniStack's, whose requests take about as long as those of AWS. What is shown without requests is a
handler's own time; the router's rate is of its processor's time, requests to both services included.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from bench.cloudchaos.running import cloud
from bench.functions_images import Images, sample
from bench.rows import Row, table
from pipeline.adapters.aws_client import client
from pipeline.ledger import Task
from pipeline.topic import due
from tests.aws.mapping_queue import as_event
from tests.aws.runtime_api import Answer, Function
from tests.aws.stack import arn_of, made_queue
from tests.aws.tables import table as made_table
from tests.servers.ministack import PYTHON, MiniStack

ACTOR = "decide_release"
"""Returns at once: what is left is the handler's."""
WARM, STARTS, ROUNDS = 60, 3, 3
BATCH = 100
CROWDS = (1, 10, 100)
"""Images whose rows are in a batch."""


@dataclass(frozen=True)
class Timed:
    """Where an invocation's time went, in milliseconds."""

    ms: float
    cpu_ms: float
    requests: int
    waited_ms: float

    @property
    def own(self) -> float:
        """Without requests."""
        return self.ms - self.waited_ms


@dataclass(frozen=True)
class Ground:
    """A table with images, a topic, and a queue for the actor."""

    running: MiniStack
    images: Images
    topic: str
    queue: str
    parked: str

    def function(self, handler: str, actor: str = ACTOR) -> Function:
        """A handler of Loupe's, timed."""
        told = {
            "LOUPE_TABLE": self.images.table.name, "LOUPE_STORE_BUCKET": "store",
            "LOUPE_PUBLIC_BUCKET": "public", "LOUPE_LOG_METRICS": "emf", "LOUPE_ACTOR": actor,
            "LOUPE_QUEUE": self.queue, "LOUPE_PARKED_QUEUE": self.parked, "LOUPE_TOPIC": self.topic,
            "LOUPE_DATA": "/tmp/loupe", "LOUPE_WATERMARK_KEY": "of this bench",
        }  # fmt: skip
        return Function(f"bench.functions_timed.{handler}", self.running.environment | told, 60, 512)

    def message(self, image: str, actor: str = ACTOR) -> Mapping[str, Any]:
        """A due event in the form in which the actor's function gets it."""
        body = due(Task(image, actor, 1, 50, 0.0), "urn:loupe:bench", datetime.now(UTC)).body
        attributes = {"ApproximateReceiveCount": "1", "SentTimestamp": "1"}
        message = {"MessageId": str(uuid4()), "ReceiptHandle": "none", "Body": body, "MD5OfBody": ""}
        return as_event(message | {"Attributes": attributes}, arn_of(client("sqs"), self.queue))


def timed(answer: Answer) -> Timed:
    """What the handler said of an invocation that went well."""
    assert answer.fault is None, answer
    assert not (answer.result or {}).get("batchItemFailures"), answer
    [found] = [json.loads(line)["timed"] for line in answer.lines if line.startswith('{"timed"')]
    return Timed(**found)


def warm(ground: Ground, size: int) -> list[Timed]:
    """Invocations with so many messages each, once the environment is warm."""
    images = ground.images.enter(size * (WARM + 5))
    ground.images.upto(images, ACTOR)
    with ground.function("act") as function:
        batches = [images[n : n + size] for n in range(0, len(images), size)]
        answers = [function.invoke({"Records": [ground.message(i) for i in some]}) for some in batches]
    return [timed(each) for each in answers[5:]]


def cold(ground: Ground, actor: str) -> list[float]:
    """Milliseconds from the start of a process to the end of its first run."""
    found = []
    for _ in range(STARTS):
        images = ground.images.enter(1)
        ground.images.upto(images, actor)
        with ground.function("act", actor) as function:
            answer = function.invoke({"Records": [ground.message(images[0], actor)]})
            timed(answer)
            found.append(answer.init_ms + answer.ms)
    return found


def routed(ground: Ground, count: int) -> tuple[float, float]:
    """Rows a second of the router's processor, and requests by row, for so many images in every batch."""
    list(ground.images.landed())
    rounds = max(1, 30 // count)
    rows, cpu, requests = 0, 0.0, 0
    with ground.function("route") as function:
        for turn in range(rounds + 1):
            images = ground.images.enter(count)
            while records := list(ground.images.landed()):
                for start in range(0, len(records), BATCH):
                    spent = timed(function.invoke({"Records": records[start : start + BATCH]}))
                    rows, cpu = rows + len(records[start : start + BATCH]), cpu + spent.cpu_ms / 1000
                    requests += spent.requests
                ground.images.land_all_due(images)
            if not turn:  # the first round warms up
                rows, cpu, requests = 0, 0.0, 0
    return rows / cpu, requests / rows


def run() -> list[Row]:
    """All rows of the table; none without MiniStack (.ci/tools)."""
    if not PYTHON.exists():
        return []
    with cloud() as running:
        sqs = client("sqs")
        queue = made_queue(sqs, "bench", visibility=60, receipts=10)
        topic = client("sns").create_topic(Name="bench")["TopicArn"]
        ground = Ground(running, Images(made_table(running), sample()), topic, queue.url, queue.parked)
        one, five = warm(ground, 1), warm(ground, 5)
        return [
            Row("act, warm, without its requests", "ms", tuple(t.own for t in one), "at most 2"),
            Row("act, warm, with its requests", "ms", tuple(t.ms for t in one)),
            Row("act, requests by message", "", tuple(float(t.requests) for t in one)),
            Row(
                "act, five messages, each, without requests",
                "ms",
                tuple(t.own / 5 for t in five),
                "at most 2",
            ),
            Row("act, five messages, each, with requests", "ms", tuple(t.ms / 5 for t in five)),
            Row(f"cold start and first run, {ACTOR}", "ms", tuple(cold(ground, ACTOR)), "at most 1000"),
            *_routing(ground),
        ]


def _routing(ground: Ground) -> Sequence[Row]:
    found = []
    for count in CROWDS:
        pairs = [routed(ground, count) for _ in range(ROUNDS)]
        words = f"router, rows of {count} images in a batch"
        found.append(Row(words, "/s", tuple(rate for rate, _ in pairs), "at least 500"))
        found.append(Row(f"{words}, requests", "/row", tuple(requests for _, requests in pairs)))
    return found


if __name__ == "__main__":
    print(table("Functions on AWS", run()))
    sys.exit(0)
