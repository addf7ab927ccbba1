"""Originals go to the archive at their time, and leave the store only after that."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.adapters.archived_store import ArchivedStore
from pipeline.archiving import day
from pipeline.errors import Transient, Unknown
from pipeline.results import Accepted, Archived, Failed, Removed, Skipped
from tests.flow.storehouse import DAY, House, picture


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return picture(tmp_path / "holiday.png")


def house(folder: Path, archive_after: float | None = 0) -> House:
    return House(folder / "data", archive_after)


def test_at_once_means_copied_compared_and_removed(tmp_path: Path, file: Path) -> None:
    here = house(tmp_path)
    image = here.take(file)
    archived = here.result(image, "archive_original")
    size = (here.archive.folder / here.key(image)).stat().st_size
    assert isinstance(archived, Archived)
    assert (archived.key, archived.bytes) == (here.key(image), size)
    assert here.result(image, "remove_original") == Removed(file.stat().st_size)
    assert here.reason(image, "restore_original") == "Nobody asked for it."
    assert not here.hot(image)
    assert here.safe() == []


def test_before_its_time_it_stays_and_the_day_is_told(tmp_path: Path, file: Path) -> None:
    here = house(tmp_path, 30 * DAY)
    image = here.take(file)
    due = datetime.now(UTC) + timedelta(days=30)
    told = here.reason(image, "archive_original")
    assert told in {f"The original goes to the archive on {day(d)}." for d in (due, due - timedelta(hours=1))}
    assert here.hot(image)
    assert not here.cold(image)
    (at,) = here.appointments().values()
    assert abs(at - due.timestamp()) < 60
    assert here.reason(image, "remove_original").startswith("Not run, because archive_original was skipped")


def test_never_means_never_and_makes_no_appointment(tmp_path: Path, file: Path) -> None:
    here = house(tmp_path, None)
    image = here.take(file)
    assert here.reason(image, "archive_original") == "Originals stay in the store (LOUPE_ARCHIVE_AFTER)."
    assert here.hot(image)
    assert here.appointments() == {}


def test_who_asks_need_not_wait(tmp_path: Path, file: Path) -> None:
    for n, after in enumerate([30 * DAY, None]):
        (folder := tmp_path / str(n)).mkdir()
        here = house(folder, after)
        image = here.take(file)
        here.notes.set(image, "archive")
        here.again(image, "archive_original")
        assert isinstance(here.result(image, "remove_original"), Removed)
        assert not here.hot(image)


def test_a_held_picture_goes_to_the_archive_too(tmp_path: Path) -> None:
    here = house(tmp_path)
    image = here.take(picture(tmp_path / "held.png"))
    assert here.reason(image, "publish") == "Held back."
    assert isinstance(here.result(image, "remove_original"), Removed)


def test_what_was_rejected_has_nothing_to_archive(tmp_path: Path) -> None:
    here = house(tmp_path)
    (tmp_path / "not.png").write_text("a letter")
    image = here.take(tmp_path / "not.png")
    assert isinstance(here.result(image, "archive_original"), Skipped)
    assert isinstance(here.result(image, "remove_original"), Skipped)
    assert here.ledger.open_tasks(image) == {}


def test_a_replay_of_all_of_it_changes_nothing(tmp_path: Path, file: Path) -> None:
    here = house(tmp_path)
    image = here.take(file)
    before = {name: row.result for name, row in here.ledger.rows(image).items()}
    for actor in ("publish", "archive_original", "restore_original", "remove_original"):
        here.again(image, actor)
        assert {name: row.result for name, row in here.ledger.rows(image).items()} == before
    assert here.safe() == []


def test_a_replay_of_everything_from_the_start_archives_anew(tmp_path: Path, file: Path) -> None:
    here = house(tmp_path)
    image = here.take(file)
    ran = here.again(image, "accept_image")
    assert ran[0] == "accept_image"
    assert ran[-1] == "remove_original"
    assert not here.hot(image)
    assert here.safe() == []


def test_other_bytes_under_the_old_row_are_left_alone(tmp_path: Path, file: Path) -> None:
    """The file changed, accept_image ran again, and remove_original runs before the archive has caught up."""
    here = house(tmp_path)
    image = here.take(file)
    picture(file, seed=7)
    here.engine().replay(image, "accept_image")
    engine = here.engine()
    (work,) = engine.turn("w")
    engine.turn("w", [engine.run(work)], want=0)
    engine.replay(image, "remove_original")
    early = next(w for w in engine.turn("w", want=9) if w.task.actor == "remove_original")
    engine.turn("w", [engine.run(early)], want=0)
    assert here.reason(image, "remove_original") == "What the archive has is not what was accepted last."
    assert here.hot(image)
    engine.lost("w", "died")
    here.settle()
    assert isinstance(here.result(image, "remove_original"), Removed)
    assert here.safe() == []


def test_a_damaged_original_never_gets_into_the_archive(tmp_path: Path, file: Path) -> None:
    here = house(tmp_path, None)
    image = here.take(file)
    (here.store.folder / here.key(image)).write_bytes(b"rotten")
    here.moves.archive_after = 0
    here.again(image, "archive_original")
    assert isinstance(here.result(image, "archive_original"), Failed)
    assert "The original in the store is damaged: its sha256 is" in here.reason(image, "archive_original")
    assert not here.cold(image)
    assert here.hot(image)


def test_a_damaged_copy_in_the_archive_is_found_and_written_again(tmp_path: Path, file: Path) -> None:
    here = house(tmp_path, None)
    image = here.take(file)
    accepted = here.result(image, "accept_image")
    assert isinstance(accepted, Accepted)
    copy = here.archive.folder / accepted.key
    copy.parent.mkdir(parents=True)
    copy.write_bytes(b"rotten")
    here.notes.set(image, "archive")
    here.again(image, "archive_original")
    assert here.good(accepted)
    assert not here.hot(image)


def test_an_archive_that_keeps_something_else_than_it_is_given_is_not_trusted(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = house(tmp_path)
    whole = here.archive.put

    def rotting(key: str, stream: object) -> None:
        whole(key, stream)  # type: ignore[arg-type]
        path = here.archive.folder / key
        path.write_bytes(path.read_bytes()[:-5] + b"\0\0\0\0\0")

    monkeypatch.setattr(here.archive, "put", rotting)
    image = here.take(file)
    assert "gives out is not the original" in here.reason(image, "archive_original")
    assert here.hot(image)


def test_a_full_archive_keeps_the_original_where_it_is(tmp_path: Path, file: Path) -> None:
    """The archive's folder is a file, so that nothing can be kept there."""
    here = house(tmp_path)
    here.archive.folder.write_text("")
    image = here.take(file)
    assert "cannot be written" in here.reason(image, "archive_original")
    assert here.hot(image)
    here.archive.folder.unlink()
    here.engine().replay(image)
    here.settle()
    assert isinstance(here.result(image, "remove_original"), Removed)


