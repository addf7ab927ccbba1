"""People's own images in the SQLite ledger's file.

A row per image lies beside those of the same owner, in the order in which they came, with all that can be
looked for: whatever is asked, one person's rows alone are read. Triggers write it with the image's facts, in
the same transaction.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from heapq import merge
from sqlite3 import Row

from pipeline.adapters import sqlite_facts, sqlite_ledger
from pipeline.adapters.sqlite_database import Database
from pipeline.gallery import MOST_WORDS, Owner, Page, Query, Tile, Town, fits, plain
from pipeline.shortid import normal

COLUMNS = "team, person, image, short, state, decision, nudity, faces, day, taken, entered_at, place"
SHELVED = """
SELECT i.team, i.person, {0}.image, {0}.short, {0}.state, {0}.decision, {0}.contains_nudity, {0}.faces,
    COALESCE(date(substr({0}.taken_at, 1, 10)), date({0}.entered_at, 'unixepoch')),
    date(substr({0}.taken_at, 1, 10)) IS NOT NULL, {0}.entered_at,
    CASE WHEN {0}.place IS NOT NULL THEN json_array({0}.place, {0}.region, {0}.country_code) END
"""
SCHEMA = f"""
CREATE TABLE IF NOT EXISTS shelf (
    team TEXT NOT NULL, person TEXT NOT NULL, image TEXT NOT NULL, short TEXT NOT NULL, state TEXT NOT NULL,
    decision TEXT, nudity INTEGER, faces INTEGER, day TEXT NOT NULL, taken INTEGER NOT NULL,
    entered_at REAL NOT NULL, place TEXT, PRIMARY KEY (team, person, image)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS shelf_by_image ON shelf (image);
CREATE INDEX IF NOT EXISTS shelf_by_place ON shelf (team, person, place) WHERE place IS NOT NULL;
CREATE TRIGGER IF NOT EXISTS shelved AFTER INSERT ON facts BEGIN
    INSERT OR REPLACE INTO shelf ({COLUMNS})
    {SHELVED.format("NEW")} FROM images i WHERE i.image=NEW.image AND i.person<>'';
END;
INSERT OR REPLACE INTO shelf ({COLUMNS})
    {SHELVED.format("f")} FROM facts f JOIN images i ON i.image=f.image WHERE i.person<>'';
"""
"""The last statement carries over what an earlier version of Loupe knew: a schema is gone through once."""
PLACES = """
WITH RECURSIVE found(place) AS (
    SELECT MIN(place) FROM shelf WHERE team=:team AND person=:person AND place IS NOT NULL
    UNION ALL SELECT (SELECT MIN(s.place) FROM shelf s
        WHERE s.team=:team AND s.person=:person AND s.place IS NOT NULL AND s.place>found.place)
    FROM found WHERE found.place IS NOT NULL)
SELECT place FROM found WHERE place IS NOT NULL
"""
"""Each place once, by a leap from one to the next in the index (www.sqlite.org/lang_with.html)."""
FOUND = """
SELECT s.*, json_extract(a.body, '$.source.name') AS name, json_extract(r.body, '$.format') AS format,
    (SELECT kind FROM results WHERE image=s.image AND actor='remove_original') IS 'Removed' AS archived
FROM (SELECT * FROM shelf WHERE {} ORDER BY image DESC LIMIT :most) s
CROSS JOIN results a ON a.image=s.image AND a.actor='arrival'
LEFT JOIN results r ON r.image=s.image AND r.kind='Accepted' AND r.actor='accept_image'
ORDER BY s.image DESC
"""
THEIRS = "team=:team AND person=:person AND image<:before"
LAST = "g"
"""Behind every id, whose digits are hexadecimal."""
KEPT = 20_000
"""Places whose words are kept at hand: some megabytes."""
VERDICTS = {
    "cleared": "decision='cleared'",
    "nudity": "nudity=1",
    "review": "decision='review'",
    "held": "decision='held'",
    "rejected": "state='rejected'",
    "failed": "state='failed'",
    "waiting": "state='waiting'",
}
FACES = {"any": "faces>0", "none": "faces=0", "1": "faces=1", "2": "faces=2", "3": "faces>=3"}


class SqliteGallery:
    """``pipeline.gallery.Gallery``. ``countries``: their names, by ISO 3166 code."""

    def __init__(self, database: Database, countries: Mapping[str, str]) -> None:
        self._database, self._countries = database, countries
        self._known: dict[str, list[str]] = {}
        for module in (sqlite_ledger, sqlite_facts):
            database.define(module.SCHEMA)
        database.define(SCHEMA)

    def page(self, owners: Sequence[Owner], query: Query, before: str, most: int) -> Page:
        """See ``Gallery.page``: one range of the table for each owner."""
        found = [self._of_one(owner, query, before or LAST, most + 1) for owner in owners]
        rows = list(merge(*found, key=lambda row: row["image"], reverse=True))
        return Page(tuple(self._tile(row) for row in rows[:most]), len(rows) > most)

    def find(self, owners: Sequence[Owner], name: str) -> str | None:
        """See ``Gallery.find``."""
        known = (normal(name[:MOST_WORDS]), name[:MOST_WORDS].strip().lower())
        found = self._database.read("SELECT image, team, person FROM images WHERE short=? OR image=?", known)
        theirs = [row["image"] for row in found if Owner(row["team"], row["person"]) in owners]
        return theirs[0] if theirs else None

    def _of_one(self, owner: Owner, query: Query, before: str, most: int) -> list[Row]:
        whose = {"team": owner.team, "person": owner.person}
        where, values = [THEIRS], {**whose, "before": before, "most": most}
        if wanted := plain(query.place[:MOST_WORDS]):
            places = self._places(whose, wanted)
            if not places:
                return []
            where.append("place IN (SELECT value FROM json_each(:places))")
            values["places"] = json.dumps(places)
        if query.since:
            where.append("day>=:since")
            values["since"] = query.since.isoformat()
        if query.until:
            where.append("day<=:until")
            values["until"] = query.until.isoformat()
        where += [FACES[query.faces]] if query.faces else []
        where += [VERDICTS[query.verdict]] if query.verdict else []
        return self._database.read(FOUND.format(" AND ".join(where)), values)

    def _places(self, whose: Mapping[str, str], wanted: Sequence[str]) -> list[str]:
        """The owner's places that fit."""
        there = [row["place"] for row in self._database.read(PLACES, whose)]
        return [place for place in there if fits(wanted, self._words(place))]

    def _words(self, place: str) -> list[str]:
        """The words of a place, its country's names among them. Few places come up again and again."""
        if (known := self._known.get(place)) is None:
            if len(self._known) >= KEPT:
                self._known.clear()
            name, region, code = json.loads(place)
            known = plain(" ".join((name, region or "", code or "", self._countries.get(code, ""))))
            self._known[place] = known
        return known

    def _tile(self, row: Row) -> Tile:
        return Tile(
            image=row["image"],
            short=row["short"],
            name=row["name"] or "",
            entered_at=datetime.fromtimestamp(row["entered_at"], UTC),
            state=row["state"],
            decision=row["decision"],
            nudity=None if row["nudity"] is None else bool(row["nudity"]),
            faces=row["faces"],
            day=date.fromisoformat(row["day"]),
            taken=bool(row["taken"]),
            town=self._town(row["place"]) if row["place"] else None,
            format=row["format"],
            archived=bool(row["archived"]),
        )

    def _town(self, place: str) -> Town:
        name, region, code = json.loads(place)
        return Town(name, region, self._countries.get(code, code or ""))
