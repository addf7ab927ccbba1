"""The chain from resizing to the archive: real actors publish and keep, only what draws is a toy.

accept_image -> read_metadata -> toys -> publish_image -> archive_original -> ...
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Literal

from pipeline.actor import actor, declared_in
from pipeline.adapters.disk_store import DiskStore
from pipeline.adapters.local_cdn import LocalCdn
from pipeline.adapters.sqlite_standings import SqliteStandings
from pipeline.chain import chain, discover
from pipeline.model import Rendition
from pipeline.ports import Cdn, Public, Publishing, Store
from pipeline.publication import Standings, staged
from pipeline.results import (
    Accepted,
    Arrived,
    Copies,
    Faces,
    Metadata,
    Placed,
    Published,
    Release,
    Renditions,
)
from tests.flow.storehouse import KEEPERS, House

REAL = (*KEEPERS, "read_metadata", "publish_image")


@actor()
def look(accepted: Accepted) -> Faces:
    """See nobody."""
    return Faces((), accepted.sha256)


@actor()
def place(metadata: Metadata) -> Placed:
    """Know no place."""
    return Placed(None, None, metadata.taken_at)


@actor()
def decide_release(accepted: Accepted) -> Release:
    """Clear everything."""
    return Release("cleared", accepted.sha256)


@actor()
def make_renditions(arrived: Arrived, accepted: Accepted, release: Release, store: Store) -> Renditions:
    """Two renditions."""
    assert release.decision == "cleared"
    return Renditions(tuple(_made(arrived, accepted, store, name) for name in ("w150", "box50")), None)


@actor()
def make_copies(arrived: Arrived, accepted: Accepted, release: Release, store: Store) -> Copies:
    """One copy for srcset."""
    assert release.decision == "cleared"
    return Copies((_made(arrived, accepted, store, "s320"),))


def _made(arrived: Arrived, accepted: Accepted, store: Store, name: str) -> Rendition:
    with store.open(accepted.key) as stream:
        data = name.encode() + stream.read()
    key = f"{arrived.image}/{name}-{hashlib.sha256(data).hexdigest()[:16]}.jpg"
    store.put(staged(key), BytesIO(data))
    return Rendition(name, 1, 1, "JPEG", len(data), len(data), "none", "toy", None, None, False, key)


@dataclass
class Pages:
    """``Publishing``."""

    location: Literal["none", "place", "exact"] = "none"


class Press(House):
    """A house that also publishes."""

    def __init__(self, folder: Path, archive_after: float | None = 0) -> None:
        super().__init__(folder, archive_after)
        known = discover()
        self.chain = chain([*(known.actor(name) for name in REAL), *declared_in(__name__)])
        self.public = DiskStore(folder / "public")

    def ports(self) -> Mapping[type, object]:
        """As the wiring hands them in."""
        more: dict[type, object] = {
            Public: self.public,
            Cdn: LocalCdn("http://127.0.0.1"),
            Publishing: Pages(),
            Standings: SqliteStandings(self.database),
        }
        return {**super().ports(), **more}

    def dangling(self) -> list[str]:
        """Renditions that a row promises and that lie nowhere."""
        wrong = []
        for image in self.ledger.images("", 1000):
            results = [row.result for row in self.ledger.rows(image).values()]
            public = set(self.public.keys(image))
            kept = public | {key.removeprefix(staged("")) for key in self.store.keys(staged(image))}
            for result in results:
                if isinstance(result, Published | Renditions | Copies):
                    there = public if isinstance(result, Published) else kept
                    wrong += [each.key for each in result.renditions if each.key not in there]
        return wrong
