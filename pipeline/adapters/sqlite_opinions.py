"""What people say is wrong, in the SQLite ledger's file."""

from datetime import UTC, datetime
from typing import get_args

from pipeline.adapters.sqlite_database import Database
from pipeline.opinions import Opinion, Wrong

SCHEMA = """
CREATE TABLE IF NOT EXISTS opinions (
    key TEXT PRIMARY KEY, image TEXT NOT NULL, wrong TEXT NOT NULL, comment TEXT NOT NULL,
    person TEXT NOT NULL, at REAL NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS opinions_by_image ON opinions (image, at);
"""
WRONG: tuple[Wrong, ...] = get_args(Wrong)


class SqliteOpinions:
    """``pipeline.opinions.Opinions``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.define(SCHEMA)

    def add(self, opinion: Opinion) -> None:
        """See ``Opinions.add``."""
        kept = (opinion.key, opinion.image, " ".join(opinion.wrong), opinion.comment, opinion.person)
        with self._database.write(durable=True) as connection:
            connection.execute(
                "INSERT INTO opinions VALUES (?,?,?,?,?,?) ON CONFLICT DO NOTHING",
                (*kept, opinion.at.timestamp()),
            )

    def of(self, image: str) -> list[Opinion]:
        """See ``Opinions.of``."""
        found = self._database.read("SELECT * FROM opinions WHERE image=? ORDER BY at, key", (image,))
        return [
            Opinion(
                key=row["key"],
                image=row["image"],
                wrong=tuple(each for each in WRONG if each in row["wrong"].split()),
                comment=row["comment"],
                person=row["person"],
                at=datetime.fromtimestamp(row["at"], UTC),
            )
            for row in found
        ]
