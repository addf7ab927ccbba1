"""Joins people's own images to the ledger: the gallery, the image page, and the stream of findings."""

import logging
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from starlette.routing import BaseRoute

from loupe.ground import Ground
from loupe.places import places
from loupe.prepare import atlas, gazetteer
from pipeline.adapters.countries import names
from pipeline.adapters.sqlite_gallery import SqliteGallery
from pipeline.adapters.sqlite_notes import SqliteNotes
from pipeline.adapters.sqlite_watch import SqliteWatch
from pipeline.erasing import Erasure, Places, erase
from pipeline.errors import LoupeError, Unavailable, Unknown
from pipeline.ledger import ARRIVAL
from pipeline.model import Spot, Town
from pipeline.results import Accepted, Arrived
from web import live, mine
from web.looker import Looker
from web.mine_ports import Mine, Towns
from web.originals import Original
from web.page import TOWNS_MOST, TOWNS_WITHIN
from web.visits import Visits

log = logging.getLogger("loupe.mine")
PATIENCE, ENOUGH = 2.0, 8.0
"""Seconds that an erasure waits for runs to end; that a person waits for all, before the clock goes on."""


def routes(base: Ground, visits: Visits) -> list[BaseRoute]:
    """Every route of a person's own images."""
    looker = Looker(SqliteWatch(base.database, base.catalog))
    return [*mine.routes(doors(base, visits)), live.route(visits, looker)]


def doors(base: Ground, visits: Visits) -> Mine:
    """All that the pages ask for."""
    return Mine(
        visits=visits,
        gallery=SqliteGallery(base.database, names()),
        catalog=base.catalog,
        publications=base.standings,
        originals=StoredOriginals(base),
        towns=_towns(base),
        atlas=atlas(base.settings.data),
        notes=SqliteNotes(base.database),
        replay=base.engine().replay,
        erase=lambda images: _erased(base, images),
    )


@dataclass(frozen=True, slots=True)
class StoredOriginals:
    """``web.originals.Originals`` from the ledger and the store."""

    base: Ground

    def original(self, image: str) -> Original | None:
        """See ``Originals.original``."""
        rows = self.base.ledger.rows(image)
        accepted = rows["accept_image"].result if "accept_image" in rows else None
        arrived = rows[ARRIVAL].result if rows else None
        if not isinstance(accepted, Accepted) or not isinstance(arrived, Arrived):
            return None
        try:
            stream = self.base.store.open(accepted.key)
        except Unknown:
            stream = None
        name = arrived.source.name
        return Original(name, accepted.format, accepted.bytes, accepted.sha256, stream)


def _towns(base: Ground) -> Towns:
    """The towns around a spot; none where the index of places is broken."""
    known = gazetteer(base.settings.data)

    def around(spot: Spot) -> Sequence[Town]:
        try:
            return known.towns(spot, TOWNS_WITHIN, TOWNS_MOST)
        except Unavailable as fault:
            log.error("%s", fault.words)
            return ()

    return around


def _erased(base: Ground, images: Sequence[str]) -> list[Erasure | None]:
    """All are out of sight first; then, as long as a person waits, everything else of each goes."""
    where, until = places(base), time.monotonic() + ENOUGH
    for image in images:
        with suppress(Unknown):
            where.eraser.begin(image)
    ended: list[Erasure | None] = []
    for image in images:
        left = until - time.monotonic()
        ended.append(_rest(where, image, min(PATIENCE, left)) if left > 0 else None)
    return ended


def _rest(where: Places, image: str, patience: float) -> Erasure | None:
    try:
        return erase(where, image, patience)
    except LoupeError as fault:  # the clock tries again, and says so
        log.warning("%s", fault.words)
        return None
