"""Places for own images: looked up by name, added by a person, changed and taken back."""

import math
from dataclasses import asdict, dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from pipeline.errors import Unknown
from pipeline.gallery import MOST_WORDS
from pipeline.visitors import Visitor
from web import fields, saying
from web.mine_ports import Mine, nowhere
from web.mine_view import can_place
from web.pages import HEADERS, html
from web.words import of

OFFERED = 8
"""Places that are offered for one name."""
ACTOR = "read_metadata"


def routes(mine: Mine) -> list[Route]:
    """``/places`` for the script; ``/mine/{name}/place`` to choose one, and to say it."""
    places, page = _Places(mine), mine.visits.page

    async def say(request: Request) -> Response:
        given = await fields.fields(request)

        def said(request: Request, visitor: Visitor, image: str) -> Response:
            return places.said(request, visitor, image, given)

        return await run_in_threadpool(page(mine.theirs(said)), request)

    return [
        Route("/places", mine.visits.call(places.look_up)),
        Route("/mine/{name}/place", page(mine.theirs(places.choose))),
        Route("/mine/{name}/place", say, methods=["POST"]),
    ]


def position(latitude: str, longitude: str) -> str:
    """A position as it is noted, to a metre: ``44.56410,6.49610``; empty where it is none on the earth."""
    try:
        degrees = float(latitude), float(longitude)
    except ValueError:
        return ""
    if not all(map(math.isfinite, degrees)) or abs(degrees[0]) > 90 or abs(degrees[1]) > 180:
        return ""
    return f"{degrees[0]:.5f},{degrees[1]:.5f}"


@dataclass(frozen=True, slots=True)
class _Places:
    mine: Mine

    def look_up(self, request: Request, _visitor: Visitor) -> Response:
        found = self.mine.atlas.named(_words(request), OFFERED)
        return JSONResponse({"places": [asdict(each) for each in found]}, headers=HEADERS)

    def choose(self, request: Request, _visitor: Visitor, image: str) -> Response:
        if not self._may(image):
            return self._choice(request, 409, "mine.place_not_now")
        return self._choice(request)

    def said(self, request: Request, visitor: Visitor, image: str, given: fields.Fields) -> Response:
        where = position(fields.one(given, "latitude"), fields.one(given, "longitude"))
        if not self._may(image):
            return self._choice(request, 409, "mine.place_not_now")
        if fields.one(given, "back"):
            self.mine.notes.clear(image, "place")
        elif where:
            self.mine.notes.set(image, "place", where, visitor.id)
        else:
            return self._choice(request, 409, "mine.place_wrong")
        try:
            self.mine.replay(image, ACTOR)
        except Unknown:  # erased meanwhile
            self.mine.notes.clear(image, "place")
            return nowhere(request)
        return RedirectResponse(f"/mine/{request.path_params['name']}#where", 303)

    def _may(self, image: str) -> bool:
        try:
            return can_place(self.mine.catalog.report(image))
        except Unknown:
            return False

    def _choice(self, request: Request, status: int = 200, fault: str = "") -> Response:
        return html(
            "mine_place.html",
            request,
            status,
            name=request.path_params["name"],
            here=f"/mine/{request.path_params['name']}",
            fault=of(request)(fault) if fault else "",
            words=_words(request),
            places=self.mine.atlas.named(_words(request), OFFERED),
            may=fault != "mine.place_not_now",
            town=saying.town,
        )


def _words(request: Request) -> str:
    return request.query_params.get("q", "")[:MOST_WORDS]
