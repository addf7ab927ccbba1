"""Signs of life: a part is heard of as long as its own loop turns, and missed when it does not."""

from pathlib import Path
from threading import Event, Thread

import pytest

from pipeline.adapters.sqlite_beats import SqliteBeats
from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_outbox import SqliteOutbox
from pipeline.beats import EVERY, PARTS, SILENT, Pulse, running, silent
from pipeline.errors import Unavailable
from pipeline.sending import Sender
from pipeline.workers import Pool
from tests.flow.driving import Shop, eventually, toy_engine


class Heard:
    """Remembers who beat."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def beat(self, part: str) -> None:
        self.parts.append(part)

    def ages(self) -> dict[str, float]:
        return dict.fromkeys(self.parts, 0.0)


def test_a_part_is_as_old_as_its_last_sign_of_life(tmp_path: Path) -> None:
    beats = SqliteBeats(Database(tmp_path / "ledger.sqlite"))
    assert beats.ages() == {}
    beats.beat("web")
    beats.beat("web")
    beats.beat("clock")
    assert set(beats.ages()) == {"web", "clock"}
    assert all(0 <= age < SILENT for age in beats.ages().values())


@pytest.mark.parametrize(("turn", "beats"), [(0.1, 12), (EVERY - 0.02, 11), (EVERY, 10), (3 * EVERY, 4)])
def test_a_loop_beats_at_once_and_then_at_least_every_ten_seconds_if_it_turns(
    turn: float, beats: int
) -> None:
    heard, now = Heard(), [0.0]
    pulse = Pulse(heard, "bot", lambda: now[0])
    while now[0] < 10 * EVERY:
        pulse()
        now[0] += turn
    assert len(heard.parts) == beats


def test_a_ledger_that_cannot_be_reached_does_not_stop_the_loop() -> None:
    class Broken(Heard):
        def beat(self, part: str) -> None:
            super().beat(part)
            raise Unavailable("The disk is full.")

    heard = Broken()
    Pulse(heard, "bot")()
    assert heard.parts == ["bot"]


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (None, "never heard of"),
        (61.0, "silent for 1 min"),
        (7100.0, "silent for 118 min"),
        (90_000.0, "silent for 25 h"),
    ],
)
def test_a_silent_part_is_told_with_how_long(age: float | None, words: str) -> None:
    ages = dict.fromkeys(PARTS, 1.0) | ({} if age is None else {"news": age})
    if age is None:
        del ages["news"]
    assert silent(ages) == [f"news ({words})"]


def test_nobody_is_silent_while_all_are_heard_of_and_nothing_runs_while_none_is() -> None:
    assert silent(dict.fromkeys(PARTS, SILENT)) == []
    assert running({"web": 1.0, "bot": 9e9})
    assert not running({"web": 9e9})
    assert not running({})


def test_the_pool_that_looks_after_workers_is_heard_of(tmp_path: Path) -> None:
    stop, turns = Event(), list[int]()
    shop = Shop(tmp_path / "ledger.sqlite")

    def turned() -> None:
        turns.append(1)
        if len(turns) > 2:
            stop.set()

    Pool(shop.engine(), lambda: toy_engine(shop.path), 0, turned).run(stop)
    assert len(turns) == 3


def test_who_sends_news_is_heard_of_even_with_nobody_to_send_to(tmp_path: Path) -> None:
    stop, turns = Event(), list[int]()
    sender = Sender(SqliteOutbox(Database(tmp_path / "ledger.sqlite")), {}, turned=lambda: turns.append(1))
    thread = Thread(target=sender.run, args=(stop,))
    thread.start()
    try:
        eventually(lambda: len(turns) > 1)
    finally:
        stop.set()
        thread.join()
