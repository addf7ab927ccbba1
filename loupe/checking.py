"""Runs files on this machine through the chain: enter them, work, hand out each report as it settles."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from uuid_utils import uuid7

from loupe.ground import Ground
from loupe.grounds import AnyGround
from loupe.health import free_bytes
from pipeline.engine import Engine
from pipeline.errors import Unavailable
from pipeline.model import Source
from pipeline.ports import Report
from pipeline.text import keepable
from pipeline.workers import Factory, Pool

BATCH = 500
LONGEST_NAME = 255
FULL, FULL_SECONDS = 128 << 10, 10.0
"""Bytes below which a disk has no room for a row, and for how long a person waits for more."""


def files(paths: Sequence[Path]) -> list[Path]:
    """The files named, folders walked in name order; hidden files below folders are left out."""
    return [file for path in paths for file in (_below(path) if path.is_dir() else [path])]


def _below(folder: Path) -> list[Path]:
    found = sorted(folder.rglob("*"))
    hidden = {p for p in found if any(part.startswith(".") for part in p.relative_to(folder).parts)}
    return [p for p in found if p.is_file() and p not in hidden]


def enter(engine: Engine, paths: Sequence[Path]) -> list[str]:
    """Take files in; their image ids in the same order."""
    run = uuid7()
    arrivals = [(f"file:{run}:{number}", source(path)) for number, path in enumerate(paths)]
    batches = [arrivals[i : i + BATCH] for i in range(0, len(arrivals), BATCH)]
    return [entry.arrived.image for batch in batches for entry in engine.enter(batch)]


def source(path: Path) -> Source:
    """A file as a source; the locator is a file URI, which also names what is not UTF-8."""
    return Source(kind="file", name=keepable(path.name, LONGEST_NAME), locator=path.absolute().as_uri())


@contextmanager
def workers(engine: Engine, factory: Factory, count: int) -> Iterator[Pool]:
    """A pool of workers for as long as the block lasts."""
    stop, pool = Event(), Pool(engine, factory, count)
    thread = Thread(target=pool.run, args=(stop,), name="pool")
    thread.start()
    try:
        yield pool
    finally:
        stop.set()
        thread.join()


def reports(base: Ground, images: Sequence[str]) -> Iterator[Report]:
    """The report of each image, in the order given, each as soon as it and those before it have settled.

    Raises ``Unavailable`` where the disk is full and stays so: then not even an end can be written down.
    """
    for image in images:
        full_since = None
        while not settled(base, image):
            base.ledger.wait(0.5)
            full_since = (full_since or time.monotonic()) if free_bytes(base) < FULL else None
            if full_since and time.monotonic() - full_since > FULL_SECONDS:
                raise Unavailable(
                    f"The disk of {base.settings.data} is full, so nothing can be written down. Free some"
                    " space and run this again; what was taken in goes on with the next worker."
                )
        yield base.catalog.report(image)


def settled(base: AnyGround, image: str) -> bool:
    """Have all actors ended for this image, or is there no such image?"""
    found = base.catalog.find(image)
    return found is None or found.state != "waiting"
