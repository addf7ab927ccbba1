"""What `loupe doctor` looks at on AWS: what the settings name, and what waits for somebody."""

from collections.abc import Iterator

from loupe.cloud.ground import Cloud, cloud
from loupe.cloud.parked import parked, stack
from loupe.finding import Finding, tried
from loupe.settings import Settings
from pipeline.errors import LoupeError

NOWHERE = "doctor"
"""Where nothing lies, in a bucket or a table."""


def examine(settings: Settings) -> Iterator[Finding]:
    """Everything that can be told with the rights of whoever asks. Nothing is changed."""
    try:
        base = cloud(settings)
    except LoupeError as fault:
        yield Finding("settings", False, fault.words)
        return
    yield tried("table", lambda: base.table.get(NOWHERE, NOWHERE), f"{settings.table} can be read")
    for name, bucket in (("store", base.store), ("public", base.public)):
        yield tried(name, lambda at=bucket: any(at.keys(NOWHERE)), f"{bucket.bucket} can be listed")  # type: ignore[misc]
    yield Finding("actors", True, ", ".join(base.chain.names()))
    yield from _runs(base)
    yield from _parked(base)
    where = settings.distribution or "none is named: what was public stays in caches when it is hidden"
    yield Finding("distribution", bool(settings.distribution), where)


def _runs(base: Cloud) -> Iterator[Finding]:
    try:
        queue = base.catalog.queue()
    except LoupeError as fault:
        yield Finding("runs", False, fault.words)
        return
    busy = f"{queue.waiting} waiting, {queue.running} running, {queue.delayed} to be tried again"
    mend = f", {queue.parked} parked: see `loupe status`, then `loupe replay --parked`"
    yield Finding("runs", not queue.parked, busy + (mend if queue.parked else ""))


def _parked(base: Cloud) -> Iterator[Finding]:
    """Dead-letter queues: one for each actor, and nothing in them."""
    try:
        queues = parked(base.settings, base.chain)
        full = {name: count for name, queue in queues.items() if (count := queue.count())}
    except LoupeError as fault:
        yield Finding("queues", False, fault.words)
        return
    if missing := [name for name in base.chain.names() if name not in queues]:
        words = f"the stack {stack(base.settings)} has no dead-letter queue for {', '.join(missing)}"
        yield Finding("queues", False, f"{words}: deploy it again, or look at LOUPE_TABLE and AWS_REGION")
    told = ", ".join(f"{name} {count}" for name, count in full.items())
    words = f"{told}: `loupe replay --parked`" if told else f"{len(queues)} dead-letter queues are empty"
    yield Finding("queues", not told, words)
