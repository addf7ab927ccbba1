"""Joins the upload site to the ledger: tickets, visitors, and what they see."""

import re

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from loupe import mine, uploads
from loupe import visits as people
from loupe.around import towns
from loupe.ground import Ground
from loupe.visits import visitors as visitors  # also for others
from pipeline.uploading import Desk
from pipeline.visitors import Visitor
from web import door, phone, whereabouts
from web import uploads as tickets
from web.pages import html
from web.post_form import Terms

ORIGINAL = re.compile("[A-Za-z0-9-]{1,40}")
"""What an image may be called in the address of the page that takes its original."""


def routes(base: Ground) -> list[BaseRoute]:
    """Every route of the upload site."""
    hands, visits = uploads.desk(base), people.visits(base)

    def home(request: Request, visitor: Visitor) -> Response:
        most = base.settings.max_bytes
        original = ORIGINAL.fullmatch(request.query_params.get("original", ""))
        named = original.group() if original else ""
        return html("upload.html", request, bucket=uploads.origin(base), original=named, most=most)

    return [
        Route("/", visits.page(home)),
        *doors(base, hands),
        *people.routes(base, visits),
        *tickets.routes(visits, hands),
        *phone.routes(visits, uploads.origin(base)),
        *mine.routes(base, visits),
        whereabouts.route(visits, towns(base.settings.data)),
    ]


def doors(base: Ground, hands: Desk) -> list[BaseRoute]:
    """The way in on this machine; none where files go to a bucket."""
    if base.settings.upload_bucket:
        return []
    terms = Terms(uploads.signer(base), hands.waits, uploads.disk_box(base).begin)
    return [door.route(terms, hands.take, hands.most)]
