"""An outbox with a clock of its own, carriers that do as they are told, and what came of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_newsroom import SqliteNewsroom
from pipeline.adapters.sqlite_outbox import SqliteOutbox
from pipeline.errors import Transient
from pipeline.news import Address, Draft
from pipeline.outbox import UNPACED, Delivery, Note, Outcome, Standing
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


class Office:
    """One ledger's outbox, worked off by hand."""

    def __init__(self, folder: Path, *sinks: str, rates: dict[str, float] | None = None) -> None:
        self.database, self.clock = Database(folder / "ledger.sqlite"), Clock()
        self.outbox = SqliteOutbox(self.database, self.clock)
        self.newsroom = SqliteNewsroom(self.database, clock=self.clock)
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

    def states(self) -> dict[str, str]:
        """What became of each piece for ``ops``, by key."""
        found = self.database.read(
            "SELECT p.key, d.state FROM deliveries d JOIN pieces p ON p.number=d.piece WHERE d.sink='ops'"
        )
        return {row["key"]: row["state"] for row in found}
