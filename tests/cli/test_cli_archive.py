"""`loupe archive` and `loupe restore`: asked for, done, and told."""

import time
from datetime import date
from pathlib import Path

import pytest

from loupe import timetable
from loupe.commands.archive import archived
from loupe.commands.restore import restored
from loupe.ground import Ground, occupied, only_instance
from loupe.moving import size_text
from pipeline.adapters.sqlite_notes import SqliteNotes
from pipeline.figures import Day
from scheduler.timetable import Turn, open_turn
from tests.cli import keeping
from tests.cli.running import loupe


def data(base: Ground) -> tuple[str, Path]:
    return "--data", base.settings.data


def test_who_asks_is_told_what_was_freed_and_where_it_lies(base: Ground) -> None:
    one, two = keeping.short(base, "one"), keeping.image(base, "two")
    done = loupe("archive", one.lower(), two, one, *data(base))
    assert done.exit_code == 0
    first, second = done.stdout.splitlines()
    assert first.startswith(f"{one}: ")
    kept = size_text(base.catalog.report(keeping.image(base, "one"))["archive"]["bytes"])
    assert first.endswith(f" kB freed; the archive keeps {kept} in {base.archive.folder}.")
    assert second.startswith(keeping.short(base, "two"))
    assert keeping.stored(base.store.folder) == []
    assert len(keeping.stored(base.archive.folder)) == 2
    assert "The original is in the archive (" in loupe("status", one, *data(base)).stdout


def test_it_comes_back_for_a_while_and_goes_again_for_who_asks(base: Ground) -> None:
    one = keeping.short(base, "one")
    loupe("archive", one, *data(base))
    back = loupe("restore", one, *data(base))
    assert back.exit_code == 0
    assert " kB are back in the store until " in back.stdout
    assert len(keeping.stored(base.store.folder)) == 2
    assert "The original is back from the archive until" in loupe("status", one, *data(base)).stdout
    assert "freed" in loupe("archive", one, *data(base)).stdout
    assert len(keeping.stored(base.store.folder)) == 1


def test_what_was_never_archived_is_at_hand(base: Ground) -> None:
    told = loupe("restore", keeping.short(base, "one"), *data(base))
    assert (told.exit_code, told.stdout.partition(": ")[2]) == (
        0,
        "the original is at hand; the archive has none.\n",
    )


@pytest.mark.parametrize("command", ["archive", "restore"])
def test_an_unknown_id_stops_everything_before_it_begins(base: Ground, command: str) -> None:
    one = keeping.short(base, "one")
    told = loupe(command, one, "IMG-NONE", *data(base))
    assert (told.exit_code, told.stdout) == (2, "")
    assert told.stderr == f"There is no image 'IMG-NONE' in {base.settings.data}.\n"
    assert SqliteNotes(base.database).get(keeping.image(base, "one"), "archive") is None


@pytest.mark.parametrize("command", ["archive", "restore"])
def test_without_an_id_or_with_a_strange_wait_it_is_wrong_usage(base: Ground, command: str) -> None:
    assert loupe(command, *data(base)).exit_code == 2
    assert loupe(command, "x", "--wait", "-1", *data(base)).exit_code == 2


def test_who_does_not_wait_gets_it_noted(base: Ground) -> None:
    one = keeping.short(base, "one")
    told = loupe("archive", one, "--wait", "0", *data(base))
    assert (told.exit_code, told.stdout) == (0, f"{one}: asked for; `loupe status` shows how it goes.\n")
    assert base.ledger.open_tasks(keeping.image(base, "one")).keys() == {"archive_original"}


def test_a_running_loupe_does_the_work_and_is_waited_for_no_longer_than_asked(base: Ground) -> None:
    one = keeping.short(base, "one")
    with only_instance(base.settings.data):
        assert occupied(base.settings.data)
        told = loupe("archive", one, "--wait", "0.3", *data(base))
    assert not occupied(base.settings.data)
    assert (told.exit_code, told.stdout) == (1, f"{one}: not done yet: no worker has come to it so far.\n")
    assert loupe("archive", one, *data(base)).exit_code == 0


def test_a_damaged_copy_is_told_and_the_status_is_1(base: Ground) -> None:
    one = keeping.short(base, "one")
    loupe("archive", one, *data(base))
    (copy,) = keeping.stored(base.archive.folder)
    (base.archive.folder / copy).write_bytes(b"rotten")
    told = loupe("restore", one, "--wait", "6", *data(base))
    assert told.exit_code == 1
    assert "not done yet: The archive's copy under 'originals/" in told.stdout
    assert "is damaged" in told.stdout


def test_a_folder_that_nobody_works_on_is_not_occupied(tmp_path: Path) -> None:
    assert not occupied(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("count", "words"),
    [(1, "1 kB"), (999, "1 kB"), (1001, "2 kB"), (99_999, "100 kB"), (4_100_000, "4.1 MB")],
)
def test_sizes_are_for_people(count: int, words: str) -> None:
    assert size_text(count) == words


def report(**changes: object) -> dict[str, object]:
    runs = {f"{verb}_original": {"state": "done", "error": None} for verb in ("archive", "restore", "remove")}
    kept = {"state": "archived", "bytes": 2_000_000, "until": None}
    return {"bytes": 4_100_000, "sha256": "ab", "archive": kept, "actors": runs} | changes


def run(state: str, error: str) -> dict[str, object]:
    return {f"{verb}_original": {"state": state, "error": error} for verb in ("archive", "restore", "remove")}


@pytest.mark.parametrize(
    ("told", "well", "words"),
    [
        (report(), True, "4.1 MB freed; the archive keeps 2.0 MB in cold."),
        (report(archive=None, actors=run("failed", "Full.")), False, "not archived: Full."),
        (report(archive=None, actors=run("skipped", "No picture.")), True, "not archived: No picture."),
        (
            report(archive={"state": "copied", "bytes": 9, "until": None}, actors=run("skipped", "Needed.")),
            True,
            "the archive keeps 1 kB in cold; the original stays: Needed.",
        ),
    ],
)
def test_every_ending_of_an_archiving_has_words(told: dict[str, object], well: bool, words: str) -> None:
    assert archived(told, "cold") == (well, words)


@pytest.mark.parametrize(
    ("told", "well", "words"),
    [
        (
            report(archive={"until": "2026-11-29T12:00:00.000+00:00"}),
            True,
            "4.1 MB are back in the store until 29 November 2026 12:00 UTC.",
        ),
        (report(archive={"until": None}, actors=run("failed", "Torn.")), False, "not restored: Torn."),
        (report(archive=None, sha256=None), True, "there is no original."),
        (report(archive=None), True, "the original is at hand; the archive has none."),
    ],
)
def test_every_ending_of_a_restoring_has_words(told: dict[str, object], well: bool, words: str) -> None:
    assert restored(told) == (well, words)


def test_the_clock_keeps_appointments_erases_sweeps_and_tidies(base: Ground) -> None:
    rows = {row.name: row for row in timetable.rows(base)}
    assert set(rows) >= {
        "appointments", "wishes", "erasures", "sweep", "orphans", "tidy store", "tidy public", "tidy archive",
        "alarms", "forget alarms", "forget wakes",
    }  # fmt: skip
    for row in rows.values():
        (open_turn(row, time.time()) or Turn(row, Day(date.today()))).act()
    policies = base.database.read("SELECT actor, policy FROM policies")
    assert [tuple(row) for row in policies] == [("archive_original", "after 30.0 days")]
