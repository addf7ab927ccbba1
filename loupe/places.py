"""Everywhere on this machine that something of an image can be."""

from loupe import uploads
from loupe.ground import Ground
from pipeline.adapters.local_cdn import LocalCdn
from pipeline.adapters.nominatim_memory import NominatimMemory
from pipeline.adapters.sqlite_eraser import SqliteEraser
from pipeline.erasing import Places


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
        inbox=uploads.box(base),
        cache=NominatimMemory(base.settings.data / "cache"),
    )
