"""Joins people's own images to the ledger: the gallery, the image page, and the stream of findings."""

from starlette.routing import BaseRoute

from loupe.ground import Ground
from pipeline.adapters.sqlite_watch import SqliteWatch
from web import live
from web.looker import Looker
from web.visits import Visits


def routes(base: Ground, visits: Visits) -> list[BaseRoute]:
    """Every route of a person's own images."""
    return [live.route(visits, Looker(SqliteWatch(base.database, base.catalog)))]
