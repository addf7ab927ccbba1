"""When channels want their digests, in the SQLite ledger's file."""

from pipeline.adapters.sqlite_database import Database
from pipeline.habits import Habit

SCHEMA = """
CREATE TABLE IF NOT EXISTS habits (
    team TEXT NOT NULL, channel TEXT NOT NULL, at TEXT NOT NULL, zone TEXT NOT NULL, empty INTEGER NOT NULL,
    PRIMARY KEY (team, channel)) WITHOUT ROWID;
"""


class SqliteHabits:
    """``pipeline.habits.Habits``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.define(SCHEMA)

    def get(self, team: str, channel: str) -> Habit | None:
        """See ``Habits.get``."""
        found = self._database.read("SELECT * FROM habits WHERE team=? AND channel=?", (team, channel))
        return Habit(**{**found[0], "empty": bool(found[0]["empty"])}) if found else None

    def set(self, habit: Habit) -> None:
        """See ``Habits.set``."""
        with self._database.write(durable=True) as connection:
            connection.execute(
                "INSERT OR REPLACE INTO habits VALUES (?,?,?,?,?)",
                (habit.team, habit.channel, habit.at, habit.zone, habit.empty),
            )

    def all(self) -> list[Habit]:
        """See ``Habits.all``."""
        found = self._database.read("SELECT * FROM habits ORDER BY team, channel")
        return [Habit(**{**row, "empty": bool(row["empty"])}) for row in found]
