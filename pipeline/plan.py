"""What follows from the rows of an image: a pure function, the same for every engine.

An actor is due when all it waits for has settled and its own row is missing, or was computed from other
revisions than those that stand there now. Nobody is due while something upstream of it still is: so a join
whose inputs are being replayed runs once, at the end. An awaited Failed or Skipped that the signature does
not take settles the actor as Skipped, unrun, and that may in turn settle others in the same pass.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from pipeline.actor import Actor
from pipeline.chain import Chain
from pipeline.facts import TELLING, facts
from pipeline.figures import Facts
from pipeline.ledger import ARRIVAL, Plan, Row, Rows, Task
from pipeline.model import SourceKind
from pipeline.results import Arrived, Failed, Skipped
from pipeline.state import state

BULK: frozenset[SourceKind] = frozenset({"file", "folder", "s3", "dropbox", "azure", "drive"})
BULK_PENALTY = 100
"""Added to the priority of pictures for which nobody waits in a thread."""


def plan(chain: Chain, image: str, rows: Rows, open_tasks: Mapping[str, Task], now: float) -> Plan:
    """The runs to start and the rows to write unrun. ``now``: seconds since the epoch."""
    known = dict(rows)
    pending = set(open_tasks)
    start: list[Task] = []
    skip: list[Row] = []
    for actor in chain:
        awaited = chain.awaited(actor)
        if pending.intersection(awaited) or not all(name in known for name in awaited):
            pending.add(actor.name)
            continue
        inputs = {name: known[name].revision for name in awaited}
        own = known.get(actor.name)
        if actor.name in pending or (own is not None and own.inputs == inputs):
            continue
        revision = own.revision + 1 if own else 1
        if reason := refusal(chain, actor, known):
            at = datetime.fromtimestamp(now, UTC)
            known[actor.name] = Row(
                image,
                actor.name,
                Skipped(reason),
                at,
                revision=revision,
                version=actor.version,
                inputs=inputs,
            )
            skip.append(known[actor.name])
        else:
            start.append(Task(image, actor.name, revision, priority(actor, known), now))
            pending.add(actor.name)
    ended = None if pending else state([known[actor.name].result for actor in chain])
    return Plan(tuple(start), tuple(skip), ended, _facts(known, ended))


def _facts(rows: Rows, ended: str | None) -> Facts | None:
    """At its arrival, from the moment on at which people were told, and at its end."""
    return facts(rows, ended) if ended or TELLING in rows or len(rows) == 1 else None


def priority(actor: Actor, rows: Rows) -> int:
    """Lower runs first: the actor's own, plus a penalty where nobody is waiting."""
    arrived = rows[ARRIVAL].result
    bulk = isinstance(arrived, Arrived) and arrived.source.kind in BULK
    return actor.priority + (BULK_PENALTY if bulk else 0)


def refusal(chain: Chain, actor: Actor, rows: Mapping[str, Row]) -> str | None:
    """Why an actor cannot go on with the rows it waited for, in words; None when it can."""
    for awaited in actor.awaits.values():
        name = chain.providers[awaited.result]
        result = rows[name].result
        if isinstance(result, Failed | Skipped) and not isinstance(result, awaited.accepts):
            return f"Not run, because {name} {_ended(result)}"
    return None


def _ended(result: Failed | Skipped) -> str:
    if isinstance(result, Failed):
        return f"failed: {result.reason}"
    return "was skipped." if result.reason.startswith("Not run") else f"was skipped: {result.reason}"
