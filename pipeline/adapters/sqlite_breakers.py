"""How things stand with each sink, in the SQLite ledger's file."""

from sqlite3 import Connection, Row

from pipeline.breaker import Breaker

SCHEMA = """
CREATE TABLE IF NOT EXISTS breakers (
    sink TEXT PRIMARY KEY, failures INTEGER NOT NULL, probes INTEGER NOT NULL, probe INTEGER NOT NULL,
    open_until REAL NOT NULL, paused INTEGER NOT NULL, fault TEXT NOT NULL, next_at REAL NOT NULL,
    sent INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
"""
WRITE = """
INSERT INTO breakers VALUES (?,?,?,?,?,?,?,?,?) ON CONFLICT (sink) DO UPDATE SET
    failures=excluded.failures, probes=excluded.probes, probe=excluded.probe, open_until=excluded.open_until,
    paused=excluded.paused, fault=excluded.fault, next_at=excluded.next_at, sent=sent+excluded.sent
"""


def load(connection: Connection, sink: str) -> Breaker:
    """A sink's breaker; a new one where nothing is known of the sink."""
    row = connection.execute("SELECT * FROM breakers WHERE sink=?", (sink,)).fetchone()
    return breaker(row) if row else Breaker()


def breaker(row: Row) -> Breaker:
    """The breaker in a row of the table."""
    return Breaker(
        failures=row["failures"],
        probes=row["probes"],
        probe=row["probe"],
        open_until=row["open_until"],
        paused=bool(row["paused"]),
        fault=row["fault"],
        next_at=row["next_at"],
    )


def keep(connection: Connection, sink: str, found: Breaker, sent: int = 0) -> None:
    """Write the breaker down; ``sent``: how many pieces more were taken."""
    state = (found.failures, found.probes, found.probe, found.open_until, found.paused)
    connection.execute(WRITE, (sink, *state, found.fault, found.next_at, sent))
