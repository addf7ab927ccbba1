"""Which shared Slack files have met their message, in the ledger's SQLite file."""

import time

from pipeline.adapters.sqlite_database import Database
from pipeline.cards import Share

SCHEMA = """
CREATE TABLE IF NOT EXISTS slack_shares (
    team TEXT NOT NULL, channel TEXT NOT NULL, file TEXT NOT NULL, due_at REAL,
    PRIMARY KEY (team, channel, file)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS slack_shares_due ON slack_shares (due_at) WHERE due_at IS NOT NULL;
"""
ADD = "INSERT INTO slack_shares VALUES (?, ?, ?, ?) ON CONFLICT DO "


class SqliteShares:
    """The ``Shares`` port on one database. ``due_at`` is empty once the message came."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.define(SCHEMA)

    def expect(self, share: Share, due_at: float) -> None:
        """The file was announced; its message should have come by ``due_at``."""
        with self._database.write() as db:
            db.execute(f"{ADD} NOTHING", (share.team, share.channel, share.file, due_at))

    def met(self, shares: list[Share]) -> None:
        """The message with these files came, before or after their announcement."""
        with self._database.write() as db:
            db.executemany(
                f"{ADD} UPDATE SET due_at = NULL", [(s.team, s.channel, s.file, None) for s in shares]
            )

    def missed(self) -> Share | None:
        """A share whose message is overdue."""
        found = self._database.read(
            "SELECT team, channel, file FROM slack_shares WHERE due_at <= ? ORDER BY due_at LIMIT 1",
            (time.time(),),
        )
        return Share(*found[0]) if found else None

    def postpone(self, share: Share, due_at: float) -> None:
        """Look at a missed share again later."""
        with self._database.write() as db:
            db.execute(
                "UPDATE slack_shares SET due_at = ? WHERE team = ? AND channel = ? AND file = ?"
                " AND due_at IS NOT NULL",
                (due_at, share.team, share.channel, share.file),
            )
