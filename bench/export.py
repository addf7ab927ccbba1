"""Exports of a ledger with 100,000 images: rows a second, peak memory, and plain programs that do less."""

import csv
import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.rows import Row
from bench.running import HOME, environment
from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_export import SqliteExport

IMAGES = 100_000
ACTORS = 12
DAYS, CHANNELS = 90, 20
FIRST = 1_790_000_000
RUNS = 3
MEGABYTE = 1 << 20
FACTS = """
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i+1 FROM n WHERE i+1<:images)
INSERT INTO facts SELECT i+1, printf('01a203e2-dae0-74b8-8eb4-%012d', i), printf('IMG-%06d', i), 'slack',
    'T1', printf('C%d', i % :channels), 0, :first + (i * 86400.0 * :days) / :images, 'done', 1.5 + i % 7,
    'cleared', 'JPEG', 4000, 3000, 3000000 + i, 1, 1.25, 0, i % 3, 0, printf('Town %d', i % 500), 'R', 'BG',
    '2026-11-22T10:00:00+02:00', 'Canon', 'EOS R5', 15, 5000000, 900000, 0 FROM n
"""
RESULTS = """
WITH RECURSIVE a(k) AS (SELECT 0 UNION ALL SELECT k+1 FROM a WHERE k+1<:actors)
INSERT INTO results SELECT image, printf('actor_%02d', k), 1, 1, 'done', 0, 'Accepted',
    '{"sha256": "0123456789"}', '{"arrival": 1}', 1, 12.5 + k, entered_at + k FROM facts, a ORDER BY image, k
"""
ALONE = (
    "SELECT * FROM facts",
    "SELECT image, actor, state, parked, attempts, ms, at, version, revision FROM results",
)


def ledger(data: Path, images: int) -> Path:
    """A data folder with so many settled images, and nothing but what an export reads."""
    data.mkdir(parents=True)
    database = Database(data / "ledger.sqlite")
    SqliteExport(database)
    values = {"images": images, "channels": CHANNELS, "first": FIRST, "days": DAYS, "actors": ACTORS}
    with database.write() as connection:
        for trigger in ("changed_result", "changed_facts"):  # as if no export had been made yet
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute(FACTS, {name: values[name] for name in ("images", "channels", "first", "days")})
        connection.execute(RESULTS, {"actors": ACTORS})
    database.close()
    return data


def exported(data: Path, to: Path, format: str, *more: str) -> tuple[float, float, int]:
    """Seconds, peak memory in MB, and rows of one `loupe export`."""
    command = [sys.executable, "-m", "loupe", "export", "--json", "--data", str(data), "--to", str(to)]
    return _measured([*command, "--format", format, *more], lambda out: sum(json.loads(out)["rows"].values()))


def _measured(command: Sequence[str], count: Callable[[str], int]) -> tuple[float, float, int]:
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=_searched(), cwd=HOME) as running:
        assert running.stdout is not None
        told = running.stdout.read()
        _, status, used = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode:
        raise RuntimeError(f"{command} ended with status {running.returncode}")
    return time.perf_counter() - began, used.ru_maxrss * 1024 / MEGABYTE, count(told)


def _searched() -> dict[str, str]:
    """Where this process finds Tableau's library, so does Loupe."""
    return environment({"PYTHONPATH": os.environ.get("PYTHONPATH", "")})


def _alone(data: Path, to: Path) -> float:
    """Rows a second of the csv module on bare rows: no types, no days, no figures, no care for formulas."""
    began, rows = time.perf_counter(), 0
    with closing(sqlite3.connect(data / "ledger.sqlite")) as db:
        for number, query in enumerate(ALONE):
            with (to / f"{number}.csv").open("w", newline="") as file:
                writer = csv.writer(file)
                for row in db.execute(query):
                    writer.writerow(row)
                    rows += 1
    return rows / (time.perf_counter() - began)


def _sqlite3(data: Path, to: Path) -> float:
    """The same by SQLite's own program."""
    began = time.perf_counter()
    for number, query in enumerate(ALONE):
        with (to / f"{number}.csv").open("wb") as file:
            command = ["sqlite3", "-header", "-csv", str(data / "ledger.sqlite"), query]
            subprocess.run(command, stdout=file, check=True)
    return (ACTORS + 1) * IMAGES / (time.perf_counter() - began)


def run() -> list[Row]:
    """All rows. The extract needs `make hyper`; without it, it is left out."""
    with TemporaryDirectory(prefix="loupe-bench-") as name:
        folder = Path(name)
        data = ledger(folder / "data", IMAGES)
        found = []
        for format in ("csv", "parquet", *(["hyper"] if find_spec("tableauhyperapi") else [])):
            runs = [exported(data, folder / "to", format, "--full") for _ in range(RUNS)]
            rates = tuple(rows / seconds for seconds, _, rows in runs)
            found += [Row(f"{format}, {runs[0][2]:,} rows", "/s", rates)]
            found += [Row(f"{format}, peak memory", "MB", tuple(peak for _, peak, _ in runs), "at most 200")]
        nothing = tuple(exported(data, folder / "to", "csv")[0] for _ in range(RUNS))
        found += [Row("nothing changed", "s", nothing)]
        found += [Row("csv.writer alone, bare rows", "/s", tuple(_alone(data, folder) for _ in range(RUNS)))]
        if any((Path(p) / "sqlite3").exists() for p in os.environ["PATH"].split(os.pathsep)):
            found += [
                Row("sqlite3 -csv, bare rows", "/s", tuple(_sqlite3(data, folder) for _ in range(RUNS)))
            ]
        return found
