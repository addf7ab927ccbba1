"""An original that somebody asked for comes back for a while."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.archiving import minute
from pipeline.errors import Transient
from pipeline.ports import Archive
from pipeline.results import Accepted, Archived, Arrived, Failed, Removed, Restored
from tests.flow.storehouse import DAY, House, picture


@pytest.fixture
def here(tmp_path: Path) -> House:
    return House(tmp_path / "data")


@pytest.fixture
def image(here: House, tmp_path: Path) -> str:
    return here.take(picture(tmp_path / "holiday.png"))


def restore(here: House, image: str) -> list[str]:
    here.notes.set(image, "restore")
    return here.again(image, "restore_original")


def test_who_asks_gets_it_back_as_it_was_until_a_day_that_is_told(here: House, image: str) -> None:
    restore(here, image)
    restored, note = here.result(image, "restore_original"), here.notes.get(image, "restore")
    assert note is not None
    assert restored == Restored(note.at + timedelta(days=1))
    assert here.reason(image, "remove_original") == f"It stays until {minute(note.at + timedelta(days=1))}."
    assert here.hot(image)
    assert here.again(image, "look")[0] == "look"
    assert here.appointments() == {(image, "restore_original"): (note.at + timedelta(days=1)).timestamp()}


def test_when_its_time_is_over_it_goes_again(here: House, image: str) -> None:
    restore(here, image)
    here.pass_time(DAY + 1)
    here.again(image, "restore_original")
    assert here.reason(image, "restore_original").startswith("It was back until ")
    assert isinstance(here.result(image, "remove_original"), Removed)
    assert not here.hot(image)
    assert here.safe() == []


def test_who_asks_again_has_it_for_longer(here: House, image: str) -> None:
    restore(here, image)
    here.pass_time(DAY / 2)
    restore(here, image)
    here.pass_time(DAY * 0.75)
    here.again(image, "restore_original")
    assert isinstance(here.result(image, "restore_original"), Restored)
    assert here.hot(image)


def test_a_wish_for_what_has_not_left_yet_keeps_it_here(tmp_path: Path) -> None:
    here = House(tmp_path / "data", None)
    image = here.take(picture(tmp_path / "holiday.png"))
    here.notes.set(image, "restore")
    here.notes.set(image, "archive")
    here.again(image, "archive_original")
    assert isinstance(here.result(image, "archive_original"), Archived)
    assert isinstance(here.result(image, "restore_original"), Restored)
    assert here.hot(image)
    assert here.cold(image)


def test_a_copy_that_rotted_in_the_archive_is_not_given_out(here: House, image: str) -> None:
    (here.archive.folder / here.key(image)).write_bytes(b"rotten")
    restore(here, image)
    assert isinstance(here.result(image, "restore_original"), Failed)
    assert "is damaged" in here.reason(image, "restore_original")
    assert not here.hot(image)
    assert here.reason(image, "remove_original") == "It was asked for, and bringing it back failed."


def test_a_copy_of_something_else_is_not_given_out(here: House, image: str, tmp_path: Path) -> None:
    with picture(tmp_path / "other.png", seed=5).open("rb") as stream:
        here.archive.put(here.key(image), stream)
    restore(here, image)
    assert "archive's copy of the original is damaged: its sha256" in here.reason(image, "restore_original")
    assert not here.hot(image)


def test_a_failed_restoring_leaves_what_is_here_alone(here: House, image: str) -> None:
    """A twin brought the bytes back meanwhile; then the removal has no say before somebody has looked."""
    (here.archive.folder / here.key(image)).write_bytes(b"rotten")
    restore(here, image)
    with here.store.folder.joinpath("kept").open("wb") as file:
        file.write(b"x")
    here.again(image, "remove_original")
    assert here.reason(image, "remove_original").startswith("It was asked for")


def test_the_wish_for_the_archive_ends_the_one_for_its_return(here: House, image: str) -> None:
    restore(here, image)
    here.notes.clear(image, "restore")
    here.notes.set(image, "archive")
    here.again(image, "archive_original")
    assert isinstance(here.result(image, "remove_original"), Removed)
    assert not here.hot(image)


class Slow:
    """An archive that needs five hours; reading before that is a mistake."""

    def __init__(self, archive: object) -> None:
        self._archive, self.waiting = archive, True

    def ready(self, key: str) -> datetime | None:
        return datetime.now(UTC) + timedelta(hours=5) if self.waiting else None

    def open(self, key: str) -> object:
        assert not self.waiting, "read before it was ready"
        return self._archive.open(key)  # type: ignore[attr-defined]

    def __getattr__(self, name: str) -> object:
        return getattr(self._archive, name)


def test_an_archive_that_needs_time_says_when_and_is_asked_again(here: House, image: str) -> None:
    slow = Slow(here.archive)
    engine = here.engine()
    engine = type(engine)(engine.chain, engine.ledger, {**engine.ports, Archive: slow}, engine.backoff)
    here.notes.set(image, "restore")
    engine.replay(image, "restore_original")
    (work,) = engine.turn("w")
    engine.turn("w", [engine.run(work)], want=0)
    task = here.ledger.open_tasks(image)["restore_original"]
    assert task.error is not None
    assert task.error.startswith("The archive has it ready at about ")
    assert 3.9 * 3600 < task.due_at - datetime.now(UTC).timestamp() <= 4 * 3600
    slow.waiting = False
    with here.database.write() as connection:
        connection.execute("UPDATE tasks SET due_at=0")
    here.settle()
    assert here.hot(image)


def test_the_waiting_time_is_words_for_a_person(here: House, image: str) -> None:
    function = here.chain.actor("restore_original").function
    here.notes.set(image, "restore")
    rows = here.ledger.rows(image)
    arrived, accepted, archived = (
        rows[name].result for name in ("arrival", "accept_image", "archive_original")
    )
    assert isinstance(arrived, Arrived)
    assert isinstance(accepted, Accepted)
    ports = here.ports()
    slow = Slow(here.archive)
    with pytest.raises(Transient) as told:
        function(arrived, accepted, archived, here.store, slow, here.moves, here.notes, here.diary)
    assert f"{datetime.now(UTC) + timedelta(hours=5):%Y}" in told.value.words
    assert told.value.words.endswith(" UTC.")
    assert ports
