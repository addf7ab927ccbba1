"""The clock of an installation: its timetable as a table, and digests and alarms that come by themselves."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from loupe.commands.clock import clock
from loupe.ground import Ground, ground
from loupe.settings import load
from pipeline.adapters.sqlite_alarms import SqliteAlarms
from pipeline.adapters.sqlite_habits import SqliteHabits
from pipeline.adapters.sqlite_newsroom import SqliteNewsroom
from pipeline.adapters.sqlite_wakes import SqliteWakes
from pipeline.figures import day_of
from pipeline.habits import Habit
from pipeline.wakes import Wake
from tests.cli.keeping import CLEAN
from tests.cli.running import loupe

ROOT = Path(__file__).parents[2]
PATIENCE = 40
FACT = (
    "INSERT INTO facts (image,short,source,team,channel,private,entered_at,state,renditions,bytes_before,"
    "bytes_after,parked) VALUES (?,?,'slack','T1',?,0,?,'done',1,9000000,1000000,0)"
)


def base_of(data: Path) -> Ground:
    made = ground(load(data=data, digest_at="00:00", operators_channel="C0OPS", alarm_disk=-1))
    SqliteNewsroom(made.database)
    return made


def picture(base: Ground, channel: str, days_ago: int = 1) -> None:
    """A picture in a channel, in the middle of a day."""
    noon = day_of(time.time() - days_ago * 86_400, "UTC").start + 43_200
    with base.database.write() as connection:
        name = f"{channel}{days_ago}{time.monotonic_ns()}"
        connection.execute(FACT, (name, f"IMG-{name}", channel, noon))


def told(base: Ground) -> dict[str, dict[str, Any]]:
    """The digests that were written, by key."""
    found = base.database.read("SELECT key, data FROM pieces WHERE kind='digest'")
    return {row["key"]: json.loads(row["data"]) for row in found}


def heeds_a_stop(process: "subprocess.Popen[bytes]") -> bool:
    """Has it said by now what it does on SIGTERM? Asked before, it simply ends, as any program does."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt:"))
    return bool(int(caught.split()[1], 16) >> (signal.SIGTERM - 1) & 1)


def comes(seen: Callable[[], object]) -> bool:
    until = time.monotonic() + PATIENCE
    while not seen() and time.monotonic() < until:
        time.sleep(0.05)
    return bool(seen())


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts `loupe clock` as `loupe up` does."""
    running: list[subprocess.Popen[bytes]] = []
    told = {"LOUPE_DIGEST_AT": "00:00", "LOUPE_OPERATORS_CHANNEL": "C0OPS", "LOUPE_ALARM_DISK": "-1"}

    def start() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "loupe", "clock", "--data", str(tmp_path / "data")]
        running.append(subprocess.Popen(command, cwd=ROOT, env=CLEAN | told))
        return running[-1]

    yield start
    for each in running:
        each.kill()
        each.wait()


def test_the_clock_tells_yesterdays_digests_once_however_often_it_is_started(
    tmp_path: Path, process: Callable[[], subprocess.Popen[bytes]]
) -> None:
    base = base_of(tmp_path / "data")
    for channel in ("C0CATS", "C0CATS", "C0DOGS"):
        picture(base, channel)
    picture(base, "C0OLD", days_ago=3)
    yesterday = day_of(time.time() - 86_400, "UTC").date
    wanted = {f"digest/{whose}/{yesterday}" for whose in ("T1/C0CATS", "T1/C0DOGS", "/")}
    clocks = [process(), process()]
    assert comes(lambda: wanted <= told(base).keys())
    os.kill(clocks[0].pid, signal.SIGKILL)
    assert comes(lambda: heeds_a_stop(clocks[1]))
    clocks[1].terminate()
    assert clocks[1].wait(PATIENCE) == 0
    process()
    assert comes(lambda: SqliteWakes(base.database).kept([("digest/T1/C0DOGS", str(yesterday))]))
    assert told(base).keys() == wanted
    assert told(base)[f"digest/T1/C0CATS/{yesterday}"]["headline"].startswith("2 images, 0 held")
    assert told(base)[f"digest///{yesterday}"]["images"] == 3
    sent = base.database.read("SELECT address FROM deliveries ORDER BY address")
    assert [row["address"] for row in sent] == ["C0CATS", "C0DOGS", "C0OPS"]
    base.database.close()


def test_the_timetable_is_a_table_with_the_next_times(tmp_path: Path) -> None:
    base = base_of(tmp_path / "data")
    SqliteHabits(base.database).set(Habit("T1", "C0CATS", "08:30", "Asia/Kathmandu"))
    SqliteWakes(base.database).note(Wake("sweep", 1_790_000_000, failures=2))
    base.database.close()
    rows = loupe("clock", "--list", "--data", tmp_path / "data").stdout.splitlines()
    assert rows[0].split("  ")[0] == "what"
    table = {row.split("  ")[0]: row for row in rows if not row.startswith("digest")}
    assert "every 300 s" in table["sweep"]
    assert table["sweep"].endswith("2026-09-21 14:13 UTC, failed 2 times")
    digests = [row for row in rows if row.startswith("digest")]
    assert ["everything" in digests[0], "other channels" in digests[1]] == [True, True]
    assert "every day at 08:30  Asia/Kathmandu" in digests[2]
    assert "08:30 +0545" in digests[2]


def test_with_a_folder_for_exports_there_is_a_row_for_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "export" not in loupe("clock", "--list", "--data", tmp_path / "data").stdout
    monkeypatch.setenv("LOUPE_EXPORT_TO", str(tmp_path / "tables"))
    assert "every day at 00:30" in loupe("clock", "--list", "--data", tmp_path / "data").stdout


def test_a_digest_that_cannot_be_made_is_tried_again_and_calls_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = base_of(tmp_path / "data")
    picture(base, "C0CATS")

    def broken(*_: object) -> object:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr("loupe.timetable.digest_of", broken)
    now = [time.time()]
    running = clock(base, Event())
    running.now = lambda: now[0]
    for _ in range(12):
        running.look()
        assert comes(lambda: not running.busy)
        now[0] = min(now[0] + 200, day_of(time.time(), "UTC").end - 1)
    running.pool.shutdown()
    failed = SqliteWakes(base.database).all()["digest/T1/C0CATS"].failures
    standing = SqliteAlarms(base.database).standing()
    assert failed >= 3
    assert [(each.rule, each.subject) for each in standing] == [("clock", "digest")]
    base.database.close()
