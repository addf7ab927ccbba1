"""Joins drops to the ledger: which folders and buckets are watched, and a thread for each."""

import logging
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

from loupe import uploads
from loupe.ground import Ground, pulse
from loupe.settings import Settings
from loupe.values import OFF
from pipeline.adapters.disk_box import DiskBox
from pipeline.adapters.folder_drop import FolderDrop, heed_leases
from pipeline.adapters.s3_drop import S3Drop
from pipeline.adapters.sqlite_drops import SqliteDrops
from pipeline.dropping import Watcher, empty, tidy
from pipeline.drops import Drop, Drops, Inbox
from pipeline.errors import LoupeError, Misconfigured, Unavailable
from pipeline.tickets import DOOR

log = logging.getLogger("loupe.drop")
OWN = "drop"
"""The folder below the data folder that is watched where no setting says otherwise."""
TICK = 1.0
EMPTIED = 10.0
"""Seconds between two looks at what may leave the box."""
STUCK = 120.0
"""Seconds that a watcher may take to come round before this part gives no sign of life any more: a share
that does not answer."""
GRACE = 5.0


def places(settings: Settings) -> list[Drop]:
    """What is watched. Raises ``Misconfigured`` for a folder that is Loupe's own."""
    named = settings.drop or (str(settings.data / OWN),)
    return [_place(settings, each) for each in named if each != OFF]


def buckets(settings: Settings) -> list[S3Drop]:
    """Those of them that are buckets."""
    return [each for each in places(settings) if isinstance(each, S3Drop)]


def trouble(drop: Drop, settings: Settings) -> str | None:
    """What is wrong with a watched folder, in words; Loupe's own is made when it is first needed."""
    if not isinstance(drop, FolderDrop) or (not settings.drop and not drop.folder.exists()):
        return None
    if not drop.folder.is_dir():
        return f"{drop.address} is no folder: make it, or name another with LOUPE_DROP"
    if not os.access(drop.folder, os.R_OK | os.X_OK):
        return f"{drop.address} cannot be read: let this user read it"
    if not os.access(drop.folder, os.W_OK):
        return f"{drop.address} is read-only: pictures are taken in, and no report can be put beside them"
    return None


def box(base: Ground) -> DiskBox:
    """Where the bytes lie until they are accepted: apart from uploads, which the clock judges by tickets."""
    return DiskBox(base.settings.data / "dropped", uploads.signer(base), DOOR)


def watcher(base: Ground, drop: Drop, drops: Drops | None = None) -> Watcher:
    """Who looks after a drop."""
    return Watcher(
        drop=drop,
        drops=drops or SqliteDrops(base.database),
        engine=base.engine(),
        inbox=box(base),
        report=base.catalog.report,
        most=base.settings.max_bytes,
    )


def watch(base: Ground, stop: Event) -> None:
    """Look after every drop until told to stop."""
    heed_leases()
    drops, inbox, beat = SqliteDrops(base.database), box(base), pulse(base, "drop")
    if not base.settings.drop:
        prepare(base.settings.data / OWN)
    _tended(tidy, drops, inbox)
    watchers = [watcher(base, drop, drops) for drop in places(base.settings)]
    threads = [
        Thread(target=each.run, args=(stop,), name=each.drop.address, daemon=True) for each in watchers
    ]
    for each in threads:
        each.start()
    due = 0.0
    while not stop.wait(TICK):
        if all(time.monotonic() - each.turned < STUCK for each in watchers):
            beat()
        if time.monotonic() >= due:
            due = time.monotonic() + EMPTIED
            _tended(empty, drops, inbox)
    for each in threads:
        each.join(GRACE)


def prepare(folder: Path) -> None:
    """Make a folder that is to be watched. Raises ``Unavailable``."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        next(folder.iterdir(), None)
    except OSError as fault:
        raise Unavailable(
            f"The folder {folder} cannot be watched: {fault.strerror}. Make it readable for this user, or"
            " name another with LOUPE_DROP."
        ) from fault


def _place(settings: Settings, named: str) -> Drop:
    if named.startswith("s3://"):
        return S3Drop(named)
    folder, data = Path(named).expanduser().absolute(), settings.data.absolute()
    with suppress(OSError):
        folder, data = folder.resolve(), data.resolve()
    if folder == data or (folder.is_relative_to(data) and not folder.is_relative_to(data / OWN)):
        raise Misconfigured(
            f"LOUPE_DROP: {named} will not do: it is where Loupe keeps its own files. Example:"
            f" LOUPE_DROP={settings.data / OWN}"
        )
    return FolderDrop(folder, spared=data)


def _tended(act: Callable[[Drops, Inbox], int], drops: Drops, inbox: Inbox) -> None:
    try:
        act(drops, inbox)
    except LoupeError as fault:
        log.warning("drop: %s", fault.words)
