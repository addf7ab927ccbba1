"""Table, buckets and dead-letter queues in MiniStack, and somebody who does the functions' work."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread
from uuid import uuid4

import pytest

from loupe.cloud import arriving
from loupe.cloud.arriving import delivery
from loupe.cloud.ground import Cloud, cloud
from loupe.cloud.wiring import ports
from loupe.settings import load
from loupe.template.data import DROP
from loupe.template.parts import logical
from pipeline.adapters.dynamo_table import Delete, Table
from pipeline.adapters.s3_incoming import locator
from pipeline.adapters.sqs_queue import SqsQueue
from pipeline.engine import Engine
from pipeline.model import Source
from tests.aws.stack import arn_of, made_bucket, notified
from tests.servers.ministack import REGION, MiniStack

KINDS = ("store", "public")


@dataclass
class House:
    """All that commands talk to on AWS."""

    base: Cloud
    aws: MiniStack
    prefix: str
    queues: dict[str, SqsQueue] = field(default_factory=dict)
    told: SqsQueue | None = None
    """Where the bucket tells of what is dropped."""

    def put(self, name: str, content: bytes) -> str:
        """Drop a picture and take it in; its image."""
        bucket, key = self.base.settings.store_bucket, f"{DROP}{name}"
        etag = self.aws.client("s3").put_object(Bucket=bucket, Key=key, Body=content)["ETag"]
        place = locator(bucket, key, etag)
        return self.base.engine().enter([(delivery(place), Source("s3", name, place))])[0].arrived.image

    def parked_queue(self, actor: str) -> SqsQueue:
        """Make the dead-letter queue of an actor, called as CloudFormation would."""
        name = f"{self.prefix}-{logical(actor)}Parked-1A2B"
        made = self.aws.client("sqs").create_queue(QueueName=name, Attributes={"VisibilityTimeout": "0"})
        return self.queues.setdefault(actor, SqsQueue(made["QueueUrl"]))

    def engine(self) -> Engine:
        """With every port, as all functions together have."""
        wanted = {port for actor in self.base.chain for port in actor.ports.values()}
        return self.base.engine(ports(self.base, wanted))

    def arrivals(self) -> SqsQueue:
        """Have the bucket tell of what is dropped; `functions` take it in."""
        sqs, s3 = self.aws.client("sqs"), self.aws.client("s3")
        url = sqs.create_queue(QueueName=f"{self.prefix}-arrivals")["QueueUrl"]
        notified(s3, self.base.settings.store_bucket, DROP, arn_of(sqs, url))
        self.told = SqsQueue(url)
        return self.told

    def take_in(self) -> None:
        """What the function of the bucket's notifications does."""
        for receipt, body in self.told.messages(10) if self.told else ():
            arriving.take_in(self.base.ledger, body)
            self.told.delete(receipt)  # type: ignore[union-attr]

    @contextmanager
    def functions(self) -> Iterator[None]:
        """What is due is run, as functions would, for as long as the block lasts."""
        stop, engine = Event(), self.engine()

        def run() -> None:
            while not stop.is_set():
                self.take_in()
                self.base.engine().sweep()
                work = engine.turn("functions", want=1, lease=60)
                for each in work:
                    engine.turn("functions", [engine.run(each)], want=0)
                if not work:
                    stop.wait(0.02)

        thread = Thread(target=run, name="functions")
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def state(self, image: str) -> str:
        """The image's state."""
        found = self.base.catalog.find(image)
        return found.state if found else "none"


def house(in_aws: MiniStack, monkeypatch: pytest.MonkeyPatch) -> House:
    """A fresh one; the environment names it, as it would on the machine of whoever runs commands."""
    from tests.aws.tables import table

    made: Table = table(in_aws)
    s3 = in_aws.client("s3")
    names = [made_bucket(s3, f"{kind}-{uuid4().hex[:10]}", REGION) for kind in KINDS]
    given = {
        "LOUPE_TABLE": made.name, "LOUPE_STORE_BUCKET": names[0], "LOUPE_PUBLIC_BUCKET": names[1],
        "LOUPE_PUBLIC_URL": "https://pictures.example.org", "LOUPE_WATERMARK_KEY": "of this test",
    }  # fmt: skip
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return House(cloud(load()), in_aws, made.name)


def without(table: Table, image: str, actor: str) -> list[Delete]:
    """The steps that take an actor's rows away, as if it were newer than the image."""
    return [Delete(image, item["sk"]) for item in table.query(image, f"result#{actor}#")]
