"""One look at the ledger for all who watch: who changed what since is told to whom it belongs.

However many people watch, and however often: a look asks first whether anything was written at all, then
for a mark per image, and writes a report once for all who lack it. Each watcher has the latest report of
each image waiting and no more, so that a slow reader costs the memory of its images, not of its delay.
"""

import asyncio
import json
import logging
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from pipeline.errors import LoupeError
from pipeline.gallery import Owner
from pipeline.ports import Report

log = logging.getLogger("loupe.live")
PAUSE = 0.25
"""Seconds between two looks at least."""
REST = 9
"""The pause is so many times as long as the look took: a look takes a tenth of a core at most."""
MOST = 50
"""Reports that are written in one look for one person; the rest has to wait for the next."""
Owners = tuple[Owner, ...]
Event = dict[str, str]
"""``event`` and ``data`` of a server-sent event."""


class Watch(Protocol):
    """Sees what changes; asked from one thread."""

    def moved(self) -> bool:
        """Has anybody written anything since this was asked last?"""

    def current(self, owners: Sequence[Owner]) -> set[str]:
        """The images that are watched: the newest ones, and those that are being looked at."""

    def marks(self, images: Collection[str]) -> Mapping[str, str]:
        """By image, the oldest first, what differs when its report does; without those that are gone."""

    def report(self, image: str, owners: Sequence[Owner]) -> Report | None:
        """The report as its owner may read it; None where the image is gone."""


@dataclass(eq=False)
class Watcher:
    """One who watches over the images of the owners."""

    owners: Owners
    seen: dict[str, str] = field(default_factory=dict)
    """The mark of every image as it was told last."""
    pending: dict[str, Event] = field(default_factory=dict)
    """By image, what is to be told: the latest alone."""
    ready: asyncio.Event = field(default_factory=asyncio.Event)

    async def next(self, within: float) -> Event | None:
        """What is to be told next; None when there was nothing in so many seconds."""
        if not self.pending:
            self.ready.clear()
            try:
                await asyncio.wait_for(self.ready.wait(), within)
            except TimeoutError:
                return None
        return self.pending.pop(next(iter(self.pending)))

    def tell(self, image: str, event: Event) -> None:
        """Have something told, in place of what was to be told of the image."""
        self.pending.pop(image, None)
        self.pending[image] = event
        self.ready.set()


@dataclass(frozen=True, slots=True)
class _Sight:
    """What a look found for a watcher."""

    watcher: Watcher
    marks: dict[str, str]
    events: dict[str, Event]
    more: bool


class Looker:
    """Looks for all watchers of this process, as long as there are any."""

    def __init__(self, watch: Watch, pause: float = PAUSE) -> None:
        self._watch, self._pause = watch, pause
        self._watchers: set[Watcher] = set()
        self._fresh = False
        self._task: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, "live")

    def watching(self, owners: Owners) -> int:
        """How many watch for the first of these owners at this moment."""
        return sum(each.owners[0] == owners[0] for each in self._watchers)

    @property
    def all(self) -> int:
        """How many watch at this moment."""
        return len(self._watchers)

    @contextmanager
    def watcher(self, owners: Owners) -> Iterator[Watcher]:
        """Watch; what is there already is told first, the oldest image first."""
        watcher = Watcher(owners)
        self._watchers.add(watcher)
        self._fresh = True
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._looking())
        try:
            yield watcher
        finally:
            self._watchers.discard(watcher)

    async def _looking(self) -> None:
        loop = asyncio.get_running_loop()
        while self._watchers:
            began, fresh, self._fresh = time.monotonic(), self._fresh, False
            try:
                there = list(self._watchers)
                found = await loop.run_in_executor(self._thread, self._look, there, fresh)
            except LoupeError as fault:
                log.error("%s", fault.words)
                found, self._fresh = [], True
            for sight in found:
                self._fresh |= sight.more
                sight.watcher.seen = sight.marks
                for image, event in sight.events.items():
                    sight.watcher.tell(image, event)
            await asyncio.sleep(max(self._pause, REST * (time.monotonic() - began)))

    def _look(self, watchers: Sequence[Watcher], fresh: bool) -> list[_Sight]:
        """What is to be told to whom. Runs in the thread, and changes nothing."""
        if not (self._watch.moved() or fresh):
            return []
        groups: dict[Owners, list[Watcher]] = {}
        for each in watchers:
            groups.setdefault(each.owners, []).append(each)
        return [sight for owners, group in groups.items() for sight in self._sights(owners, group)]

    def _sights(self, owners: Owners, group: Sequence[Watcher]) -> Iterator[_Sight]:
        current = self._watch.current(owners)
        marks = self._watch.marks(current.union(*(each.seen for each in group)))
        lacking = [i for i in marks if any(each.seen.get(i) != marks[i] for each in group)]
        told = {image: self._event(image, owners) for image in lacking[:MOST]}
        later = set(lacking[MOST:])
        for each in group:
            events = {image: told[image] for image in told if each.seen.get(image) != marks[image]}
            events |= {image: _gone(image) for image in each.seen.keys() - marks.keys()}
            known = {i: each.seen[i] for i in later if i in each.seen}
            known |= {i: mark for i, mark in marks.items() if i in current and i not in later}
            yield _Sight(each, known, events, bool(later))

    def _event(self, image: str, owners: Owners) -> Event:
        report = self._watch.report(image, owners)
        return {"event": "image", "data": json.dumps(report)} if report else _gone(image)


def _gone(image: str) -> Event:
    return {"event": "gone", "data": image}
