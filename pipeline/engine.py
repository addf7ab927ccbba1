"""The engine: claim a run, run it, record how it ended, start what that made ready; retry or park.

It holds no list of what belongs to what: the chain comes from signatures, the state from rows.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from pipeline import codec
from pipeline.actor import Actor
from pipeline.chain import Chain
from pipeline.errors import LoupeError, Rejected, Unavailable, Unknown
from pipeline.ledger import Again, Entry, Ledger, Outcome, Plan, Row, Rows, Settled, Task, Work
from pipeline.model import Source
from pipeline.plan import plan, priority, refusal
from pipeline.results import Failed, Result, Skipped
from pipeline.retry import Backoff
from pipeline.text import keepable

log = logging.getLogger("loupe.run")

LONGEST_WORDS = 1000
"""Characters of an error that are kept."""
LEASE_SECONDS = 15.0
"""A claim holds this long without a heartbeat."""


@dataclass(frozen=True, slots=True)
class Engine:
    """Runs a chain of actors on a ledger."""

    chain: Chain
    ledger: Ledger
    ports: Mapping[type, object] = field(default_factory=dict)
    """What is handed to actors, by the type of the port."""
    backoff: Backoff = field(default_factory=Backoff)
    clock: Callable[[], float] = time.time

    def enter(self, arrivals: Sequence[tuple[str, Source]]) -> list[Entry]:
        """Take pictures in, each under a key that tells one delivery from another. Durable on return."""
        return self.ledger.enter(arrivals, self.follow)

    def follow(self, image: str, rows: Rows, open_tasks: Mapping[str, Task]) -> Plan:
        """What follows from the rows of an image."""
        return plan(self.chain, image, rows, open_tasks, self.clock())

    def turn(
        self,
        worker: str,
        outcomes: Sequence[Outcome] = (),
        *,
        want: int = 1,
        lease: float = LEASE_SECONDS,
    ) -> list[Work]:
        """Record outcomes and claim the next runs."""
        return self.ledger.turn(worker, outcomes, self.follow, want=want, lease=lease)

    def run(self, work: Work) -> Outcome:
        """Run a claimed task to its outcome. Never raises: what an actor raises is recorded."""
        if unrun := self._unrun(work):
            return self._settled(work, unrun, 0.0)
        actor = self.chain.actor(work.task.actor)
        began = time.perf_counter()
        try:
            result = _checked(actor, actor.function(**self._arguments(actor, work.rows)))
        except Rejected as fault:
            result = Failed(_words(fault), rejected=True)
        except Exception as fault:  # an actor's bug must not stop the others
            return self._failed(work, fault, _ms(began))
        return self._settled(work, result, _ms(began))

    def timeout(self, work: Work) -> float:
        """Seconds that a run may take."""
        actor = self.chain.get(work.task.actor)
        return actor.timeout if actor else LEASE_SECONDS

    def lost(self, worker: str, why: str) -> None:
        """A worker is gone: what it was running is tried again, or parked when that happens every time."""
        outcomes: list[Outcome] = []
        for work in self.ledger.release(worker):
            fault = LoupeError(f"{work.task.actor} {why}.")
            actor = self.chain.get(work.task.actor)
            if actor is None or work.task.lost >= actor.attempts:
                outcomes.append(self._settled(work, _parked(work.task, why), 0.0, fault))
            else:
                _tell(work.task, "again", 0.0, fault)
                delay = self.backoff.delay(work.task.lost, fault)
                outcomes.append(Again(work.task, self.clock() + delay, fault.words))
        if outcomes:
            self.turn(worker, outcomes, want=0)

    def replay(self, image: str, actor: str | None = None) -> list[str]:
        """Run one actor again, or every parked one; who waited for it follows. The actors that are due.

        An actor that comes after another one of them, or whose turn has not come yet, follows by itself. One
        that is at it runs once more: it may have begun before the reason for the replay was there.
        Raises ``Unknown`` for an image or actor that does not exist.
        """
        rows = self.ledger.rows(image)
        if not rows:
            raise Unknown(f"There is no image '{image}'.")
        again = [self.chain.actor(actor)] if actor else self._parked(rows)
        at_it = {name: task.revision for name, task in self.ledger.open_tasks(image).items() if task.running}
        tasks = [self._next_revision(each, image, rows, at_it) for each in self._first(again, rows)]
        self.ledger.demand(tasks)
        self.ledger.resume(image, self.follow)
        return [task.actor for task in tasks]

    def rerun(self, image: str, actor: str, revision: int) -> bool:
        """Run an actor again if its row with that revision is parked; was it? Asking twice runs it once."""
        rows, task = self.ledger.rows(image), self.ledger.open_tasks(image).get(actor)
        row, found = rows.get(actor), self.chain.get(actor)
        if not (row and found and row.parked and row.revision == revision) or task:
            return False
        self.ledger.demand([Task(image, actor, revision + 1, priority(found, rows), self.clock())])
        self.ledger.resume(image, self.follow)
        return True

    def catch_up(self, image: str) -> list[str]:
        """Start what an image lacks because an earlier version had no such actor; the actors that are due."""
        if self.ledger.rows(image).keys() >= set(self.chain.names()) or self.ledger.open_tasks(image):
            return []
        self.ledger.resume(image, self.follow)
        return list(self.ledger.open_tasks(image))

    def sweep(self, limit: int = 1000) -> int:
        """Free what dead workers held and start what is due and missing; how many images that touched.

        An image that cannot be followed because of a bug stops no other. Raises ``Unavailable``.
        """
        freed = self.ledger.expire()
        stalled = self.ledger.stalled(limit)
        for image in stalled:
            try:
                self.ledger.resume(image, self.follow)
            except Unavailable:
                raise
            except Exception:
                log.exception("This image cannot be followed; the others are.", extra={"image": image})
        return freed + len(stalled)

    def _parked(self, rows: Rows) -> list[Actor]:
        parked = {row.actor for row in rows.values() if row.parked}
        return [actor for actor in self.chain if actor.name in parked]

    def _first(self, again: Sequence[Actor], rows: Rows) -> list[Actor]:
        """Those that come after none of the others, and for which everything is there."""
        moved, first = {each.name for each in again}, []
        for each in self.chain:
            awaited = set(self.chain.awaited(each))
            if awaited & moved:
                moved.add(each.name)
            elif each in again and awaited <= rows.keys():
                first.append(each)
        return first

    def _unrun(self, work: Work) -> Result | None:
        """How a run ends that shall not even begin; None when it shall."""
        task, actor = work.task, self.chain.get(work.task.actor)
        if actor is None:
            return Skipped(f"This version of Loupe has no actor '{task.actor}'.")
        if missing := [name for name in self.chain.awaited(actor) if name not in work.rows]:
            return Skipped(f"Not run, because {missing[0]} has not settled.")
        if task.lost > actor.attempts:
            return _parked(task, "its worker died or was stopped every time")
        reason = refusal(self.chain, actor, work.rows)
        return Skipped(reason) if reason else None

    def _next_revision(self, actor: Actor, image: str, rows: Rows, at_it: Mapping[str, int]) -> Task:
        row = rows.get(actor.name)
        revision = 1 + max(row.revision if row else 0, at_it.get(actor.name, 0))
        return Task(image, actor.name, revision, priority(actor, rows), self.clock())

    def _arguments(self, actor: Actor, rows: Rows) -> dict[str, object]:
        awaited = {p: rows[self.chain.providers[a.result]].result for p, a in actor.awaits.items()}
        return {**awaited, **{p: self.ports[port] for p, port in actor.ports.items()}}

    def _failed(self, work: Work, fault: Exception, ms: float) -> Outcome:
        task, actor = work.task, self.chain.actor(work.task.actor)
        words = _words(fault)
        if self.backoff.exhausted(task.attempts, actor.attempts, fault):
            return self._settled(work, Failed(words), ms, fault)
        _tell(task, "again", ms, fault)
        due_at = self.clock() + self.backoff.delay(task.attempts, fault)
        return Again(replace(task, lost=0), due_at, words)

    def _settled(self, work: Work, result: Result, ms: float, fault: Exception | None = None) -> Settled:
        task, actor = work.task, self.chain.get(work.task.actor)
        awaited = self.chain.awaited(actor) if actor else ()
        row = Row(
            image=task.image,
            actor=task.actor,
            result=result,
            at=datetime.fromtimestamp(self.clock(), UTC),
            revision=task.revision,
            version=actor.version if actor else 0,
            inputs={name: work.rows[name].revision for name in awaited if name in work.rows},
            attempts=task.attempts,
            ms=round(ms, 3),
        )
        _tell(task, row.state, ms, fault)
        return Settled(row)


def _parked(task: Task, why: str) -> Failed:
    return Failed(f"{task.actor} was given up after {task.lost} runs: {why}.")


def _checked(actor: Actor, result: Result) -> Result:
    """The result, once it is known to come out of the ledger as it goes in."""
    if not isinstance(result, actor.returns | Skipped):
        raise TypeError(f"{actor.name} returned {type(result).__name__}, not {actor.returns.__name__}")
    if codec.load(codec.kind(result), codec.dump(result)) != result:
        raise ValueError(f"{actor.name} returned what the ledger cannot keep: {result}")
    return result


def _words(fault: Exception) -> str:
    """What went wrong, as text that any ledger can keep."""
    words = fault.words if isinstance(fault, LoupeError) else f"{type(fault).__name__}: {fault}"
    return keepable(words, LONGEST_WORDS)


def _ms(began: float) -> float:
    return (time.perf_counter() - began) * 1000


def _tell(task: Task, outcome: str, ms: float, fault: Exception | None) -> None:
    """One line for each run: done, failed, skipped or again. A bug comes with its trace."""
    fields = {"image": task.image, "actor": task.actor, "attempt": task.attempts, "ms": round(ms, 1)}
    fields |= {"outcome": outcome}
    if fault is None:
        log.info("%s %s", task.actor, outcome, extra=fields)
    else:
        trace = None if isinstance(fault, LoupeError) else fault
        log.warning("%s", _words(fault), exc_info=trace, extra=fields)
