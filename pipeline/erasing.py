"""Erasing an image for good: everything of it goes, and then every place is looked at anew.

The order: one transaction writes a tombstone and takes the image out of the ledger, so that nothing begins
any more; runs that had begun are waited for; the files go; what is left is looked for; the tombstone forgets
what it knew. Whoever dies on the way leaves a tombstone that says how far it came: the clock goes on from
there, or whoever erases the image again. Doing any step twice is harmless.
"""

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Protocol

from pipeline.archiving import has, original_key
from pipeline.cards import Cards
from pipeline.engine import Engine
from pipeline.erasure import Eraser, Traces
from pipeline.errors import Unknown
from pipeline.model import Location
from pipeline.ports import Cdn, Store
from pipeline.publication import staged
from pipeline.takedown import PURGES
from pipeline.tickets import attached

WHY = "the picture was erased"
POLL_SECONDS = 0.1


class Shelf(Store, Protocol):
    """A store as its owner sees it."""

    def scrap(self, prefix: str) -> int:
        """Remove what was left half-written below the folder ``prefix``; how many things that were."""


class Inbox(Protocol):
    """Where uploads lie, under the ids of their tickets; see ``pipeline.tickets.Box``."""

    def has(self, id: str) -> bool:
        """Does anything lie there?"""

    def drop(self, id: str) -> None:
        """Throw it away."""


class Cache(Protocol):
    """Keeps answers about places."""

    def forget(self, location: Location) -> int:
        """Drop what was answered about a position; how many answers that were."""


@dataclass(frozen=True, slots=True)
class Places:
    """Everywhere that something of an image can be."""

    engine: Engine
    eraser: Eraser
    store: Shelf
    archive: Shelf
    public: Shelf
    cdn: Cdn
    cards: Cards
    cache: Cache | None = None
    inbox: Inbox | None = None


@dataclass(frozen=True, slots=True)
class Erasure:
    """What was removed, and what is left."""

    traces: Traces
    files: Mapping[str, int]
    """Files removed, by place."""
    shared: bool
    """Another image has the very same original, so it stays."""
    answers: int = 0
    """Answers about its place that were dropped from caches."""
    left: dict[str, int] = field(default_factory=dict)
    """What was found when looking anew: by place, how often. Empty: nothing is left."""


def erase(places: Places, image: str, patience: float) -> Erasure:
    """Erase an image, waiting at most ``patience`` seconds for its runs to end and nothing to be left.

    Raises ``Unknown``. With something left, the tombstone stays open and the clock goes on.
    """
    until = time.monotonic() + patience
    traces = places.eraser.begin(image)
    if traces.message and traces.alone:
        places.cards.withdraw(traces.message, WHY)
    if busy := _still_running(places, image, until):
        return Erasure(traces, {}, False, left={"runs that have not ended": busy})
    traces = places.eraser.clear(image)
    _tell(places, traces)
    files, shared, left = _removed(places, traces, until)
    answers = places.cache.forget(traces.location) if places.cache and traces.location else 0
    if not left:
        left = places.eraser.finish(traces)
    return Erasure(traces, files, shared, answers, left)


def resume(places: Places, patience: float = 0.0) -> int:
    """Go on with erasures that were begun and not ended; how many were."""
    found = places.eraser.unfinished()
    for image in found:
        with suppress(Unknown):
            erase(places, image, patience)
    return len(found)


def _tell(places: Places, traces: Traces) -> None:
    """Who mentioned it says so no more; who has the same bytes looks whether the store still needs them."""
    for other in traces.mentioned_by:
        with suppress(Unknown):
            places.engine.replay(other, "report_findings")
    for twin in traces.twins:
        with suppress(Unknown):
            places.engine.replay(twin, "remove_original")


def _still_running(places: Places, image: str, until: float) -> int:
    while busy := places.eraser.running(image):
        places.engine.ledger.expire()
        if time.monotonic() >= until:
            return busy
        places.engine.ledger.wait(POLL_SECONDS)
    return 0


def _removed(places: Places, traces: Traces, until: float) -> tuple[Counter[str], bool, dict[str, int]]:
    """Remove the files, and what a run that lost its lease still puts beside them; what is left.

    A CDN is told at once, and again only of what came to the public files since: it may charge for that.
    """
    files = Counter[str]()
    for again in count():
        removed, shared = _remove(places, traces)
        files.update(removed)
        if not again or removed["public renditions"]:
            places.cdn.forget(traces.image)
        left = dict(_look(places, traces, shared))
        if not left or time.monotonic() >= until:
            break
        places.engine.ledger.wait(POLL_SECONDS)
    return files, shared, left


def _remove(places: Places, traces: Traces) -> tuple[dict[str, int], bool]:
    files = {
        "public renditions": _emptied(places.public, traces.image),
        "renditions not yet published": _emptied(places.store, staged(traces.image)),
    }
    if added := _emptied(places.store, attached(traces.image)):
        files["originals that joined it"] = added
    if places.inbox and (lying := [id for id in traces.uploads if places.inbox.has(id)]):
        for id in lying:
            places.inbox.drop(id)
        files["uploads"] = len(lying)
    _emptied(places.store, f"{PURGES}/{traces.image}")  # what a CDN was to forget: it is told again anyway
    shared = False
    for sha256 in traces.originals:
        for name, shelf in _shelves(places):
            removed, alone = _original(places.eraser, shelf, sha256)
            files[name] = files.get(name, 0) + removed
            shared |= not alone
    return files, shared


def _shelves(places: Places) -> tuple[tuple[str, Shelf], ...]:
    """Where originals lie."""
    return ("original in the store", places.store), ("copy in the archive", places.archive)


def _original(eraser: Eraser, shelf: Shelf, sha256: str) -> tuple[int, bool]:
    """Remove an original unless another image has it: how many files that were, and did nobody have it?"""
    key = original_key(sha256)
    there = has(shelf, key)
    alone = eraser.last_use(sha256, lambda: shelf.delete(key))
    shelf.scrap(key.rpartition("/")[0])
    return int(there and alone), alone


def _emptied(shelf: Shelf, folder: str) -> int:
    keys = list(shelf.keys(folder))
    for key in keys:
        shelf.delete(key)
    return len(keys) + shelf.scrap(folder)


def _look(places: Places, traces: Traces, shared: bool) -> Iterator[tuple[str, int]]:
    """Every place anew, as if nothing had been done before."""
    folders = (
        ("public renditions", places.public, traces.image),
        ("renditions not yet published", places.store, staged(traces.image)),
        ("originals that joined it", places.store, attached(traces.image)),
        ("notes for a CDN", places.store, f"{PURGES}/{traces.image}"),
    )
    for name, shelf, folder in folders:
        if found := len(list(shelf.keys(folder))):
            yield name, found
    if places.inbox and (lying := sum(map(places.inbox.has, traces.uploads))):
        yield "uploads", lying
    for name, originals in _shelves(places):
        if found := sum(has(originals, original_key(s)) for s in traces.originals if not shared):
            yield name, found
    for table, rows in places.eraser.left(traces).items():
        yield f"rows in the ledger's table {table}", rows
