"""kill -9 at any moment between "settled" and "sent": every sink gets every piece, with the same id.

In turn: the sender killed at every single effect of a delivery, a worker at every effect of an
announcement, and real processes killed at random while pieces come in. ``python -m bench.newschaos`` does
more of the last.
"""

import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_newsroom import SqliteNewsroom
from pipeline.adapters.sqlite_outbox import SqliteOutbox
from pipeline.news import Address, Draft
from tests.flow.driving import eventually
from tests.flow.dying import died_at
from tests.flow.publishing import quickly
from tests.news.hooks import Heard, Hook, Reply, hook
from tests.news.office import Office
from tests.news.telling import newshouse

PIECES, KILLS, SINKS = 150, 30, ("first", "second", "third")


def test_a_sender_that_dies_at_any_effect_has_sent_or_will_send(tmp_path: Path) -> None:
    for moment in range(200):
        folder = tmp_path / str(moment)
        folder.mkdir()
        office, log = Office(folder), folder / "taken"
        key = office.tell()

        def noted(delivery: object, log: Path = log) -> None:
            with log.open("a") as file:
                file.write("taken\n")

        office.ops.fate = noted
        died = died_at(office.database, office.work, moment)
        office.outbox.release("me/ops")  # as a sender does that starts again
        office.work()
        assert office.states() == {key: "sent"}
        assert len(log.read_text().splitlines()) in (1, 2)
        if not died:
            break
    assert not died
    assert moment > 5


def test_a_worker_that_dies_at_any_effect_of_an_announcement_has_told_or_will_tell(tmp_path: Path) -> None:
    for moment in range(0, 2000, 7):
        folder = tmp_path / str(moment)
        folder.mkdir()
        house = newshouse(folder)
        with quickly(house.taste):
            died = died_at(house.database, house.post, moment)
            for holder in house.ledger.holders():
                house.ledger.release(holder)
            house.go_on()
        ids = [row["id"] for row in house.database.read("SELECT id FROM pieces")]
        entered = house.database.read("SELECT 1 FROM images")
        assert house.kinds() == (["verdict", "published"] if entered else [])
        assert len(set(ids)) == len(ids)
        if not died:
            break
    assert not died


@contextmanager
def sending(ledger: Path, hooks: dict[str, Hook]) -> Iterator[subprocess.Popen[bytes]]:
    """A sender in a process of its own."""
    named = [f"{name}={each.url}" for name, each in hooks.items()]
    process = subprocess.Popen([sys.executable, "-m", "tests.news.sender_process", str(ledger), *named])
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def telling(ledger: Path) -> None:
    """Pieces come in all the while, three about each subject."""
    newsroom = SqliteNewsroom(Database(ledger))
    for number in range(PIECES):
        draft = Draft(f"k{number:04}", "alarm", f"subject {number // 3}", {"number": number})
        newsroom.tell(draft, [Address(name) for name in SINKS])
        time.sleep(0.01)


@pytest.mark.timeout(110)
def test_every_sink_gets_every_piece_however_often_the_sender_dies(tmp_path: Path) -> None:
    ledger, chance = tmp_path / "ledger.sqlite", random.Random(7)
    outbox = SqliteOutbox(Database(ledger))
    wanted = {Draft(f"k{number:04}", "alarm", "", {}).id for number in range(PIECES)}
    with ExitStack() as stack:
        hooks = {name: stack.enter_context(hook()) for name in SINKS}
        teller = threading.Thread(target=telling, args=(ledger,))
        teller.start()
        for _ in range(KILLS):
            before = sum(len(each.taken) for each in hooks.values())
            with sending(ledger, hooks) as process:
                eventually(lambda b=before: _got(hooks) > b or _all(hooks, wanted), 20)  # type: ignore[misc]
                time.sleep(chance.uniform(0, 0.1))
                process.kill()
        teller.join()
        with sending(ledger, hooks):
            eventually(lambda: _all(hooks, wanted) and not sum(s.due for s in outbox.standings()), 30)
    for each in hooks.values():
        firsts = list(dict.fromkeys(each.ids()))
        assert set(firsts) == wanted
        assert len(each.taken) < PIECES + KILLS * 2 * 64
        order = {Draft(f"k{number:04}", "alarm", "", {}).id: number for number in range(PIECES)}
        numbers = [order[one] for one in firsts]
        for subject in range(PIECES // 3):
            mine = [number for number in numbers if number // 3 == subject]
            assert mine == sorted(mine)


def _got(hooks: dict[str, Hook]) -> int:
    return sum(len(each.taken) for each in hooks.values())


def _all(hooks: dict[str, Hook], wanted: set[str]) -> bool:
    return all(set(each.ids()) >= wanted for each in hooks.values())


def test_two_senders_at_once_send_everything_and_nothing_twice(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.sqlite"
    telling(ledger)
    with ExitStack() as stack:
        hooks = {name: stack.enter_context(hook()) for name in SINKS}
        for _ in range(2):
            stack.enter_context(sending(ledger, hooks))
        eventually(lambda: all(len(each.taken) >= PIECES for each in hooks.values()), 60)
        outbox = SqliteOutbox(Database(ledger))
        eventually(lambda: not sum(each.due for each in outbox.standings()), 30)
        assert [len(each.taken) for each in hooks.values()] == [PIECES] * 3


def test_a_sender_that_is_killed_leaves_nothing_waiting_for_a_lease(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.sqlite"
    newsroom = SqliteNewsroom(Database(ledger))
    newsroom.tell(Draft("k", "alarm", "s", {}), [Address("first")])
    slow = {"wait": 30.0}

    def answer(heard: Heard) -> Reply:
        return Reply(wait=slow["wait"])

    with hook(answer) as there:
        with sending(ledger, {"first": there}):
            eventually(lambda: there.heard, 20)
        slow["wait"] = 0.0
        with sending(ledger, {"first": there}):
            eventually(lambda: there.taken, 20)
        assert there.heard[0].id == there.heard[1].id
