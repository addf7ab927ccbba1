"""The ledger in memory: the twin that keeps the contract honest, and the quickest one for trying things."""

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from pipeline.ledger import ARRIVAL, Again, Busy, Entry, Follow, Outcome, Row, Rows, Settled, Task, Work
from pipeline.model import Source
from pipeline.results import Arrived
from pipeline.shortid import candidates, new_image


@dataclass
class _Claim:
    worker: str
    until: float


class MemoryLedger:
    """``pipeline.ledger.Ledger`` and ``Called`` in dictionaries, for one process."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._deliveries: dict[str, str] = {}
        self._shorts: set[str] = set()
        self._rows: dict[str, dict[str, Row]] = {}
        self._states: dict[str, str] = {}
        self._tasks: dict[tuple[str, str], Task] = {}
        self._claims: dict[tuple[str, str], _Claim] = {}

    def enter(self, arrivals: Sequence[tuple[str, Source]], follow: Follow) -> list[Entry]:
        """See ``Ledger.enter``; durable as long as the process lives."""
        with self._lock:
            return [self._enter(delivery, source, follow) for delivery, source in arrivals]

    def turn(
        self, worker: str, outcomes: Sequence[Outcome], follow: Follow, *, want: int, lease: float
    ) -> list[Work]:
        """See ``Ledger.turn``."""
        with self._lock:
            for outcome in outcomes:
                if isinstance(outcome, Settled):
                    self._settle(outcome.row, follow)
                else:
                    self._again(worker, outcome)
            return [Work(task, self.rows(task.image)) for task in self._claim(worker, want, lease)]

    def extend(self, workers: Sequence[str], lease: float) -> None:
        """See ``Ledger.extend``."""
        with self._lock:
            for claim in self._claims.values():
                if claim.worker in workers:
                    claim.until = time.time() + lease

    def release(self, worker: str) -> list[Work]:
        """See ``Ledger.release``."""
        with self._lock:
            held = [key for key, claim in self._claims.items() if claim.worker == worker]
            for key in held:
                del self._claims[key]
            return [Work(self._tasks[key], self.rows(key[0])) for key in held]

    def holders(self) -> list[str]:
        """See ``Ledger.holders``."""
        with self._lock:
            return sorted({claim.worker for claim in self._claims.values()})

    def expire(self) -> int:
        """See ``Ledger.expire``."""
        with self._lock:
            late = [key for key, claim in self._claims.items() if claim.until < time.time()]
            for key in late:
                del self._claims[key]
            return len(late)

    def rows(self, image: str) -> Rows:
        """See ``Ledger.rows``."""
        with self._lock:
            return dict(self._rows.get(image, {}))

    def open_tasks(self, image: str) -> Mapping[str, Task]:
        """See ``Ledger.open_tasks``."""
        with self._lock:
            found = {key: task for key, task in self._tasks.items() if key[0] == image}
            return {key[1]: replace(task, running=key in self._claims) for key, task in found.items()}

    def demand(self, tasks: Sequence[Task]) -> None:
        """See ``Ledger.demand``."""
        with self._lock:
            self._add(tasks)
            self._states.update({task.image: "waiting" for task in tasks})

    def stalled(self, limit: int) -> list[str]:
        """See ``Ledger.stalled``."""
        with self._lock:
            busy = {image for image, _ in self._tasks}
            return [i for i, state in self._states.items() if state == "waiting" and i not in busy][:limit]

    def resume(self, image: str, follow: Follow) -> None:
        """See ``Ledger.resume``."""
        with self._lock:
            if image in self._rows:
                self._follow(image, follow)

    def images(self, after: str, limit: int) -> list[str]:
        """See ``Ledger.images``."""
        with self._lock:
            return sorted(image for image in self._rows if image > after)[:limit]

    def take(self, worker: str, task: Task, lease: float) -> Work | Busy | None:
        """See ``Called.take``."""
        with self._lock:
            key, now = (task.image, task.actor), time.time()
            found = self._tasks.get(key)
            if found is None or found.revision != task.revision:
                return None
            if (until := max(found.due_at, self._until(key))) > now:
                return Busy(until)
            return Work(self._claimed(key, worker, now + lease), self.rows(task.image))

    def followed(self, image: str, follow: Follow) -> list[Task]:
        """See ``Called.followed``."""
        with self._lock:
            self.resume(image, follow)
            return [task for task in self.open_tasks(image).values() if not task.running]

    def overdue(self, seconds: float, limit: int) -> list[Task]:
        """See ``Called.overdue``."""
        with self._lock:
            before = time.time() - seconds
            late = [t for k, t in self._tasks.items() if max(t.due_at, self._until(k)) < before]
            return sorted(late, key=lambda t: (t.priority, t.image))[:limit]

    def wait(self, seconds: float) -> None:
        """See ``Ledger.wait``: nobody else can write here."""

    def _enter(self, delivery: str, source: Source, follow: Follow) -> Entry:
        if known := self._deliveries.get(delivery):
            arrived = self._rows[known][ARRIVAL].result
            assert isinstance(arrived, Arrived)
            return Entry(arrived, new=False)
        image, at = new_image(), datetime.now(UTC)
        arrived = Arrived(image, next(s for s in candidates(image) if s not in self._shorts), source, at)
        self._shorts.add(arrived.short)
        self._deliveries[delivery], self._states[image] = image, "waiting"
        self._rows[image] = {ARRIVAL: Row(image, ARRIVAL, arrived, at)}
        self._follow(image, follow)
        return Entry(arrived, new=True)

    def _settle(self, row: Row, follow: Follow) -> None:
        known = self._rows.get(row.image)
        if known is None:
            return
        before = known.get(row.actor)
        task = self._tasks.get((row.image, row.actor))
        removed = task is not None and task.revision <= row.revision
        if removed:
            del self._tasks[row.image, row.actor]
            self._claims.pop((row.image, row.actor), None)
        accepted = before is None or row.revision > before.revision
        if accepted:
            known[row.actor] = row
        if accepted or removed:
            self._follow(row.image, follow)

    def _follow(self, image: str, follow: Follow) -> None:
        plan = follow(image, self.rows(image), self.open_tasks(image))
        self._rows[image].update({row.actor: row for row in plan.skip})
        self._add(plan.start)
        if now := plan.state or (plan.start and "waiting"):
            self._states[image] = now

    def _add(self, tasks: Sequence[Task]) -> None:
        for task in tasks:
            key = (task.image, task.actor)
            if key not in self._tasks or self._tasks[key].revision < task.revision:
                self._tasks[key] = replace(task, attempts=0, lost=0, error=None, running=False)
                self._claims.pop(key, None)

    def _again(self, worker: str, outcome: Again) -> None:
        key = (outcome.task.image, outcome.task.actor)
        claim, task = self._claims.get(key), self._tasks.get(key)
        if task and task.revision == outcome.task.revision and (claim is None or claim.worker == worker):
            self._claims.pop(key, None)
            self._tasks[key] = replace(
                task, due_at=outcome.due_at, error=outcome.error, lost=outcome.task.lost
            )

    def _claim(self, worker: str, want: int, lease: float) -> list[Task]:
        now = time.time()
        due = [t for k, t in self._tasks.items() if k not in self._claims and t.due_at <= now]
        claimed = sorted(due, key=lambda t: (t.priority, t.image))[:want]
        return [self._claimed((task.image, task.actor), worker, now + lease) for task in claimed]

    def _claimed(self, key: tuple[str, str], worker: str, until: float) -> Task:
        task = self._tasks[key]
        self._claims[key] = _Claim(worker, until)
        self._tasks[key] = replace(task, attempts=task.attempts + 1, lost=task.lost + 1)
        return self._tasks[key]

    def _until(self, key: tuple[str, str]) -> float:
        claim = self._claims.get(key)
        return claim.until if claim else 0.0
