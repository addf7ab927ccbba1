"""The small map of a position, for the pages of the upload site: an SVG drawing to be put into a page.

It takes its colours from page.css. Its title says in words what it shows, in the reader's language.
"""

import math
from collections.abc import Callable, Sequence

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipeline.model import Spot, Town
from pipeline.visitors import Visitor
from web import locator, words
from web.pages import TEMPLATES
from web.pages import headers as common
from web.visits import Visits

Around = Callable[[Spot], Sequence[Town]]
"""The towns around a position, the nearest first."""
POLICY = "default-src 'none'; sandbox"
KEPT = "private, max-age=3600"
"""The same position has the same map; it is the reader's own."""


def route(visits: Visits, around: Around) -> Route:
    """``/where?latitude=..&longitude=..``: the map; 204 where no town is near enough to draw one."""

    def answer(request: Request, _visitor: Visitor) -> Response:
        spot = _asked(request)
        towns = around(spot)
        drawn = locator.drawn(spot, towns, 0.0)
        headers = common() | {
            "cache-control": KEPT,
            "content-security-policy": POLICY,
            "vary": "Accept-Language, Cookie",
        }
        if drawn is None:
            return Response(status_code=204, headers=headers)
        caption = said(words.of(request), locator.neighbours(spot, towns))
        svg = TEMPLATES.get_template("locator.svg").render(map=drawn, caption=caption)
        return Response(svg, headers=headers, media_type="image/svg+xml")

    return Route("/where", visits.call(answer))


def said(t: words.Words, neighbours: Sequence[locator.Neighbour]) -> str:
    """What a map shows, in words."""
    near = [
        t.plain("where.near", name=each.name, km=round(each.km), direction=t.plain(f"where.{each.direction}"))
        if each.km >= 1
        else t.plain("where.here", name=each.name)
        for each in neighbours
    ]
    return " ".join([t.plain("where.map"), *near])


def _asked(request: Request) -> Spot:
    """The position that is asked for. Raises 400."""
    try:
        latitude, longitude = (float(request.query_params[name]) for name in ("latitude", "longitude"))
    except (KeyError, ValueError):
        raise HTTPException(400) from None
    if not (math.isfinite(latitude) and abs(latitude) <= 90 and abs(longitude) <= 180):
        raise HTTPException(400)
    return Spot(latitude, longitude)
