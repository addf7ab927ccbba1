"""Which ways to show a chart a Slack workspace refused lately, in the SQLite ledger's file."""

import time

from pipeline.adapters.sqlite_database import Database

DAYS = {"block": 7, "picture": 1}
"""After so many days a way is tried again: Slack brings its own chart to one workspace after the other."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS slack_chart_ways (
    team TEXT NOT NULL, way TEXT NOT NULL, until REAL NOT NULL, PRIMARY KEY (team, way)) WITHOUT ROWID;
"""


class SqliteChartWays:
    """``bot.ports.ChartWays``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.define(SCHEMA)

    def refused(self, team: str) -> set[str]:
        """See ``ChartWays.refused``."""
        found = self._database.read(
            "SELECT way FROM slack_chart_ways WHERE team=? AND until>?", (team, time.time())
        )
        return {row["way"] for row in found}

    def refuse(self, team: str, way: str) -> None:
        """See ``ChartWays.refuse``."""
        until = time.time() + DAYS.get(way, 1) * 86_400
        with self._database.write() as connection:
            connection.execute("INSERT OR REPLACE INTO slack_chart_ways VALUES (?,?,?)", (team, way, until))
