"""Images on their way through the chain, for `bench.functions`: rows land, but no actor has run."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.pictures import drawing
from loupe.ground import ground
from loupe.settings import load
from loupe.wiring import ports
from pipeline.adapters.aws_client import client
from pipeline.adapters.dynamo_ledger import DynamoLedger
from pipeline.adapters.dynamo_table import Table
from pipeline.chain import Chain, discover
from pipeline.engine import Engine
from pipeline.ledger import Follow, Outcome, Plan, Row, Settled
from pipeline.model import Source
from tests.aws.mapping import READ, Record, as_event


def sample() -> dict[str, Row]:
    """The rows of a small picture, as actors on this machine write them."""
    with TemporaryDirectory(prefix="loupe-sample-") as folder:
        path = Path(folder) / "a.jpg"
        path.write_bytes(drawing("sample"))
        base = ground(load(data=Path(folder) / "data"))
        engine = Engine(base.chain, base.ledger, ports(base))
        [entry] = engine.enter([("sample", Source("file", path.name, str(path)))])
        outcomes: list[Outcome] = []
        while works := engine.turn("bench", outcomes):
            outcomes = [engine.run(work) for work in works]
        return dict(base.ledger.rows(entry.arrived.image))


def nothing(*_: object) -> Plan:
    """A ``Follow`` by which nothing follows."""
    return Plan()


@dataclass
class Images:
    """Images in a table, and the stream's records of their rows."""

    table: Table
    rows: dict[str, Row]
    chain: Chain = field(default_factory=discover)

    def __post_init__(self) -> None:
        self.ledger = DynamoLedger(self.table)
        self._streams = client("dynamodbstreams")
        arn = client("dynamodb").describe_table(TableName=self.table.name)["Table"]["LatestStreamArn"]
        shard = self._streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
        start = {"StreamArn": arn, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"}
        self._arn, self._place = arn, self._streams.get_shard_iterator(**start)["ShardIterator"]

    def enter(self, count: int, follow: Follow = nothing) -> list[str]:
        """New images, of which nothing follows yet."""
        arrivals = [
            (f"{time.time_ns()}/{n}", Source("s3", f"{n}.jpg", f"s3://bucket/{n}")) for n in range(count)
        ]
        return [entry.arrived.image for entry in self.ledger.enter(arrivals, follow)]

    def land(self, image: str, actor: str, follow: Follow = nothing) -> None:
        """The actor's row lands."""
        row = replace(self.rows[actor], image=image, revision=1)
        self.ledger.turn("bench", [Settled(row)], follow, want=0, lease=0)

    def land_all_due(self, images: Sequence[str]) -> None:
        """The row of every run that is due."""
        for image in images:
            for actor in self.ledger.open_tasks(image):
                self.land(image, actor)

    def upto(self, images: Sequence[str], actor: str) -> None:
        """Let all land that an actor waits for, so that it is due."""
        engine = Engine(self.chain, self.ledger)
        for image in images:
            self.ledger.resume(image, engine.follow)
            while actor not in (due := self.ledger.open_tasks(image)):
                for each in due:
                    self.land(image, each, engine.follow)

    def landed(self) -> Iterator[Record]:
        """The records of rows that landed since this was asked last."""
        while True:
            found: dict[str, Any] = self._streams.get_records(ShardIterator=self._place, Limit=READ)
            self._place = found["NextShardIterator"]
            if not found["Records"]:
                return
            for record in found["Records"]:
                if record["eventName"] == "INSERT" and record["dynamodb"]["Keys"]["sk"]["S"].startswith(
                    "result#"
                ):
                    yield as_event(record, self._arn)
