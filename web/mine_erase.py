"""Erasing own images for good, one or several: asked first, then done, and told what went."""

from collections.abc import Sequence
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipeline.erasing import Erasure
from pipeline.errors import Unknown
from pipeline.gallery import own, owners
from pipeline.ports import Report
from pipeline.visitors import Visitor
from web import fields
from web.mine_ports import Mine, nowhere
from web.pages import html

MOST = 96
"""Images at a time: two pages of the gallery."""


def routes(mine: Mine) -> list[Route]:
    """``/mine/erase`` for several, ``/mine/{name}/erase`` for one: GET asks, POST does."""

    def ask(request: Request, visitor: Visitor) -> Response:
        return _asked(request, _reports(visitor, request.query_params.getlist("image")), "/mine")

    def ask_one(request: Request, visitor: Visitor, image: str) -> Response:
        return _asked(request, _reports(visitor, [image]), f"/mine/{request.path_params['name']}")

    async def do(request: Request) -> Response:
        given = (await fields.fields(request)).get("image", [])
        return await run_in_threadpool(
            mine.visits.page(lambda request, visitor: _done(request, visitor, given)), request
        )

    def do_one(request: Request, visitor: Visitor, image: str) -> Response:
        return _done(request, visitor, [image])

    def _done(request: Request, visitor: Visitor, names: Sequence[str]) -> Response:
        reports = _reports(visitor, names)
        if not reports:
            return nowhere(request) if names else _asked(request, [], "/mine")
        ended = mine.erase([each["id"] for each in reports])
        return html("mine_erased.html", request, here="/mine", reports=reports, **told(ended))

    def _reports(visitor: Visitor, names: Sequence[str]) -> list[Report]:
        """Of those that are the visitor's, each once; whatever else was named is passed over."""
        whose = owners(visitor)
        images = [mine.gallery.find(whose, name) for name in names[:MOST]]
        found: list[Report] = []
        for image in dict.fromkeys(filter(None, images)):
            try:
                found.append(own(mine.catalog.report(image), whose))
            except Unknown:
                continue
        return found

    page = mine.visits.page
    return [
        Route("/mine/erase", page(ask)),
        Route("/mine/erase", do, methods=["POST"]),
        Route("/mine/{name}/erase", page(mine.theirs(ask_one))),
        Route("/mine/{name}/erase", page(mine.theirs(do_one)), methods=["POST"]),
    ]


def _asked(request: Request, reports: Sequence[Report], back: str) -> Response:
    slack = any(each["source"]["kind"] == "slack" for each in reports)
    return html(
        "mine_erase.html",
        request,
        200 if reports else 409,
        reports=reports,
        back=back,
        here=back,
        slack=slack,
    )


def told(ended: Sequence[Erasure | None]) -> dict[str, Any]:
    """What several erasures removed together, and whether nothing is left of any."""
    known = [each for each in ended if each]
    return {
        "files": sum(sum(each.files.values()) for each in known),
        "rows": sum(sum(each.traces.rows.values()) for each in known),
        "shared": any(each.shared for each in known),
        "whole": len(known) == len(ended) and not any(each.left for each in known),
    }
