"""Images with the very same bytes share one original; it leaves the store with the last that needs it."""

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest

from pipeline.adapters.disk_store import DiskStore
from pipeline.engine import Engine
from pipeline.ports import Store
from pipeline.results import Accepted, Removed, Restored
from tests.flow.storehouse import DAY, House, picture


@pytest.fixture
def here(tmp_path: Path) -> House:
    return House(tmp_path / "data")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return picture(tmp_path / "holiday.png")


def step(engine: Engine, actor: str) -> None:
    """Run until that actor is about to run, and run it."""
    for _ in range(40):
        work = engine.turn("w", want=1)
        engine.turn("w", [engine.run(w) for w in work], want=0)
        if work[0].task.actor == actor:
            return
    raise AssertionError(f"{actor} never ran")


def test_two_in_one_message_are_both_archived_and_the_bytes_leave_with_the_last_look(
    here: House, file: Path
) -> None:
    images = here.post(file), here.post(file)
    here.settle()
    here.pass_time(DAY)
    for image, actor in here.appointments():
        here.again(image, actor)
    assert {type(here.result(image, "remove_original")) for image in images} == {Removed}
    assert not here.hot(images[0])
    assert here.safe() == []


def test_an_original_stays_while_its_twin_has_runs_open(here: House, file: Path) -> None:
    first = here.post(file)
    engine = here.engine()
    step(engine, "archive_original")
    second = here.post(file)
    step(engine, "remove_original")
    assert here.reason(first, "remove_original").startswith("Its bytes are still needed here;")
    assert set(here.ledger.open_tasks(second)) == {"archive_original"}
    here.settle()
    assert isinstance(here.result(second, "remove_original"), Removed)
    assert here.safe() == []


def test_an_original_stays_as_long_as_its_twin_is_too_young_for_the_archive(here: House, file: Path) -> None:
    here.moves.archive_after = None
    old, young = here.take(file), here.take(file)
    here.notes.set(old, "archive")
    here.again(old, "archive_original")
    assert here.reason(old, "remove_original").startswith("Its bytes are still needed here;")
    assert here.hot(young)
    here.notes.set(young, "archive")
    here.again(young, "archive_original")
    assert isinstance(here.result(young, "remove_original"), Removed)
    assert not here.hot(old)


def test_an_original_stays_as_long_as_its_twin_is_restored(here: House, file: Path) -> None:
    one, other = here.take(file), here.take(file)
    here.pass_time(7200)
    here.again(one, "remove_original")
    for image in (one, other):
        here.notes.set(image, "restore")
        here.again(image, "restore_original")
    here.notes.clear(one, "restore")
    here.again(one, "restore_original")
    assert here.reason(one, "remove_original").startswith("Its bytes are still needed here;")
    assert isinstance(here.result(other, "restore_original"), Restored)
    assert here.hot(other)
    here.pass_time(DAY + 1)
    here.again(other, "restore_original")
    assert not here.hot(other)
    assert here.safe() == []


def test_a_late_removal_respects_a_wish_that_came_meanwhile(here: House, file: Path) -> None:
    """The run was claimed when nobody had asked; somebody asks before it gets to the bytes."""
    image = here.post(file)
    engine = here.engine()
    while (work := engine.turn("w")) and work[0].task.actor != "remove_original":
        engine.turn("w", [engine.run(work[0])], want=0)
    here.notes.set(image, "restore")
    engine.turn("w", [engine.run(work[0])], want=0)
    assert here.hot(image)
    assert here.reason(image, "remove_original").startswith("Its bytes are still needed here;")


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_removal_while_a_twin_is_being_kept_takes_nothing_from_it(
    here: House, file: Path, moment: str
) -> None:
    """The race of accept_image with remove_original at its narrowest: around ``put``."""
    old = here.take(file)
    here.notes.set(old, "restore")
    here.again(old, "restore_original")
    here.notes.clear(old, "restore")
    store = Racing(here.store, moment, lambda: here.again(old, "restore_original"))
    engine = here.engine()
    racing = Engine(engine.chain, engine.ledger, {**engine.ports, Store: store}, engine.backoff)
    young = here.post(file)
    step(racing, "accept_image")
    assert store.raced
    assert here.reason(old, "remove_original").startswith("Its bytes are still needed here;")
    assert here.hot(young)


class Racing:
    """A store in which something happens around the moment at which a thing is kept."""

    def __init__(self, store: DiskStore, moment: str, act: Callable[[], object]) -> None:
        self._store, self._moment, self._act, self.raced = store, moment, act, False

    def put(self, key: str, stream: BinaryIO) -> None:
        if self._moment == "before":
            self._race()
        self._store.put(key, stream)
        if self._moment == "after":
            self._race()

    def _race(self) -> None:
        if not self.raced:
            self.raced = True
            self._act()

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)


def test_a_duplicate_of_what_is_in_the_archive_is_looked_at_and_archived_like_any_other(
    here: House, file: Path
) -> None:
    first = here.take(file)
    assert not here.hot(first)
    here.moves.archive_after = DAY
    second = here.take(file)
    accepted = here.result(second, "accept_image")
    assert isinstance(accepted, Accepted)
    assert accepted.duplicate_of is not None
    assert accepted.duplicate_of.image == first
    assert here.hot(second)
    here.pass_time(2 * DAY)
    here.again(second, "archive_original")
    assert not here.hot(second)
    assert here.safe() == []
