"""The page about an own image, what was found so far, and its original."""

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from pipeline.errors import Unknown
from pipeline.gallery import own, owners
from pipeline.model import Spot
from pipeline.visitors import Visitor
from web.mine_ports import Mine, nowhere
from web.mine_view import view
from web.originals import download
from web.pages import html
from web.words import of


def routes(mine: Mine) -> list[Route]:
    """The routes of ``/mine/{name}``; a name is an image's id or short id."""

    def show(request: Request, visitor: Visitor, image: str) -> Response:
        return _drawn("mine_image.html", request, visitor, image)

    def findings(request: Request, visitor: Visitor, image: str) -> Response:
        return _drawn("mine_findings.html", request, visitor, image)

    def _drawn(template: str, request: Request, visitor: Visitor, image: str) -> Response:
        try:
            report = own(mine.catalog.report(image), owners(visitor))
        except Unknown:  # erased since it was looked for
            return nowhere(request)
        publication = mine.publications.publication(image)
        known = view(of(request), report, publication, _nearby(report))
        asked = mine.notes.get(image, "restore") is not None
        return html(template, request, **known, asked_back=asked)

    def _nearby(report: dict[str, Any]) -> Any:
        at = report["location"]
        return mine.towns(Spot(at["latitude"], at["longitude"])) if at else ()

    def original(request: Request, visitor: Visitor, image: str) -> Response:
        found = mine.originals.original(image)
        if found is None:
            return nowhere(request)
        if found.stream is None:
            asked = mine.notes.get(image, "restore") is not None
            named = request.path_params["name"]
            return html(
                "mine_archived.html", request, 409, name=named, here=f"/mine/{named}", asked_back=asked
            )
        return download(found, found.stream, request)

    def restore(request: Request, visitor: Visitor, image: str) -> Response:
        mine.notes.set(image, "restore", "", visitor.id)
        mine.replay(image, "restore_original")
        return RedirectResponse(f"/mine/{request.path_params['name']}", 303)

    page = mine.visits.page
    return [
        Route("/mine/{name}", page(mine.theirs(show))),
        Route("/mine/{name}/findings", mine.visits.call(mine.theirs(findings))),
        Route("/mine/{name}/original", page(mine.theirs(original))),
        Route("/mine/{name}/restore", page(mine.theirs(restore)), methods=["POST"]),
    ]
