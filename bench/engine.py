"""How many actor runs the engine does in a second, how soon one starts, and what questions cost.

    python -m bench.engine

Beside it, in the same run, huey on SQLite with the same number of trivial tasks. They are queued before the
clock starts and start no others, and huey's consumer is left out, while the engine writes every result,
starts the next actors and joins: the comparison is not quite fair, to huey's advantage.
"""

import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.rows import Row, table
from bench.trivial import TRIVIAL, Begun, engine, execute, queue, stand_by, work_off
from pipeline.adapters.sqlite_catalog import SqliteCatalog
from pipeline.adapters.sqlite_database import Database
from pipeline.engine import Engine
from pipeline.model import Source

ROUNDS, PROCESSES, IMAGES, BATCH = 5, 2, 500, 10
TRIGGERS, QUESTIONS, FULL = 60, 200, 100_000
CHANNELS, PEOPLE = 200, 500
RUNS = IMAGES * len(TRIVIAL.actors)

_spawn = get_context("spawn")


def engine_rate(folder: Path, *, want: int, durable: bool) -> float:
    """Actor runs a second, by all processes together."""
    path = folder / "ledger.sqlite"
    sources = [(f"d{n}", Source("slack", "a.jpg", f"F{n}")) for n in range(IMAGES)]
    engine(path).enter(sources)
    seconds = side_by_side(partial(work_off, path, want, durable))
    left = Database(path).read("SELECT COUNT(*) AS n FROM images WHERE state<>'done'")[0]["n"]
    assert left == 0, f"{left} images did not settle"
    return RUNS / seconds


def huey_rate(folder: Path, *, fsync: bool) -> float:
    """Trivial huey tasks a second, by all processes together."""
    path = folder / "huey.sqlite"
    queued, task = queue(path, fsync=False)
    for number in range(RUNS):
        task(number)
    seconds = side_by_side(partial(execute, path, fsync))
    assert queued.pending_count() == 0
    return RUNS / seconds


def side_by_side(work: Callable[[], None]) -> float:
    """Do it in several processes at once; the seconds from their common start to the last one's end."""
    start, ends = _spawn.Barrier(PROCESSES + 1), _spawn.SimpleQueue()
    processes = [_spawn.Process(target=_timed, args=(work, start, ends)) for _ in range(PROCESSES)]
    for process in processes:
        process.start()
    start.wait()
    began = time.monotonic()
    for process in processes:
        process.join()
    return float(max(ends.get() for _ in processes)) - began


def _timed(work: Callable[[], None], start, ends) -> None:  # type: ignore[no-untyped-def]
    start.wait()
    work()
    ends.put(time.monotonic())


@contextmanager
def pool(path: Path) -> Iterator[None]:
    """Two workers in another process, warmed up."""
    process = _spawn.Process(target=stand_by, args=(path, PROCESSES))
    process.start()
    try:
        trigger(engine(path), "warm-up")
        yield
    finally:
        process.terminate()
        process.join()


def trigger(into: Engine, delivery: str) -> float:
    """Enter one picture into an idle engine; milliseconds until its first actor begins elsewhere."""
    began = time.time()
    (entry,) = into.enter([(delivery, Source("slack", "a.jpg", delivery))])
    image = entry.arrived.image
    while into.ledger.open_tasks(image):
        time.sleep(0.005)
    result = into.ledger.rows(image)["begin"].result
    assert isinstance(result, Begun)
    return (result.at - began) * 1000


def triggers(folder: Path) -> float:
    """Milliseconds from a picture's entry to the start of its first actor: the 95th percentile."""
    path = folder / "ledger.sqlite"
    into = engine(path)
    with pool(path):
        waits = []
        for n in range(TRIGGERS):
            time.sleep(random.uniform(0.02, 0.08))
            waits.append(trigger(into, f"d{n}"))
    return p95(waits)


