"""News in the DynamoDB table: a piece and a delivery for everybody who wants it, in one transaction.

An image's news is worked out from its rows, which are read after what was told last; it is written only if
nobody has told anything of the image since. So whoever announces late, or twice, or out of order, can add
nothing that is older than what stands there.
"""

import time
from collections.abc import Callable, Sequence
from typing import Literal

from pipeline.adapters.dynamo_items import TOMBSTONE
from pipeline.adapters.dynamo_news_items import (
    LAST,
    MOST,
    TOLD,
    news_key,
    subject_of,
    told_key,
    written,
)
from pipeline.adapters.dynamo_schema import TTL
from pipeline.adapters.dynamo_table import NEW, Check, Put, Step, Table
from pipeline.adapters.dynamo_turns import Partition, rounds
from pipeline.beats import nobody
from pipeline.errors import Unavailable
from pipeline.ledger import ARRIVAL
from pipeline.model import Source
from pipeline.news import Address, Draft, Sink, addresses, changes, draft
from pipeline.ports import Report
from pipeline.report import report

DECIDING = "decide_release"
"""The actor whose run is waited for: until it has ended, findings and decision may not belong together."""
KEPT = 90 * 86_400
"""Seconds for which the key of a piece is remembered that is no image's."""


class DynamoNewsroom:
    """``pipeline.outbox.Newsroom``, and ``pipeline.ports.News`` for the sinks that are rows of settings.

    ``actors``: the names of the chain's; ``location``: what may be told of where a picture was taken;
    ``changed`` is called when there is something to be delivered.
    """

    def __init__(
        self,
        table: Table,
        sinks: Sequence[Sink] = (),
        actors: Sequence[str] = (),
        location: Literal["none", "place", "exact"] = "place",
        clock: Callable[[], float] = time.time,
        changed: Callable[[], None] = nobody,
    ) -> None:
        self._table, self._sinks, self._actors = table, tuple(sinks), tuple(actors)
        self._location: Literal["none", "place", "exact"] = location
        self._clock, self._changed = clock, changed

    def announce(self, image: str, source: Source, report: Report) -> tuple[str, ...]:
        """See ``News.announce``; what is told is read from the ledger.

        Nothing is told while the image is decided anew: whoever announces it runs again after that.
        """
        for _ in rounds():
            told = self._announced(image, report)
            if told is not None:
                if told:
                    self._changed()
                return tuple(dict.fromkeys(told))
        raise AssertionError("rounds end by raising")

    def tell(self, draft: Draft, addresses: Sequence[Address]) -> bool:
        """See ``Newsroom.tell``. Raises ``Unavailable`` for more addresses than one transaction holds."""
        if len(addresses) > MOST:
            raise Unavailable(f"A piece of news has {len(addresses)} addresses; {MOST} is the most on AWS.")
        key = told_key(draft.key)
        until = int(time.time()) + KEPT
        for _ in rounds():
            if self._table.get(key, TOLD):
                return False
            before = subject_of(draft.subject, self._table.get(news_key(draft.subject), LAST))
            after, steps = written(before, draft, addresses, self._clock())
            if self._table.write(Put({"pk": key, "sk": TOLD, TTL: until}, NEW), after.kept(), *steps):
                if addresses:
                    self._changed()
                return True
        raise AssertionError("rounds end by raising")

    def _announced(self, image: str, given: Report) -> list[str] | None:
        """The sinks that were told; None where somebody else told of the image meanwhile."""
        subject = subject_of(image, self._table.get(news_key(image), LAST))  # before the rows
        there = Partition(self._table, image)
        if TOMBSTONE in there.items or DECIDING in there.tasks:
            return []
        known = self._report(there) or given
        last = {kind: newest.last for kind, newest in subject.kinds.items()}
        fresh, over = changes(known, self._location, last)
        if not fresh and not over:
            return []
        told, steps = list[str](), list[Step]()
        for kind, data in fresh:
            piece = draft(known, kind, data, last[kind].number + 1 if kind in last else 1)
            wanted = addresses(piece, self._sinks)
            subject, more = written(subject, piece, wanted, self._clock())
            steps += more
            told += [each.sink for each in wanted]
        alive = Check(image, TOMBSTONE, NEW)
        return told if self._table.write(alive, subject.over(over).kept(), *steps) else None

    def _report(self, there: Partition) -> Report | None:
        rows = there.rows
        if ARRIVAL not in rows:
            return None
        # ``report`` says "waiting" until all is settled; news goes by what is known of the picture itself.
        found = report(rows, {}, [name for name in self._actors if name in rows])
        return {**found, "actors": report(rows, there.tasks, self._actors)["actors"]}
