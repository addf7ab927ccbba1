"""How runs ended and how long they took, counted in the transaction that records them; never counted down.

One line per quarter of an hour (so that a day of any time zone is a whole number of them), actor, outcome and
class of duration. What is counted here cannot be had from the rows: they keep the last run alone, and go when
an image is erased. Lines that nobody asks for by the quarter of an hour any more are added up by the day.
"""

from sqlite3 import Connection

from pipeline.adapters.sqlite_database import Database
from pipeline.durations import SLOT, class_of, whole

DAY = 86_400
SCHEMA = """
CREATE TABLE IF NOT EXISTS tallies (
    slot INTEGER NOT NULL, actor TEXT NOT NULL, outcome TEXT NOT NULL, class INTEGER NOT NULL,
    runs INTEGER NOT NULL, ms REAL NOT NULL, PRIMARY KEY (slot, actor, outcome, class)) WITHOUT ROWID;
"""
COUNT = """
INSERT INTO tallies VALUES (?,?,?,?,?,?)
ON CONFLICT DO UPDATE SET runs=runs+excluded.runs, ms=ms+excluded.ms
"""
OLD = "slot>=:day AND slot<:day+86400"
OLDEST = "SELECT MIN(slot) AS slot FROM tallies WHERE slot<? AND slot%86400<>0"
SUMS = f"""
SELECT actor, outcome, class, SUM(runs), SUM(ms) FROM tallies WHERE {OLD} GROUP BY actor, outcome, class
"""  # noqa: S608


def count(connection: Connection, actor: str, outcome: str, at: float, ms: float) -> None:
    """Count one run that ended at ``at`` (seconds since the epoch): done, failed, skipped or again."""
    slot = int(at // SLOT) * SLOT
    connection.execute(COUNT, (slot, actor, outcome, class_of(ms), 1, whole(ms)))


def compact(database: Database, before: float) -> int:
    """Add up, by the day in UTC, what was counted on days that ended before a moment; lines that went.

    One transaction a day, so that nobody waits for long.
    """
    edge, gone = int(before // DAY) * DAY, 0
    while (slot := database.read(OLDEST, (edge,))[0]["slot"]) is not None:
        with database.write() as connection:
            gone += _compact_day(connection, slot // DAY * DAY)
    return gone


def _compact_day(connection: Connection, day: int) -> int:
    sums = [(day, *row) for row in connection.execute(SUMS, {"day": day})]
    gone = connection.execute(f"DELETE FROM tallies WHERE {OLD}", {"day": day}).rowcount  # noqa: S608
    connection.executemany(COUNT, sums)
    return gone - len(sums)