def p95(values: Sequence[float]) -> float:
    """The 95th percentile."""
    return sorted(values)[int(len(values) * 0.95)]


def fill(path: Path) -> None:
    """A ledger with many settled images, and a few that wait."""
    into = engine(path)
    for first in range(0, FULL, 1000):
        into.enter([(f"d{n}", _posted(n)) for n in range(first, first + 1000)])
    with Database(path).write() as connection:
        for name in ("begin", "go_left", "go_right", "join"):
            connection.execute(
                "INSERT INTO results SELECT image, ?, 1, 1, 'done', 0, 'Joined', '{}', '{}', 1, 1.0, at"
                " FROM results WHERE actor='arrival'",
                (name,),
            )
        connection.execute("DELETE FROM tasks")
        connection.execute("UPDATE images SET state='done'")
    into.enter([(f"late {n}", _posted(n)) for n in range(200)])


def _posted(n: int) -> Source:
    channel, person = f"C{n % CHANNELS}", f"U{n % PEOPLE}"
    return Source("slack", "a.jpg", f"F{n}", "T1", channel, f"{n}.0", f"{n}.0", person)


def questions(path: Path) -> dict[str, Callable[[], object]]:
    """What /imgstatus asks."""
    catalog = SqliteCatalog(Database(path), [each.name for each in TRIVIAL])
    known = [each.short for each in catalog.newest(2000)]

    def mine() -> None:
        catalog.of_person("T1", f"U{random.randrange(PEOPLE)}", 5)
        catalog.queue()

    def one() -> None:
        found = catalog.find(random.choice(known))
        assert found is not None
        catalog.report(found.image)

    return {
        "/imgstatus": mine,
        "/imgstatus ID": one,
        "/imgstatus channel": lambda: catalog.of_channel("T1", f"C{random.randrange(CHANNELS)}", 20),
    }


def asked(question: Callable[[], object]) -> float:
    """Milliseconds of an answer: the 95th percentile."""
    took = []
    for _ in range(QUESTIONS):
        began = time.perf_counter()
        question()
        took.append((time.perf_counter() - began) * 1000)
    return p95(took)


def afresh(measure: Callable[[Path], float]) -> float:
    """Measure in a folder of its own."""
    with TemporaryDirectory() as folder:
        return measure(Path(folder))


def run() -> list[Row]:
    """Everything above, several times."""
    rates: dict[str, tuple[Callable[[Path], float], str]] = {
        "engine, kill-safe": (partial(engine_rate, want=1, durable=False), ">= 2000"),
        f"engine, kill-safe, batches of {BATCH}": (
            partial(engine_rate, want=BATCH, durable=False),
            ">= 2000",
        ),
        "huey, kill-safe": (partial(huey_rate, fsync=False), ""),
        "engine, fsync": (partial(engine_rate, want=1, durable=True), ""),
        f"engine, fsync, batches of {BATCH}": (partial(engine_rate, want=BATCH, durable=True), ">= 400"),
        "huey, fsync": (partial(huey_rate, fsync=True), ""),
    }
    measured: dict[str, list[float]] = {name: [] for name in rates}
    for _ in range(ROUNDS):  # turn by turn, so that a busy moment hits all alike
        for name, (measure, _target) in rates.items():
            measured[name].append(afresh(measure))
    rows = [Row(n, "/s", tuple(values), rates[n][1]) for n, values in measured.items()]
    waits = tuple(afresh(triggers) for _ in range(ROUNDS))
    rows.append(Row("idle, picture entered to actor begun, p95", "ms", waits, "<= 50"))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.sqlite"
        fill(path)
        for name, question in questions(path).items():
            took = tuple(asked(question) for _ in range(ROUNDS))
            rows.append(Row(f"{name} with {FULL:,} images, p95", "ms", took, "<= 100"))
    return rows


if __name__ == "__main__":
    sys.stdout.write(table(f"engine, {PROCESSES} processes", run()) + "\n")