def test_an_archive_that_somebody_emptied_stops_the_removal(tmp_path: Path, file: Path) -> None:
    here = house(tmp_path)
    image = here.post(file)
    engine = here.engine()
    while (work := engine.turn("w")) and work[0].task.actor != "remove_original":
        engine.turn("w", [engine.run(work[0])], want=0)
    os.unlink(here.archive.folder / here.key(image))
    engine.turn("w", [engine.run(work[0])], want=0)
    here.settle()
    assert "archive has nothing under" in here.reason(image, "remove_original")
    assert here.hot(image)


def test_an_original_that_is_nowhere_is_told(tmp_path: Path, file: Path) -> None:
    here = house(tmp_path, None)
    image = here.take(file)
    os.unlink(here.store.folder / here.key(image))
    here.again(image, "archive_original")
    assert here.reason(image, "archive_original").startswith("Neither the store nor the archive has")


def test_what_needs_an_archived_original_is_told_how_to_get_it(tmp_path: Path, file: Path) -> None:
    here = house(tmp_path)
    image = here.take(file)
    here.again(image, "look")
    assert here.reason(image, "look") == (
        "The original is in the archive. `loupe restore ID` brings it back."
    )
    with pytest.raises(Unknown, match="store has nothing under 'originals/nowhere'"):
        ArchivedStore(here.store, here.archive).open("originals/nowhere")


@pytest.mark.parametrize("after", [None, 30 * DAY])
def test_what_is_in_the_archive_alone_stays_archived_whatever_the_settings_become(
    tmp_path: Path, file: Path, after: float | None
) -> None:
    here = house(tmp_path)
    image = here.take(file)
    here.moves.archive_after = after
    here.again(image, "publish")
    assert isinstance(here.result(image, "archive_original"), Archived)
    assert isinstance(here.result(image, "remove_original"), Removed)


class Deep:
    """An archive from which nothing can be read for hours after it was put there."""

    def __init__(self, archive: object) -> None:
        self._archive, self.waiting = archive, True

    def ready(self, key: str) -> datetime | None:
        return datetime.now(UTC) + timedelta(hours=12) if self.waiting else None

    def open(self, key: str) -> object:
        assert not self.waiting, "read before it was ready"
        return self._archive.open(key)  # type: ignore[attr-defined]

    def __getattr__(self, name: str) -> object:
        return getattr(self._archive, name)


def test_from_a_deep_archive_it_is_read_back_hours_later_and_stays_here_until_then(
    tmp_path: Path, file: Path
) -> None:
    here = house(tmp_path, None)
    image = here.take(file)
    deep, rows = Deep(here.archive), here.ledger.rows(image)
    arrived, accepted = rows["arrival"].result, rows["accept_image"].result
    function = here.chain.actor("archive_original").function
    here.notes.set(image, "archive")
    given = (arrived, accepted, Skipped("-"), here.store, deep, here.moves, here.notes, here.diary)
    for _ in range(2):
        with pytest.raises(Transient, match="The archive has it ready at about") as told:
            function(*given)
        assert told.value.retry_after == 4 * 3600
        assert here.hot(image)
    deep.waiting = False
    assert isinstance(function(*given), Archived)
