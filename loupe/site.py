"""Joins the upload site to the ledger: tickets, visitors, and what they see."""

import logging

from itsdangerous import TimestampSigner
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from loupe import uploads
from loupe.ground import Ground
from pipeline.adapters.sqlite_visitors import SqliteVisitors
from pipeline.adapters.sqlite_watch import SqliteWatch
from pipeline.visitors import Asking, Visitor
from web import door, live, phone, signing_in
from web import uploads as tickets
from web.pages import html
from web.visits import Visits

log = logging.getLogger("loupe.site")


def visitors(base: Ground) -> SqliteVisitors:
    """Knows visitors."""
    return SqliteVisitors(base.database, uploads.key(base.settings.data))


def routes(base: Ground) -> list[BaseRoute]:
    """Every route of the upload site."""
    known, hands = visitors(base), uploads.desk(base)
    secret = uploads.key(base.settings.data)
    visits = Visits(known, TimestampSigner(secret, salt="session"), base.settings.site)

    def send(asking: Asking) -> None:
        log.info("To sign in as %s: %s/in/%s or the code %s", asking.mailbox, base.settings.site,
                 asking.token, asking.code)  # fmt: skip

    def home(request: Request, visitor: Visitor) -> Response:
        return html("upload.html", request, mailbox=visitor.mailbox)

    return [
        Route("/", visits.page(home)),
        door.route(uploads.signer(base), uploads.box(base).begin, hands.take),
        *signing_in.routes(visits, known, send),
        *tickets.routes(visits, hands),
        *phone.routes(visits),
        live.route(visits, lambda person: SqliteWatch(base.catalog, person)),
    ]
