"""Worker processes: stopped when they hang, replaced when they die, exclusive among each other."""

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from threading import Event, Thread

import psutil
import pytest

from pipeline.engine import LEASE_SECONDS
from pipeline.results import Failed
from pipeline.workers import Pool
from tests.flow.driving import Shop, endings, enter, eventually, toy_engine, work_off

ROOT = Path(__file__).parents[2]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path / "ledger.sqlite")


@contextmanager
def pool(shop: Shop, count: int) -> Iterator[None]:
    """A pool in a thread of this process, stopped at the end."""
    stop = Event()
    thread = Thread(
        target=Pool(toy_engine(shop.path), partial(toy_engine, shop.path), count).run, args=(stop,)
    )
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@contextmanager
def pool_process(shop: Shop, count: int) -> Iterator[psutil.Popen]:
    """A pool in a process of its own; killed at the end, should it still be there."""
    command = [sys.executable, "-m", "tests.flow.pool_process", str(shop.path), str(count)]
    process = psutil.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        with suppress(psutil.NoSuchProcess):
            process.kill()
        process.wait()


def workers(process: psutil.Process) -> list[psutil.Process]:
    """The worker processes of a pool (and no helper of multiprocessing's)."""
    found = []
    for child in process.children():
        with suppress(psutil.Error):
            if "spawn_main" in " ".join(child.cmdline()):
                found.append(child)
    return found


def reason(shop: Shop, image: str, actor: str) -> str:
    result = shop.engine().ledger.rows(image)[actor].result
    assert isinstance(result, Failed)
    return result.reason


def settled(shop: Shop) -> bool:
    return "waiting" not in shop.states().values()


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("hang@fold", "was stopped when its time was up"),
        ("die@fold", "ended with its process (SIGKILL)"),
    ],
)
def test_a_run_that_takes_its_worker_down_is_parked_in_the_end_and_stops_no_other(
    shop: Shop, name: str, why: str
) -> None:
    engine = shop.engine()
    bad, *_ = enter(engine, name, *(f"good {n}" for n in range(20)))
    with pool(shop, 2):
        eventually(lambda: list(shop.states().values()).count("done") == 20)
        eventually(lambda: settled(shop))
    assert shop.states()[name] == "failed"
    assert reason(shop, bad, "fold") == f"fold was given up after 3 runs: {why}."
    assert endings(engine, bad)["ship"] == "done"
    assert engine.ledger.rows(bad)["fold"].attempts == 3
    assert set(shop.accepted().values()) == {1}


def test_nothing_is_lost_or_doubled_by_many_workers_that_are_killed_all_the_time(shop: Shop) -> None:
    engine, dice = shop.engine(), random.Random(7)
    names = [f"nap@weigh {n}" for n in range(300)]

    def post(part: list[str]) -> None:
        for name in part:
            enter(toy_engine(shop.path), name)

    with pool_process(shop, 2) as process:
        for batch in range(6):
            part = names[batch * 50 : batch * 50 + 50]
            doubled = part + dice.sample(part, 10)
            dice.shuffle(doubled)
            threads = [Thread(target=post, args=(doubled[n::2],)) for n in range(2)]
            eventually(lambda: len(workers(process)) == 2)
            for thread in threads:
                thread.start()
            eventually(engine.ledger.holders)
            dice.choice(workers(process)).kill()
            for thread in threads:
                thread.join()
        work_off(engine, "helper", want=3)
        eventually(lambda: settled(shop) and not shop.open())
    assert shop.reasons() == {}
    assert shop.states() == dict.fromkeys(names, "done")
    assert set(shop.accepted().values()) == {1}
    assert len(shop.accepted()) == len(names) * 6


def test_workers_end_with_their_pool_and_the_next_pool_takes_over_before_the_lease_ends(
    shop: Shop, tmp_path: Path
) -> None:
    engine, gate = shop.engine(), tmp_path / "gate"
    (image,) = enter(engine, f"gate@weigh {gate}")
    with pool_process(shop, 2) as process:
        eventually(engine.ledger.holders)
        orphans = workers(process)
        process.kill()
        process.wait()
        _, left = psutil.wait_procs(orphans, timeout=10)
        assert left == []
    assert engine.ledger.holders() != []
    gate.touch()
    began = time.monotonic()
    with pool(shop, 1):
        eventually(lambda: settled(shop))
    assert time.monotonic() - began < LEASE_SECONDS - 5
    assert engine.ledger.rows(image)["weigh"].attempts == 2
    assert set(shop.accepted().values()) == {1}


def test_a_pool_that_is_asked_to_stop_lets_the_present_run_finish_and_begins_no_other(
    shop: Shop, tmp_path: Path
) -> None:
    engine, gate = shop.engine(), tmp_path / "gate"
    (image,) = enter(engine, f"gate@weigh {gate}")
    with pool_process(shop, 1) as process:
        eventually(engine.ledger.holders)
        process.terminate()
        gate.touch()
        assert process.wait(10) == 0
    assert endings(engine, image) == {"weigh": "done"}
    assert engine.ledger.rows(image)["weigh"].attempts == 1
    assert [task.attempts for task in engine.ledger.open_tasks(image).values()] == [0, 0]
    assert engine.ledger.holders() == []


def test_a_pool_that_is_asked_to_stop_ends_a_run_that_does_not(shop: Shop, tmp_path: Path) -> None:
    engine = shop.engine()
    (image,) = enter(engine, f"gate@weigh {tmp_path / 'never'}")
    with pool_process(shop, 1) as process:
        eventually(engine.ledger.holders)
        process.terminate()
        assert process.wait(10) == 0
    assert engine.ledger.holders() == []
    assert list(engine.ledger.open_tasks(image)) == ["weigh"]


def test_the_pool_keeps_the_leases_of_its_workers(shop: Shop, tmp_path: Path) -> None:
    engine, gate = shop.engine(), tmp_path / "gate"
    enter(engine, f"gate@weigh {gate}")
    with pool(shop, 1):
        eventually(engine.ledger.holders)
        before = _lease(shop)
        eventually(lambda: _lease(shop) > before)
        gate.touch()
        eventually(lambda: settled(shop))
    assert set(shop.accepted().values()) == {1}


def _lease(shop: Shop) -> float:
    found = shop.database().read("SELECT MAX(lease_until) AS until FROM tasks")
    return float(found[0]["until"] or 0)
