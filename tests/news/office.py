"""An outbox with a clock of its own, carriers that do as they are told, and what came of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.adapters.aws_client import client
from pipeline.adapters.dynamo_news_items import DELIVERY, PIECE
from pipeline.adapters.dynamo_newsroom import DynamoNewsroom
from pipeline.adapters.dynamo_outbox import DynamoOutbox
from pipeline.adapters.dynamo_table import Table, loaded
from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_newsroom import SqliteNewsroom
from pipeline.adapters.sqlite_outbox import SqliteOutbox
from pipeline.errors import Transient
from pipeline.news import Address, Draft
from pipeline.outbox import UNPACED, Delivery, Newsroom, Note, Outbox, Outcome, Standing
from pipeline.sending import BATCH, Sender

Fate = Callable[[Delivery], None]
"""Raises what a carrier raises; takes the piece otherwise."""


def well(delivery: Delivery) -> None:
    """It is taken."""


def down(delivery: Delivery) -> None:
    """Nobody is there."""
    raise Transient("Nobody is there.")


@dataclass
class Clock:
    """Seconds since the epoch, as the test says."""

    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Carrying:
    """A carrier that remembers what was tried and what was taken, and when."""

    clock: Clock
    fate: Fate = well
    tried: list[tuple[float, str]] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    """Keys, which the pieces carry as their data."""

    def carry(self, delivery: Delivery, note: Note) -> None:
        key = str(delivery.piece.data["key"])
        self.tried.append((self.clock(), key))
        self.fate(delivery)
        self.taken.append(key)


@dataclass(frozen=True)
class Kept:
    """A delivery for ``ops`` as it is kept."""

    key: str
    state: str
    due_at: float
    attempts: int


class Desk:
    """An outbox, worked off by hand, whatever keeps it."""

    def __init__(
        self,
        outbox: Outbox,
        newsroom: Newsroom,
        clock: Clock,
        sinks: Sequence[str] = (),
        rates: dict[str, float] | None = None,
    ) -> None:
        self.outbox, self.newsroom, self.clock = outbox, newsroom, clock
        self.carriers = {sink: Carrying(self.clock) for sink in sinks or ("ops",)}
        self.sender = Sender(self.outbox, self.carriers, rates or {})
        self.count = 0

    @property
    def ops(self) -> Carrying:
        """The carrier of the sink ``ops``."""
        return self.carriers["ops"]

    def tell(self, subject: str = "", *sinks: str, to: str = "", key: str = "", **more: Any) -> str:
        """Write a piece for sinks (all, where none is named); its key."""
        self.count += 1
        name = key or f"{self.count}"
        draft = Draft(name, "alarm", subject or name, {"key": name}, **more)
        self.newsroom.tell(draft, [Address(sink, to) for sink in sinks or self.carriers])
        return name

    def work(self, *sinks: str, want: int = BATCH) -> None:
        """Send what is due now."""
        for sink in sinks or self.carriers:
            outcomes: Sequence[Outcome] = []
            while outcomes := self.sender.send_due(sink, f"me/{sink}", outcomes, want):
                pass

    def claim(
        self, owner: str = "me", want: int = 10, lease: float = 60, rate: float = UNPACED
    ) -> list[Delivery]:
        """Claim deliveries of ``ops``."""
        return self.outbox.turn("ops", owner, [], want=want, lease=lease, rate=rate)

    def record(self, *outcomes: Outcome, owner: str = "me") -> None:
        """Record what became of deliveries of ``ops``."""
        self.outbox.turn("ops", owner, outcomes, want=0, lease=60)

    def later(self, seconds: float, step: float = 0.0) -> None:
        """Let time pass; with a step, send what is due at each."""
        until = self.clock.now + seconds
        while step and self.clock.now + step < until:
            self.clock.now += step
            self.work()
        self.clock.now = until

    def standing(self, sink: str = "ops") -> Standing:
        """How a sink is doing."""
        found = {each.sink: each for each in self.outbox.standings()}
        return found.get(sink, Standing(sink, 0, 0, 0, 0.0, 0))

    def deliveries(self) -> list[Kept]:
        """All deliveries for ``ops``."""
        raise NotImplementedError

    def pieces(self) -> dict[str, bool]:
        """The pieces that are kept, by key: what they say, or no more than a fingerprint?"""
        raise NotImplementedError

    def states(self) -> dict[str, str]:
        """What became of each piece for ``ops``, by key."""
        return {each.key: each.state for each in self.deliveries()}


class Office(Desk):
    """In SQLite's file."""

    def __init__(self, folder: Path, *sinks: str, rates: dict[str, float] | None = None) -> None:
        self.database, clock = Database(folder / "ledger.sqlite"), Clock()
        outbox = SqliteOutbox(self.database, clock)
        super().__init__(outbox, SqliteNewsroom(self.database, clock=clock), clock, sinks, rates)

    def deliveries(self) -> list[Kept]:
        """See ``Desk.deliveries``."""
        found = self.database.read(
            "SELECT p.key, d.* FROM deliveries d JOIN pieces p ON p.number=d.piece WHERE d.sink='ops'"
        )
        return [Kept(row["key"], row["state"], row["due_at"], row["attempts"]) for row in found]

    def pieces(self) -> dict[str, bool]:
        """See ``Desk.pieces``."""
        found = self.database.read("SELECT key, data, digest FROM pieces")
        assert all(len(row["digest"]) == 64 for row in found)
        return {row["key"]: bool(row["data"]) for row in found}


class CloudOffice(Desk):
    """In a DynamoDB table."""

    def __init__(self, table: Table, *sinks: str, rates: dict[str, float] | None = None) -> None:
        clock = Clock()
        self.table = table
        super().__init__(DynamoOutbox(table, clock), DynamoNewsroom(table, clock=clock), clock, sinks, rates)

    def deliveries(self) -> list[Kept]:
        """See ``Desk.deliveries``."""
        items = scanned(self.table)
        pieces = [i for i in items if i["sk"].startswith(PIECE)]
        keys = {(i["pk"], int(i["sk"].removeprefix(PIECE))): i["key"] for i in pieces}
        return [
            Kept(keys[i["pk"], i["piece"]], i["state"], i["due_at"], i["attempts"])
            for i in items
            if i["sk"].startswith(f"{DELIVERY}ops#")
        ]

    def pieces(self) -> dict[str, bool]:
        """See ``Desk.pieces``."""
        return {i["key"]: "data" in i for i in scanned(self.table) if i["sk"].startswith(PIECE)}


def scanned(table: Table) -> list[dict[str, Any]]:
    """Everything in a table."""
    pages = client("dynamodb").get_paginator("scan").paginate(TableName=table.name, ConsistentRead=True)
    return [loaded(item) for page in pages for item in page["Items"]]
