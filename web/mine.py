"""A person's own pictures: the gallery, and every route below it."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipeline.gallery import Tile, owners
from pipeline.markup import Candidates
from pipeline.visitors import Visitor
from web import mine_erase, mine_image, mine_place, saying
from web.mine_local import local
from web.mine_ports import Mine
from web.mine_search import FACES, VERDICTS, Search, search
from web.originals import SHOWN
from web.pages import html
from web.words import of

PAGE = 48
"""Images on a page: whole rows of 2, 3, 4, 6 and 8."""
SMALL = 800
"""Pixels that a tile's picture is wide at most: twice what it takes on a phone that shows one in a row."""


def routes(mine: Mine) -> list[Route]:
    """The pages of ``/mine``, and the look-up of places."""

    def gallery(request: Request, visitor: Visitor) -> Response:
        asked = search(request.query_params)
        found = mine.gallery.page(owners(visitor), asked.query, asked.before, PAGE)
        shown = [(tile, _picture(mine, tile)) for tile in found.tiles]
        older = asked.address(found.tiles[-1].image) if found.older else ""
        return html("mine.html", request, **_known(request, asked), tiles=shown, older=older)

    return [
        Route("/mine", mine.visits.page(gallery)),
        *mine_erase.routes(mine),
        *mine_place.routes(mine),
        *mine_image.routes(mine),
    ]


def _known(request: Request, asked: Search) -> dict[str, Any]:
    t = of(request)
    wrong = t("mine.wrong_day", said=asked.wrong) if asked.wrong else ""
    return {
        "here": "/mine",
        "asked": asked,
        "faces": FACES,
        "verdicts": VERDICTS,
        "fault": wrong,
        "verdict": verdict,
    } | saying.all_of(t)


def verdict(tile: Tile) -> str:
    """How an image stands, as the one of the verdicts that matters most to its owner."""
    if tile.state in ("rejected", "failed"):
        return tile.state
    if tile.decision in ("held", "review"):
        return tile.decision
    if tile.decision is None or tile.state == "waiting":
        return "waiting" if tile.state == "waiting" else "cleared"
    return "nudity" if tile.nudity else "cleared"


def _picture(mine: Mine, tile: Tile) -> Sequence[Candidates] | str | None:
    """Published copies in small; else the address of an original that browsers can show; else nothing."""
    publication = mine.publications.publication(tile.image)
    if publication and (sets := local(publication.renditions, SMALL)):
        return sets
    return f"/mine/{tile.short}/original" if tile.format in SHOWN and not tile.archived else None
