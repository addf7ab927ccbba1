"""Joins the upload site to the ledger: tickets, visitors, and what they see."""

import logging

from itsdangerous import TimestampSigner
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from loupe import mine, uploads
from loupe.ground import Ground
from pipeline.adapters.sqlite_visitors import SqliteVisitors
from pipeline.uploading import Desk
from pipeline.visitors import Asking, Visitor
from web import door, signing_in
from web import uploads as tickets
from web.pages import html
from web.post_form import Terms
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
        return html("upload.html", request, bucket=uploads.origin(base), mailbox=visitor.mailbox)

    return [
        Route("/", visits.page(home)),
        *_doors(base, hands),
        *signing_in.routes(visits, known, send),
        *tickets.routes(visits, hands),
        *mine.routes(base, visits),
    ]


def _doors(base: Ground, hands: Desk) -> list[BaseRoute]:
    """The way in on this machine; none where files go to a bucket."""
    if base.settings.upload_bucket:
        return []
    terms = Terms(uploads.signer(base), hands.waits, uploads.disk_box(base).begin)
    return [door.route(terms, hands.take, hands.most)]
