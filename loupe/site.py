"""Joins the upload site to the ledger: tickets, visitors, and what they see."""

import logging

from itsdangerous import TimestampSigner
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from loupe import mine, uploads
from loupe.ground import Ground
from loupe.visits import visitors as visitors  # also for others
from pipeline.visitors import Asking, Visitor
from web import door, signing_in
from web import uploads as tickets
from web.pages import html
from web.visits import Visits

log = logging.getLogger("loupe.site")


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
        *mine.routes(base, visits),
    ]
