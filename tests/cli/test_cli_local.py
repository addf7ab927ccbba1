"""The parts of `loupe up`: restarted after a growing pause that heals, ended together, killed if need be."""

import logging
import os
import signal
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from loupe import local
from loupe.local import PARENT, PAUSE_SECONDS, STEADY_SECONDS, Part, Parts
from pipeline.errors import Misconfigured

PATIENCE = 60


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


class Process:
    """What a part starts, under the test's control."""

    def __init__(self, command: Sequence[str], env: dict[str, str], **options: Any) -> None:
        self.command, self.env, self.options = list(command), env, options
        self.status: int | None = None

    def poll(self) -> int | None:
        return self.status


class House:
    """Parts on a clock that only the test moves, and all processes that were ever started."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
        self.clock, self.started = Clock(), list[Process]()
        monkeypatch.setattr(local, "time", self.clock)
        monkeypatch.setattr("loupe.local.subprocess.Popen", self._open)
        self.parts = Parts([Part(name) for name in names], {"SLACK_API_URL": "http://127.0.0.1:1/api/"})
        self.parts.start()

    def _open(self, command: Sequence[str], **options: Any) -> Process:
        self.started.append(Process(command, **options))
        return self.started[-1]

    def tend(self, seconds: float = 0.0) -> None:
        self.clock.now += seconds
        for part in self.parts.parts:
            self.parts._tend(part)


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> House:
    return House(monkeypatch, "bot")


def test_a_part_is_a_loupe_of_its_own_that_knows_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    house = House(monkeypatch, "web", "bot")
    assert [process.command for process in house.started] == [
        [sys.executable, "-m", "loupe", "web"],
        [sys.executable, "-m", "loupe", "bot"],
    ]
    for process in house.started:
        assert process.env[PARENT].isdigit()
        assert process.env["SLACK_API_URL"] == "http://127.0.0.1:1/api/"


def test_a_part_that_runs_is_left_alone(house: House) -> None:
    for _ in range(100):
        house.tend(1)
    assert len(house.started) == 1


def test_a_part_that_died_comes_back_after_its_pause_and_not_before(house: House) -> None:
    house.started[0].status = 1
    house.tend()
    house.tend(PAUSE_SECONDS[0] * 0.9)
    assert len(house.started) == 1
    house.tend(PAUSE_SECONDS[0] * 0.2)
    assert len(house.started) == 2


@pytest.mark.parametrize("status", [0, 1, -signal.SIGKILL, -signal.SIGSEGV])
def test_however_it_ended_it_comes_back(house: House, status: int) -> None:
    house.started[0].status = status
    house.tend()
    house.tend(PAUSE_SECONDS[0])
    assert len(house.started) == 2


def deaths(house: House, count: int) -> list[float]:
    """Seconds that each restart took when the part dies as soon as it has started."""
    waits = []
    for _ in range(count):
        running = len(house.started)
        house.started[-1].status = 1
        died = house.clock.now
        while len(house.started) == running:
            house.tend(0.05)
        waits.append(house.clock.now - died)
    return waits


def test_the_pause_doubles_up_to_its_limit(house: House) -> None:
    waits = deaths(house, 10)
    assert waits[0] == pytest.approx(PAUSE_SECONDS[0], abs=0.11)
    for sooner, later in pairwise(waits):
        assert later == pytest.approx(min(2 * sooner, PAUSE_SECONDS[1]), abs=0.25)
    assert waits[-1] == pytest.approx(PAUSE_SECONDS[1], abs=0.11)


def test_a_part_that_ran_steadily_has_recovered(house: House) -> None:
    deaths(house, 8)
    house.tend(STEADY_SECONDS + 1)
    assert deaths(house, 1)[0] == pytest.approx(PAUSE_SECONDS[0], abs=0.11)


def test_no_part_waits_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    house = House(monkeypatch, "bot", "worker")
    deaths_of_bot = 0
    while deaths_of_bot < 6:
        bots = [p for p in house.started if p.command[-1] == "bot"]
        bots[-1].status = 1
        house.tend(1)
        deaths_of_bot = len(bots)
    house.started[1].status = 1
    house.tend()
    house.tend(PAUSE_SECONDS[0])
    assert sum(p.command[-1] == "worker" for p in house.started) == 2


def test_a_restart_is_told_once_with_part_and_status(house: House, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "loupe.up"):
        house.started[0].status = -9
        for _ in range(3):
            house.tend(0.01)
    assert caplog.messages == ["bot ended (status -9); it is started again."]


def test_a_part_that_says_wrong_usage_stops_everything(house: House) -> None:
    house.started[0].status = 2
    with pytest.raises(Misconfigured, match="its part 'bot' cannot run like this"):
        house.tend()


PART = """
import os, signal, sys, time
from itertools import pairwise
from pathlib import Path
name, folder = sys.argv[1], Path(sys.argv[2])
if name == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if name == "shares":
    os.write(int(sys.argv[3]), b"shared")
