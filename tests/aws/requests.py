"""What is asked of DynamoDB: counted, and broken off where a test wants it."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

from pipeline.adapters.aws_client import client

READS = {"GetItem", "Query", "BatchGetItem"}


class Killed(BaseException):
    """The process is no more: nothing catches it, as nothing catches SIGKILL."""


@contextmanager
def asked(*, kill: int | None = None) -> Iterator[list[str]]:
    """The operations that are asked for meanwhile, in order.

    ``kill``: the process ends before this write (0 is the first). What it could leave behind by ending at any
    other moment is the same.
    """
    names, writes, events = list[str](), count(), client("dynamodb").meta.events

    def send(event_name: str, **_: Any) -> None:
        names.append(event_name.rpartition(".")[2])
        if names[-1] not in READS and next(writes) == kill:
            raise Killed

    events.register("before-send.dynamodb", send)
    try:
        yield names
    finally:
        events.unregister("before-send.dynamodb", send)
