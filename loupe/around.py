"""The towns around a position, for the maps that the pages draw."""

import logging
from pathlib import Path

from loupe.prepare import gazetteer
from pipeline.errors import Unavailable
from pipeline.model import Spot, Town
from web.page import TOWNS_MOST, TOWNS_WITHIN
from web.whereabouts import Around

log = logging.getLogger("loupe.page")


def towns(data: Path) -> Around:
    """Finds them; none where the index of places is broken, which is logged."""
    places = gazetteer(data)

    def around(spot: Spot) -> tuple[Town, ...]:
        try:
            return places.towns(spot, TOWNS_WITHIN, TOWNS_MOST)
        except Unavailable as fault:
            log.error("%s", fault.words)
            return ()

    return around
