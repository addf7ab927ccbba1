"""What a page of a gallery costs for somebody with 100,000 pictures, whatever is looked for.

    python -m bench gallery

A third of the pictures have no place, the others one of 1,500; one picture alone is from Zürich. What finds
few or none has to look at all of them.
"""

import json
import random
import time
from datetime import UTC, date, datetime
from pathlib import Path
from sqlite3 import Connection
from tempfile import TemporaryDirectory

from bench.rows import Row
from pipeline.adapters import sqlite_facts
from pipeline.adapters.countries import names
from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_gallery import SqliteGallery
from pipeline.adapters.sqlite_ledger import SqliteLedger
from pipeline.figures import Facts
from pipeline.gallery import Owner, Query
from pipeline.shortid import new_image

IMAGES, PLACES, ROUNDS, PAGE = 100_000, 1_500, 7, 48
ME = Owner("", "V0123456789abcdef")
ASKED = {
    "everything": Query(),
    "a town": Query(place="town 77"),
    "a country": Query(place="italy"),
    "a town with one picture": Query(place="zurich"),
    "a place nobody knows": Query(place="nowhere"),
    "three faces or more": Query(faces="3"),
    "rejected, of which there are none": Query(verdict="rejected"),
    "days without a picture": Query(since=date(2010, 1, 1), until=date(2010, 12, 31)),
    "all of it, which fits nothing": Query("france", date(2001, 1, 1), date(2001, 1, 1), "3", "nudity"),
}


def fill(path: Path) -> SqliteGallery:
    """A ledger with one busy person."""
    database, chance = Database(path), random.Random(1)
    SqliteLedger(database)
    gallery = SqliteGallery(database, names())
    with database.write() as connection:
        for number in range(IMAGES):
            _enter(connection, number, chance)
    return gallery


def _enter(connection: Connection, number: int, chance: random.Random) -> None:
    image, at = new_image(), 1.6e9 + number * 1000
    connection.execute(
        "INSERT INTO images VALUES (?,?,?,'upload','','','',?,?,'done')",
        (image, image[-12:], image, ME.person, at),
    )
    for actor, kind, body in (
        ("arrival", "Arrived", {"source": {"name": f"IMG_{number:06}.jpg"}}),
        ("accept_image", "Accepted", {"format": "JPEG"}),
    ):
        row = (image, actor, kind, json.dumps(body))
        connection.execute("INSERT INTO results VALUES (?,?,1,1,'done',0,?,?,'{}',1,1,1)", row)
    town = chance.randrange(PLACES)
    place = "Zürich" if number == 7 else f"Town {town}" if number % 3 else None
    facts = Facts(
        image=image, short=image[-12:], source="upload", team="", channel="", private=False,
        entered_at=datetime.fromtimestamp(at, UTC), state="done", decision="cleared",
        contains_nudity=number % 50 == 0, faces=chance.choice((0, 0, 1, 2, 5)), place=place,
        country_code=("FR", "IT", "DE", "US")[town % 4], taken_at="2018-07-25T16:34:23",
    )  # fmt: skip
    sqlite_facts.write(connection, facts)


def run() -> list[Row]:
    """All rows."""
    with TemporaryDirectory(prefix="loupe-bench-") as folder:
        gallery = fill(Path(folder) / "ledger.sqlite")
        return [Row(name, "ms", _took(gallery, query), "< 50") for name, query in ASKED.items()]


def _took(gallery: SqliteGallery, query: Query) -> tuple[float, ...]:
    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        gallery.page((ME,), query, "", PAGE)
        took.append((time.perf_counter() - began) * 1000)
    return tuple(took)
