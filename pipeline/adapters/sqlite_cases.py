"""The single images that digests name, from the SQLite ledger's file."""

from pipeline import codec
from pipeline.adapters import sqlite_facts, sqlite_ledger
from pipeline.adapters.sqlite_database import Database
from pipeline.digest import NAMED, Cases, Shelved
from pipeline.figures import EVERYTHING, Day, Scope
from pipeline.results import Failed

PARKED = """
SELECT f.short, r.actor, r.revision, r.kind, r.body FROM results r JOIN facts f ON f.image=r.image
WHERE r.parked AND {where} ORDER BY r.at DESC, r.image LIMIT :most
"""
PARKED_IN_ALL = (
    "SELECT COUNT(*) AS n FROM results r JOIN facts f ON f.image=r.image WHERE r.parked AND {where}"
)
HELD = "SELECT short FROM facts f WHERE state='held' AND {where} ORDER BY entered_at, image LIMIT :most"
FORMATS = """
SELECT format, COUNT(*) AS images FROM facts f WHERE format IS NOT NULL AND {where}
GROUP BY format ORDER BY images DESC, format
"""
PRIVATE = """
SELECT private FROM facts WHERE team=:team AND channel=:channel ORDER BY entered_at DESC LIMIT 1
"""
PUBLIC = " AND NOT f.private"
THAT_DAY = " AND f.entered_at>=:start AND f.entered_at<:end"


class SqliteCases:
    """``pipeline.digest.Naming``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.define(sqlite_ledger.SCHEMA + sqlite_facts.SCHEMA)

    def team_of(self, channel: str) -> str | None:
        """The workspace of a channel from which images came; None where none did."""
        found = self._database.read("SELECT team FROM images WHERE channel=? LIMIT 1", (channel,))
        return found[0]["team"] if found else None

    def of(self, scope: Scope, day: Day) -> Cases:
        """See ``Naming.of``."""
        everything = scope == EVERYTHING
        where = "1" if everything else "f.team=:team AND f.channel=:channel"
        named = where + (PUBLIC if everything else "")
        values = {"team": scope.team, "channel": scope.channel, "most": NAMED}
        within = values | {"start": day.start, "end": day.end}
        read = self._database.read
        formats = read(FORMATS.format(where=where + THAT_DAY), within)
        return Cases(
            private=any(row["private"] for row in read(PRIVATE, values)),
            parked=tuple(_shelved(*row) for row in read(PARKED.format(where=named), values)),
            parked_in_all=read(PARKED_IN_ALL.format(where=where), values)[0]["n"],
            held=tuple(row["short"] for row in read(HELD.format(where=named + THAT_DAY), within)),
            formats=tuple((row["format"], row["images"]) for row in formats),
        )


def _shelved(short: str, actor: str, revision: int, kind: str, body: str) -> Shelved:
    result = codec.load(kind, body)
    return Shelved(short, actor, revision, result.reason if isinstance(result, Failed) else "")