(folder / f"{name}.{os.getpid()}").write_text("")
if name == "short":
    sys.exit(1)
if name == "wrong":
    sys.exit(2)
time.sleep(600)
"""


def real(folder: Path, *parts: Part) -> Parts:
    """Parts that are real processes, of a few lines each."""
    script = folder / "part.py"
    script.write_text(PART)
    return Parts(parts, program=(sys.executable, str(script)))


def seen(folder: Path, name: str, count: int = 1) -> None:
    """Wait until so many processes of that name have begun."""
    waiting = Event()
    for _ in range(PATIENCE * 50):
        if len(list(folder.glob(f"{name}.*[0-9]"))) >= count:
            return
        waiting.wait(0.02)
    raise AssertionError(f"{name} was not started {count} times")


def watched(parts: Parts) -> tuple[Thread, Event]:
    stop = Event()
    thread = Thread(target=parts.watch, args=(stop,), daemon=True)
    thread.start()
    return thread, stop


def test_real_parts_come_back_and_end_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "WATCH_SECONDS", 0.01)
    parts = real(tmp_path, Part("short", [str(tmp_path)]), Part("long", [str(tmp_path)]))
    parts.start()
    thread, stop = watched(parts)
    seen(tmp_path, "short", 3)
    seen(tmp_path, "long")
    stop.set()
    thread.join(PATIENCE)
    parts.end()
    assert [part.ended() is not None for part in parts.parts] == [True, True]
    assert parts.parts[1].ended() == -signal.SIGTERM
    assert len(list(tmp_path.glob("long.*"))) == 1


def test_a_part_that_does_not_listen_is_killed_after_its_grace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "GRACE_SECONDS", 0.2)
    parts = real(tmp_path, Part("deaf", [str(tmp_path)]), Part("long", [str(tmp_path)]))
    parts.start()
    seen(tmp_path, "deaf")
    seen(tmp_path, "long")
    parts.end()
    assert [part.ended() for part in parts.parts] == [-signal.SIGKILL, -signal.SIGTERM]


def test_ending_what_has_ended_or_never_began_is_no_fault(tmp_path: Path) -> None:
    parts = real(tmp_path, Part("short", [str(tmp_path)]), Part("never"))
    parts.parts[0].start({}, parts.program)
    assert parts.parts[0].process is not None
    parts.parts[0].process.wait(PATIENCE)
    parts.end()
    parts.end()
    assert [part.ended() for part in parts.parts] == [1, None]


def test_wrong_usage_of_a_real_part_ends_the_watch(tmp_path: Path) -> None:
    parts = real(tmp_path, Part("wrong", [str(tmp_path)]))
    parts.start()
    with pytest.raises(Misconfigured, match="'wrong'"):
        parts.watch(Event())


def test_a_part_shares_only_what_it_was_given(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    parts = real(tmp_path, Part("shares", [str(tmp_path), str(writing)], inherits=[writing]))
    try:
        parts.start()
        assert os.read(reading, 6) == b"shared"
    finally:
        parts.end()
        os.close(reading)
        os.close(writing)
