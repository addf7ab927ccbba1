"""Joins the upload site to the ledger: tickets, visitors, and what they see."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from loupe import mine, uploads
from loupe import visits as people
from loupe.ground import Ground
from loupe.visits import visitors as visitors  # also for others
from pipeline.uploading import Desk
from pipeline.visitors import Visitor
from web import door, phone
from web import uploads as tickets
from web.pages import html
from web.post_form import Terms


def routes(base: Ground) -> list[BaseRoute]:
    """Every route of the upload site."""
    hands, visits = uploads.desk(base), people.visits(base)

    def home(request: Request, visitor: Visitor) -> Response:
        return html("upload.html", request, bucket=uploads.origin(base), mailbox=visitor.mailbox)

    return [
        Route("/", visits.page(home)),
        *_doors(base, hands),
        *people.routes(base, visits),
        *tickets.routes(visits, hands),
        *phone.routes(visits),
        *mine.routes(base, visits),
    ]


def _doors(base: Ground, hands: Desk) -> list[BaseRoute]:
    """The way in on this machine; none where files go to a bucket."""
    if base.settings.upload_bucket:
        return []
    terms = Terms(uploads.signer(base), hands.waits, uploads.disk_box(base).begin)
    return [door.route(terms, hands.take, hands.most)]
