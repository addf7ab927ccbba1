"""Joins the upload site to the ledger: tickets, visitors, and what they see."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from loupe import mine, uploads
from loupe import visits as people
from loupe.ground import Ground
from loupe.visits import visitors as visitors  # also for others
from pipeline.visitors import Visitor
from web import door
from web import uploads as tickets
from web.pages import html


def routes(base: Ground) -> list[BaseRoute]:
    """Every route of the upload site."""
    hands, visits = uploads.desk(base), people.visits(base)

    def home(request: Request, visitor: Visitor) -> Response:
        return html("upload.html", request, mailbox=visitor.mailbox)

    return [
        Route("/", visits.page(home)),
        door.route(uploads.signer(base), uploads.box(base).begin, hands.take),
        *people.routes(base, visits),
        *tickets.routes(visits, hands),
        *mine.routes(base, visits),
    ]
