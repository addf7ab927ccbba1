"""Erasing from SQLite's files: what stays, what old bytes lie there, and death at any moment."""

import sqlite3
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from pipeline.adapters.sqlite_catalog import SqliteCatalog
from pipeline.erasing import resume
from pipeline.shortid import candidates
from tests.flow.dying import died_at
from tests.flow.erasures import NAME, bytes_of, gone, leave_traces, places, speak_of
from tests.flow.storehouse import House, picture


@pytest.fixture
def here(tmp_path: Path) -> House:
    return House(tmp_path / "data")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return picture(tmp_path / NAME)


def test_what_stays_is_ids_a_time_and_a_hash(here: House, file: Path) -> None:
    image = here.take(file)
    gone(here, image)
    (row,) = here.database.read("SELECT * FROM tombstones")
    assert dict(row) | {"at": 0, "delivery": 64 * "0"} == {
        "image": image,
        "short": next(candidates(image)),
        "delivery": 64 * "0",
        "at": 0,
        "state": "erased",
        "traces": None,
    }
    assert len(row["delivery"]) == 64


def test_an_erased_short_id_is_not_given_away(
    here: House, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = here.post(file)
    taken = next(candidates(image))
    gone(here, image)
    monkeypatch.setattr(
        "pipeline.adapters.sqlite_ledger.candidates", lambda _image: iter([taken, "IMG-OTHER"])
    )
    other = here.post(file)
    (row,) = here.database.read("SELECT short FROM images WHERE image=?", (other,))
    assert row["short"] == "IMG-OTHER"


def test_what_an_older_sqlite_left_in_the_files_is_found_and_written_over(here: House, file: Path) -> None:
    """Scraps in free pages, as a ledger has them that was written without ``secure_delete``."""
    image = here.take(file)
    careless = sqlite3.connect(here.folder / "ledger.sqlite")
    careless.execute("PRAGMA secure_delete=OFF")
    careless.execute("CREATE TABLE scraps (body TEXT)")
    careless.executemany("INSERT INTO scraps VALUES (?)", [(f"{file.as_uri()} {n}",) for n in range(500)])
    careless.commit()
    careless.execute("DELETE FROM scraps")
    careless.commit()
    careless.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    careless.close()
    assert gone(here, image).left == {}
    assert speak_of(here, file.as_uri()) == []


def test_what_is_left_is_told_and_keeps_the_tombstone_open(here: House, file: Path) -> None:
    """A table that nobody knew speaks of the picture in a column of another name."""
    image = here.take(file)
    with here.database.write() as connection:
        connection.execute("CREATE TABLE strange (about TEXT)")
        connection.execute("INSERT INTO strange VALUES (?)", (f"see {image}",))
    assert gone(here, image).left == {"rows in the ledger's table strange": 1}
    with here.database.write() as connection:
        connection.execute("DROP TABLE strange")
    assert resume(places(here)) == 1
    assert resume(places(here)) == 0


def test_the_catalog_knows_that_it_was_erased(here: House, file: Path) -> None:
    image = here.take(file)
    catalog = SqliteCatalog(here.database, here.chain.names())
    short = next(candidates(image))
    assert catalog.erased(short) is None
    gone(here, image)
    for name in (image, short, short.lower(), short.removeprefix("IMG-")):
        found = catalog.erased(name)
        assert found is not None
        assert (found.image, found.short, found.done) == (image, short, True)
    assert catalog.find(short) is None
    assert catalog.newest(9) == []


def lives(tmp_path: Path) -> Iterator[House]:
    for n in count():
        (folder := tmp_path / str(n)).mkdir()
        yield House(folder / "data")


def test_an_erasure_killed_at_any_moment_is_completed_by_the_clock(tmp_path: Path) -> None:
    kills = 0
    for step, here in enumerate(lives(tmp_path)):
        file, twin = picture(here.folder / "source.png"), picture(here.folder / "twin.png")
        image = here.take(file)
        other = here.take(twin)
        file.unlink()
        twin.unlink()
        leave_traces(here, image)
        if not died_at(here.database, lambda here=here, image=image: gone(here, image), step * 6):  # type: ignore[misc]
            break
        kills += 1
        if here.database.read("SELECT 1 FROM tombstones"):
            resume(places(here))
        else:
            gone(here, image)
        assert resume(places(here)) == 0
        assert gone(here, image).left == {}
        assert speak_of(here, "source.png") == []
        assert here.ledger.rows(image) == {}
        here.settle()
        assert [n for n in bytes_of(here.folder) if not n.startswith("ledger")] == [
            f"archive/{here.key(other)}"
        ]
        assert here.safe() == []
        here.database.close()
    assert kills > 20, "it was hardly ever killed"
