"""Everywhere on this machine that something of an image can be."""

from dataclasses import dataclass

from loupe import dropping, uploads
from loupe.ground import Ground
from pipeline.adapters.local_cdn import LocalCdn
from pipeline.adapters.nominatim_memory import NominatimMemory
from pipeline.adapters.sqlite_eraser import SqliteEraser
from pipeline.erasing import Inbox, Places


def places(base: Ground) -> Places:
    """What an erasure goes through."""
    return Places(
        engine=base.engine(),
        eraser=SqliteEraser(base.database),
        store=base.store,
        archive=base.archive,
        public=base.public,
        cdn=LocalCdn(base.settings.site),
        cards=base.cards,
        inbox=Boxes((uploads.box(base), dropping.box(base))),
        cache=NominatimMemory(base.settings.data / "cache"),
    )


@dataclass(frozen=True, slots=True)
class Boxes:
    """Several boxes as one."""

    boxes: tuple[Inbox, ...]

    def has(self, id: str) -> bool:
        """See ``Inbox.has``."""
        return any(box.has(id) for box in self.boxes)

    def drop(self, id: str) -> None:
        """See ``Inbox.drop``."""
        for box in self.boxes:
            box.drop(id)
