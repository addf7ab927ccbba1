"""The function of the pages; ``loupe.aws`` hands it on. It needs no secret, and writes nothing."""

from functools import cache
from typing import Any

from loupe import settings
from loupe.cloud import lines
from loupe.cloud.ground import cloud
from loupe.cloud.page import Pages, pages
from loupe.fonts import SHARED as SHARED
from pipeline.publication import Publication
from web import page as written
from web.public import Page

Event = dict[str, Any]
INDEX = "geonames-*.sqlite"
"""The index of places, where the package of this function carries one."""


def page(event: Event, context: object) -> Event:
    """A request that CloudFront sends on to the function's address."""
    return _pages().answer(event)


@cache
def _pages() -> Pages:
    """Opened once in each execution environment."""
    lines.start()
    base = cloud(settings.load())
    return pages(base.standings, base.public, writer(base.settings))


def writer(config: settings.Settings) -> Page:
    """Writes pages with the towns around the spot, and so with a map, where there is an index of places."""
    if not any(SHARED.glob(INDEX)):
        return written.page
    from loupe.around import towns

    around = towns(config.data)

    def with_towns(shown: Publication) -> str:
        return written.page(shown, around(shown.spot) if shown.spot else ())

    return with_towns
