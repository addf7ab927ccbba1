"""The partition ``sha256#HEX`` of the table: who uses these bytes, who did first, who is taking them away.

``use#IMAGE``: an image that uses them, and since when. ``original``: the first of them, and while somebody
takes the bytes out of a store the mark of that (``owner``, ``until``). DynamoDB has no transaction around a
removal from a store, so the mark stands in for one: it is set before anybody looks who needs the bytes, and
taken away after they were removed. Whoever begins to use them notes the use first and then writes
``original`` under the condition that no mark is there. One of the two is first: either the look sees the use,
or the user waits for the removal and keeps the bytes anew.

A mark whose owner died holds until its time is over. That is longer than any function of AWS can live
(900 s, https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html), so nobody who could still
remove something outlives it; and who has spent half of it on looking does not remove any more.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import uuid4

from pipeline.adapters.dynamo_table import Check, Table, Update, Value
from pipeline.errors import Transient

ORIGINAL = "original"
LEASE = 960.0
"""Seconds for which a mark holds whose owner died."""
PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
"""Seconds that whoever meets a mark waits before looking again; a removal takes about a tenth."""
RETRY = 15.0
FREE = "(attribute_not_exists(#until) OR #until<:now)"


def key(sha256: str) -> str:
    """The partition of these bytes."""
    return f"sha256#{sha256}"


def now() -> dict[str, Value]:
    """What the condition ``FREE`` compares with."""
    return {"now": time.time()}


def free(sha256: str) -> Check:
    """Nobody is taking these bytes away."""
    return Check(key(sha256), ORIGINAL, FREE, now())


def patiently(act: Callable[[], bool]) -> None:
    """Do what needs bytes that nobody is taking away; it says whether it could. Raises ``Transient``."""
    for pause in PAUSES:
        if act():
            return
        time.sleep(pause)
    if not act():
        raise Transient(
            "An original with these very bytes is being taken out of the store at this moment.", RETRY
        )


@contextmanager
def leaving(table: Table, sha256: str) -> Iterator[Callable[[], None]]:
    """Nobody begins to use the bytes meanwhile. What is given is to be called right before they are removed.

    Raises ``Transient`` while somebody else is at it, and from the call when it took too long to get there.
    """
    owner, began = uuid4().hex, time.time()

    def mark() -> bool:
        given = now() | {"owner": owner, "until": time.time() + LEASE}
        return table.write(Update(key(sha256), ORIGINAL, "SET #owner=:owner,#until=:until", FREE, given))

    def in_time() -> None:
        if not 0 <= time.time() - began < LEASE / 2:
            raise Transient("It took too long to find out whether these bytes are still needed.")

    patiently(mark)
    try:
        yield in_time
    finally:
        mine = {"owner": owner}
        table.write(Update(key(sha256), ORIGINAL, "REMOVE #owner,#until", "#owner=:owner", mine))
