"""Publication on stage, with the real newsroom: what is told of a picture whatever becomes of it."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pipeline import ports as port
from pipeline.adapters.dynamo_catalog import DynamoCatalog
from pipeline.adapters.dynamo_eraser import DynamoEraser
from pipeline.adapters.dynamo_ledger import DynamoLedger
from pipeline.adapters.dynamo_news_items import PIECE
from pipeline.adapters.dynamo_newsroom import DynamoNewsroom
from pipeline.adapters.dynamo_notes import DynamoNotes
from pipeline.adapters.dynamo_outbox import DynamoOutbox
from pipeline.adapters.dynamo_standings import DynamoStandings
from pipeline.adapters.dynamo_table import Table
from pipeline.adapters.sqlite_eraser import SqliteEraser
from pipeline.adapters.sqlite_newsroom import SqliteNewsroom
from pipeline.adapters.sqlite_outbox import SqliteOutbox
from pipeline.chain import chain
from pipeline.engine import Engine
from pipeline.erasure import Eraser
from pipeline.model import Location, Place, Source
from pipeline.news import Sink
from pipeline.outbox import Outcome, Sent
from pipeline.results import Metadata, Placed, Result
from pipeline.telling import told
from tests.flow.publishing import House, Step, Stepping, played
from tests.news.office import scanned

SOFIA = Place("Sofia", "Sofia-Capital", "Bulgaria", "BG", 1.0, "Europe/Sofia", "geonames")
POSITION = Location(latitude=42.697, longitude=23.321)
EVERYTHING = frozenset({"verdict", "held", "published", "failed"})
OPS = Sink("ops", "webhook", "https://hooks.example.org", news=EVERYTHING)  # type: ignore[arg-type]  # kinds
LOG = """
CREATE TABLE IF NOT EXISTS decisions (number INTEGER PRIMARY KEY, decision TEXT);
CREATE TRIGGER IF NOT EXISTS log_insert AFTER INSERT ON results WHEN new.actor='decide_release'
BEGIN INSERT INTO decisions (decision) VALUES (json_extract(new.body, '$.decision')); END;
CREATE TRIGGER IF NOT EXISTS log_update AFTER UPDATE ON results WHEN new.actor='decide_release'
BEGIN INSERT INTO decisions (decision) VALUES (json_extract(new.body, '$.decision')); END;
"""


@dataclass
class Newshouse(House):
    """One data folder whose actors announce to the real newsroom."""

    sinks_: Sequence[Sink] = (OPS,)
    location: Any = "place"

    def __post_init__(self) -> None:
        super().__post_init__()
        self.plays("find_place", lambda **_: Placed(SOFIA, None, None))
        self.plays("read_metadata", lambda **_: Metadata(location=POSITION))
        self.outbox = SqliteOutbox(self.database)
        self.newsroom = SqliteNewsroom(self.database, self.sinks_, self.chain.names(), self.location)
        self.database.define(LOG)

    def plays(self, name: str, act: Callable[..., Result]) -> None:
        """What an actor does from now on."""
        self.chain = chain(replace(a, function=act) if a.name == name else a for a in self.chain)

    def as_ever(self, name: str) -> None:
        """An actor does again what it does on this stage."""
        usual = {each.name: each for each in played(self.taste)}
        self.chain = chain(usual[a.name] if a.name == name else a for a in self.chain)

    def engine(
        self, step: Step = lambda _kind: None, hold: Callable[[bool], None] = lambda _: None
    ) -> Engine:
        """An engine whose actors announce to the newsroom; it needs the ledger, as that does."""
        found = super().engine(step, hold)
        return replace(found, ports={**found.ports, port.News: Stepping(self.newsroom, step, "ledger")})

    def post(self, channel: str = "C1", *, private: bool = False) -> str:
        """A picture is posted, and all that follows happens."""
        source = Source("slack", "a.jpg", "F1", team="T1", channel=channel, message="1", private=private)
        image = self.engine().enter([("one", source)])[0].arrived.image
        self.go_on()
        return image

    def go_on(self) -> None:
        """All that is due happens."""
        engine, outcomes = self.engine(), list[Any]()
        while claimed := engine.turn("w", outcomes, want=1):
            outcomes = [engine.run(work) for work in claimed]

    def again(self, image: str, *actors: str) -> None:
        """Actors run again, and all that follows happens."""
        for actor in actors:
            self.engine().replay(image, actor)
        self.go_on()

    def scored(self, image: str, score: float) -> None:
        """The detector says something else."""
        self.taste.score = score
        self.again(image, "detect_nudity")

    def eraser(self) -> Eraser:
        """Takes pictures out."""
        return SqliteEraser(self.database)

    def told(self, kind: str = "") -> list[dict[str, Any]]:
        """The pieces as they were written, in order."""
        found = self.database.read("SELECT * FROM pieces WHERE kind=? OR ?='' ORDER BY number", (kind, kind))
        return [{"kind": row["kind"], **json.loads(row["data"] or "{}")} for row in found]

    def kinds(self) -> list[str]:
        """The kinds of what was told, in order."""
        return [each["kind"] for each in self.told()]

    def sent(self, sink: str = "ops") -> list[dict[str, Any]]:
        """What a sink gets now, as it is told now."""
        found, outcomes = list[dict[str, Any]](), list[Outcome]()
        while claimed := self.outbox.turn(sink, "me", outcomes, want=9, lease=60):
            found += [{"kind": each.piece.kind, **told(each).data} for each in claimed]
            outcomes = [Sent(each) for each in claimed]
        return found


@dataclass
class CloudNewshouse(Newshouse):
    """The same on a DynamoDB table."""

    table: Table = field(kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.ledger = DynamoLedger(self.table)  # type: ignore[assignment]  # the other engine's
        self.notes = DynamoNotes(self.table)  # type: ignore[assignment]
        self.standings = DynamoStandings(self.table)  # type: ignore[assignment]
        self.outbox = DynamoOutbox(self.table)  # type: ignore[assignment]
        self.newsroom = DynamoNewsroom(  # type: ignore[assignment]
            self.table, self.sinks_, self.chain.names(), self.location
        )

    def report(self, image: str) -> dict[str, Any]:
        """What the table knows of an image."""
        return dict(DynamoCatalog(self.table, self.chain.names()).report(image))

    def eraser(self) -> Eraser:
        """Takes pictures out."""
        return DynamoEraser(self.table)

    def told(self, kind: str = "") -> list[dict[str, Any]]:
        """The pieces that anybody is to hear, in order."""
        pieces = [item for item in scanned(self.table) if item["sk"].startswith(PIECE)]
        return [
            {"kind": each["kind"], **json.loads(each["data"])}
            for each in sorted(pieces, key=lambda item: str(item["sk"]))
            if kind in ("", each["kind"])
        ]


def newshouse(folder: Path, *sinks: Sink, location: str = "place") -> Newshouse:
    """Such a house; without sinks, one that wants everything."""
    return Newshouse(folder, sinks_=sinks or (OPS,), location=location)


def cloud_newshouse(table: Table, folder: Path, *sinks: Sink, location: str = "place") -> Newshouse:
    """The same on a DynamoDB table."""
    return CloudNewshouse(folder, sinks_=sinks or (OPS,), location=location, table=table)
