"""What all processes of one Loupe know together about Nominatim: answers, whose turn it is, refusals.

Source of the limits: Nominatim Usage Policy (OpenStreetMap Foundation): at most one request a second
in total, results cached, and whoever is refused stops asking.
"""

import json
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import Transient
from pipeline.model import Location

Address = Mapping[str, str]
TABLES = """
PRAGMA secure_delete = ON;
CREATE TABLE IF NOT EXISTS answer (spot TEXT PRIMARY KEY, address TEXT, until REAL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS moment (name TEXT PRIMARY KEY, at REAL) WITHOUT ROWID;
"""
BETWEEN = 1.0
"""Seconds between two requests of all processes together."""
LONGEST_WAIT = 5.0
"""Seconds to queue for a turn; beyond, the offline answer is worth more now than a street later."""
BUSY_SECONDS = 5


def spot(location: Location) -> str:
    """The name under which answers about a position are kept: its degrees, to about 10 m."""
    return f"{location.latitude:.4f},{location.longitude:.4f}"


@dataclass(frozen=True, slots=True)
class Remembered:
    """An earlier answer; without an address the service knew none, or failed."""

    address: Address | None


class NominatimMemory:
    """One SQLite file in the folder ``cache``, shared by all processes. Raises ``Transient`` when stuck."""

    def __init__(self, cache: Path, clock: Callable[[], float] = time.time) -> None:
        self._path = cache / "nominatim.sqlite"
        self._clock = clock

    def recall(self, spot: str) -> Remembered | None:
        """What was answered for a spot, unless it was too long ago."""
        with self._open() as memory:
            row = memory.execute(
                "SELECT address FROM answer WHERE spot = ? AND until > ?", (spot, self._clock())
            ).fetchone()
        return Remembered(json.loads(row[0])) if row else None

    def remember(self, spot: str, address: Address | None, seconds: float) -> None:
        """Keep an answer, or that there was none, for so long."""
        row = (spot, json.dumps(address), self._clock() + seconds)
        with self._open() as memory:
            memory.execute("INSERT OR REPLACE INTO answer VALUES (?, ?, ?)", row)

    def forget(self, location: Location) -> int:
        """Drop what was answered about the spot of a position; how many answers that were."""
        if not self._path.exists():
            return 0
        with self._open() as memory:
            return memory.execute("DELETE FROM answer WHERE spot = ?", (spot(location),)).rowcount

    def take_turn(self) -> float:
        """Reserve the next free second; how long to wait for it.

        Raises ``Transient`` while the service is left alone, or where too many wait already.
        """
        now = self._clock()
        with self._open() as memory:
            moments: dict[str, float] = dict(memory.execute("SELECT name, at FROM moment"))
            if (left := moments.get("closed", 0) - now) > 0:
                raise Transient(f"Nominatim is left alone for another {left:.0f} s.", retry_after=left)
            turn = max(now, moments.get("turn", 0))
            if turn - now > LONGEST_WAIT + BETWEEN:
                turn = now  # no queue gets this long: the clock was set back
            if turn - now > LONGEST_WAIT:
                raise Transient("Too many pictures are waiting for Nominatim.", retry_after=turn - now)
            self._note(memory, "turn", turn + BETWEEN)
        return turn - now

    def close_for(self, seconds: float) -> None:
        """Let nobody ask for so long."""
        with self._open() as memory:
            self._note(memory, "closed", self._clock() + seconds)

    def _note(self, memory: sqlite3.Connection, name: str, at: float) -> None:
        memory.execute("INSERT OR REPLACE INTO moment VALUES (?, ?)", (name, at))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._path, BUSY_SECONDS, isolation_level=None)) as memory:
                memory.executescript(TABLES)
                memory.execute("BEGIN IMMEDIATE")
                yield memory
                memory.execute("COMMIT")
        except (sqlite3.Error, OSError) as fault:
            raise Transient(f"Nominatim's answers cannot be kept in {self._path}: {fault}.") from None
