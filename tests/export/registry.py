"""A ledger's file with facts and results in it, written as the ledger writes them, and examples of facts."""

import itertools
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from pipeline.adapters import export_folder, sqlite_facts, sqlite_tallies
from pipeline.adapters.csv_export import CsvFormat
from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_export import SqliteExport
from pipeline.adapters.sqlite_ledger import SqliteLedger
from pipeline.adapters.sqlite_numbers import SqliteNumbers
from pipeline.export import Format, Order
from pipeline.exporting import Done, Exporter
from pipeline.figures import Facts

NOON = datetime(2026, 11, 22, 12, 0, 0, 123_456, tzinfo=UTC)
ACTORS = ("accept_image", "detect_faces", "report_findings")
INSERT = "INSERT OR REPLACE INTO results VALUES (?,?,?,1,?,?,'Skipped','{}','{}',2,?,?)"


@dataclass
class Registry:
    """Writes images as they would stand in the ledger."""

    folder: Path
    database: Database = field(init=False)
    ledger: SqliteLedger = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.database = Database(self.folder / "ledger.sqlite")
        self.ledger = SqliteLedger(self.database)
        self._numbers = itertools.count()

    def image(self, channel: str = "C1", at: datetime = NOON, **known: Any) -> Facts:
        """One more image, looked at by three actors."""
        number = next(self._numbers)
        facts = Facts(
            image=f"00000000-0000-7000-8000-{number:012}",
            short=f"IMG-{number:04}",
            source="slack",
            team="T1",
            channel=channel,
            private=channel.startswith(("G", "D")),
            entered_at=at,
            **{"state": "done", "decision": "cleared", **known},
        )
        return self.keep(facts)

    def keep(self, facts: Facts, revision: int = 1) -> Facts:
        """The image with these facts, and a result of each actor."""
        at = facts.entered_at.timestamp()
        with self.database.write() as connection:
            sqlite_facts.write(connection, facts)
            for place, actor in enumerate(ACTORS):
                ending = ("failed", 1) if place < facts.parked else ("done", 0)
                values = (facts.image, actor, revision, *ending, 1.5 * place, at + place)
                connection.execute(INSERT, values)
                sqlite_tallies.count(connection, actor, ending[0], at, 1.5 * place)
        return facts

    def exporter(self, page: int = 3) -> Exporter:
        return Exporter(SqliteExport(self.database, page), SqliteNumbers(self.database))

    def export(self, to: Path, format: Format | None = None, page: int = 3, **order: Any) -> Done:
        """Export into a folder: whole tables as CSV, unless told otherwise."""
        kind = format or CsvFormat()
        with export_folder.held(to, kind.name) as folder:
            return self.exporter(page).run(Order(kind.name, **order), kind, folder)

    def told(self) -> list[dict[str, Any]]:
        """Everything that the ledger knows as facts."""
        names = ",".join(asdict(_ANY))
        found = self.database.read(f"SELECT {names} FROM facts ORDER BY image")
        return [dict(row) for row in found]


_ANY = Facts("", "", "", "", "", False, NOON, "done")
STARTS = st.sampled_from(
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r\n=1", "＝1", "'", '"', ";=1", "\0", "😀"]
)
WORDS = st.one_of(STARTS, st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
WORDS = st.one_of(WORDS, st.tuples(STARTS, WORDS).map("".join))
COUNTS = st.integers(0, 2**40)
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), values)


FACTS = st.builds(
    Facts,
    image=st.uuids().map(str),
    short=st.uuids().map(str),
    source=st.sampled_from(["slack", "file"]),
    team=WORDS,
    channel=st.one_of(st.just(""), WORDS),
    private=st.booleans(),
    entered_at=MOMENTS,
    state=st.sampled_from(["waiting", "done", "held", "rejected", "failed"]),
    verdict_seconds=maybe(st.floats(0, 1e6)),
    decision=st.sampled_from([None, "cleared", "review", "held"]),
    format=maybe(st.sampled_from(["JPEG", "PNG"])),
    width=maybe(COUNTS),
    height=maybe(COUNTS),
    bytes=maybe(COUNTS),
    frames=maybe(COUNTS),
    nudity_score=maybe(st.floats(0, 100)),
    contains_nudity=maybe(st.booleans()),
    faces=maybe(COUNTS),
    watermark_found=maybe(st.booleans()),
    place=maybe(WORDS),
    region=maybe(WORDS),
    country_code=maybe(WORDS),
    taken_at=maybe(WORDS),
    camera_make=maybe(WORDS),
    camera_model=maybe(WORDS),
    renditions=COUNTS,
    bytes_before=COUNTS,
    bytes_after=COUNTS,
    parked=st.integers(0, 3),
)
