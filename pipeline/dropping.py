"""Takes in what lands in a drop, and puts reports beside it.

The order makes every step repeatable: the bytes into the box under an id that follows from them and their
address, the image into the ledger under a key that does, then the note that they were taken in. Whoever is
killed on the way, or was not alone, has the next one go through the same steps to the same image.
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from pipeline.drops import LARGE, Draft, Drop, Drops, Due, Entered, Found, Inbox, Unreadable, box_id, delivery
from pipeline.engine import Engine
from pipeline.errors import LoupeError, Unknown
from pipeline.model import Source
from pipeline.ports import Report
from pipeline.text import keepable

log = logging.getLogger("loupe.drop")
LONGEST_NAME = 255
BATCH, BATCH_BYTES = 32, 64_000_000
"""What is entered in one transaction at most: so many files, or the first with which it is so many bytes."""
REPORTS = 50
"""Reports that are written between two looks at new files."""
TICK = 0.5
"""Seconds between two looks at reports that are due."""
AGAIN = 60.0
"""Seconds after which what did not work for one file is tried again."""
PATIENCE = (1.0, 60.0)
"""Seconds to the next try where a whole place does not work: at first, and at most."""
REST = 4.0
"""Looks take no more than one part in five of the time, however much lies there."""
MOST_WAITING = 10_000
LEFT = 3600.0
"""Seconds after which nobody writes or enters any more what lies in the box."""


@dataclass(frozen=True, slots=True)
class _Taken:
    """A file whose bytes lie in the box."""

    found: Found
    key: str
    box: str
    locator: str


@dataclass(slots=True)
class Watcher:
    """Looks after one drop."""

    drop: Drop
    drops: Drops
    engine: Engine
    inbox: Inbox
    report: Callable[[str], Report]
    """The report of an image. Raises ``Unknown``."""
    most: int
    """Bytes that a file may have."""
    turned: float = field(default_factory=time.monotonic)
    """When it came round last."""
    _waits: dict[str, tuple[str, float]] = field(default_factory=dict)
    """Files that cannot be read: as they are, and until when they are let be."""
    _told: set[str] = field(default_factory=set)
    """Troubles that were logged and stand."""

    def run(self, stop: threading.Event) -> None:
        """Look until told to stop. What goes wrong is logged once and tried again."""
        look_at, wait = 0.0, PATIENCE[0]
        while not stop.is_set():
            self.turned = began = time.monotonic()
            try:
                self.tell()
                if began >= look_at:
                    self.look()
                    look_at = time.monotonic() + max(self.drop.pause, REST * (time.monotonic() - began))
                    self._well()
                    wait = PATIENCE[0]
            except Exception as fault:
                self._trouble(self.drop.address, fault)
                look_at, wait = time.monotonic() + wait, min(PATIENCE[1], wait * 2)
            stop.wait(TICK)

    def look(self) -> int:
        """Take in what is new and complete; how many files that was. Raises ``Unavailable``."""
        count = 0
        for page in self.drop.pages():
            for batch in self._batches(self.drops.fresh(self.drop.address, page)):
                count += self._enter(batch)
                self.turned = time.monotonic()
                self.tell()
        return count

    def tell(self) -> int:
        """Write the reports that are due; how many were. Raises ``Unavailable`` for the ledger's sake."""
        return sum(self._one(due) for due in self.drops.due(self.drop.address, REPORTS))

    def _batches(self, fresh: Sequence[Found]) -> Iterator[list[_Taken]]:
        batch: list[_Taken] = []
        for found in fresh:
            if taken := self._fetched(found):
                batch.append(taken)
            if len(batch) >= BATCH or sum(each.found.size for each in batch) >= BATCH_BYTES:
                yield batch
                batch = []
        yield batch

    def _fetched(self, found: Found) -> _Taken | None:
        """The file once its bytes lie in the box; None where it is not complete or cannot be read now."""
        stamp, until = self._waits.get(found.path, ("", 0.0))
        if stamp == found.stamp and time.monotonic() < until:
            return None
        if found.size > self.most:
            return _Taken(found, self._key(found, f"{LARGE}:{found.stamp}"), "", f"{LARGE}/{found.size}")
        draft = self.inbox.begin()
        try:
            return self._copied(found, draft)
        except Unreadable as fault:
            self._let_be(found, fault.words)
            return None
        except LoupeError:
            raise
        except Exception as fault:  # what is wrong with one file must not keep the others
            self._let_be(found, f"{found.name!a} cannot be taken in: {type(fault).__name__}: {fault}")
            return None
        finally:
            draft.end()

    def _copied(self, found: Found, draft: Draft) -> _Taken | None:
        digest = sha256()

        def write(chunk: bytes) -> None:
            digest.update(chunk)
            draft.write(memoryview(chunk))

        if not self.drop.fetch(found, write):
            return None
        key = self._key(found, digest.hexdigest())
        box = box_id(key)
        if draft.keep(box) is None:  # none of ours: its name follows from the bytes
            self.inbox.drop(box)
            return None
        return _Taken(found, key, box, f"{box}/{digest.hexdigest()}")

    def _key(self, found: Found, contents: str) -> str:
        return delivery(self.drop.kind, os.path.join(self.drop.address, found.path), contents)

    def _enter(self, batch: Sequence[_Taken]) -> int:
        """Take a batch into the ledger, and note that it was."""
        if not batch:
            return 0
        entries = self.engine.enter([(each.key, self._source(each)) for each in batch])
        images = [entry.arrived.image for entry in entries]
        done = [Entered(each.found, image, each.box) for each, image in zip(batch, images, strict=True)]
        self.drops.remember(self.drop.address, done)
        return sum(entry.new for entry in entries)

    def _source(self, taken: _Taken) -> Source:
        return Source(self.drop.kind, keepable(taken.found.name, LONGEST_NAME), taken.locator)

    def _one(self, due: Due) -> bool:
        place = self.drop.address
        try:
            if due.image:
                self.drop.tell(due.path, self.report(due.image))
            else:
                self.drop.untell(due.path)
        except Unknown:  # erased since: that it has to go is due by now
            return False
        except Exception as fault:  # of this report; the others go on
            self._trouble(f"{place} report", fault)
            self.drops.postpone(place, due, AGAIN)
            return False
        self._told.discard(f"{place} report")
        self.drops.told(place, due)
        return True

    def _let_be(self, found: Found, words: str) -> None:
        if self._waits.get(found.path, ("", 0.0))[0] != found.stamp:
            log.warning("drop: %s", words)
        if len(self._waits) >= MOST_WAITING:
            self._waits.clear()
        self._waits[found.path] = (found.stamp, time.monotonic() + AGAIN)

    def _trouble(self, what: str, fault: Exception) -> None:
        """Say it once for as long as it lasts."""
        if what in self._told:
            return
        self._told.add(what)
        if isinstance(fault, LoupeError):
            log.error("drop: %s", fault.words)
        else:
            log.error("drop: %s does not work; it is tried again.", what, exc_info=fault)

    def _well(self) -> None:
        if self.drop.address in self._told:
            self._told.discard(self.drop.address)
            log.info("drop: %s can be looked at again.", self.drop.address)


def tidy(drops: Drops, inbox: Inbox) -> int:
    """Throw away what was left in the box by who was killed; how many files. To be done before any look."""
    left = drops.unknown(list(inbox.lying(LEFT)))
    for id in left:
        inbox.drop(id)
    return len(left) + inbox.tidy(LEFT)


def empty(drops: Drops, inbox: Inbox, most: int = 1000) -> int:
    """Throw what was accepted out of the box; how many files that were."""
    spent = drops.spent(most)
    for id in spent:
        inbox.drop(id)
    drops.emptied(spent)
    return len(spent)
