"""Places for own images: looked up by name, added by a person, changed and taken back."""

import math
from dataclasses import asdict

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

    def look_up(request: Request, _visitor: Visitor) -> Response:
        words = request.query_params.get("q", "")[:MOST_WORDS]
        found = [asdict(each) for each in mine.atlas.named(words, OFFERED)]
        return JSONResponse({"places": found}, headers=HEADERS)

    def choose(request: Request, _visitor: Visitor, image: str) -> Response:
        words = request.query_params.get("q", "")[:MOST_WORDS]
        return _choice(request, image, words)

    async def say(request: Request) -> Response:
        given = await fields.fields(request)

        def said(request: Request, visitor: Visitor, image: str) -> Response:
            return _said(request, visitor, image, given)

        return await run_in_threadpool(mine.visits.page(mine.theirs(said)), request)

    def _choice(request: Request, image: str, words: str, status: int = 200, fault: str = "") -> Response:
        if not _may(image):
            status, fault = 409, of(request).plain("mine.place_not_now")
        known = {"words": words, "places": mine.atlas.named(words, OFFERED), "may": _may(image)} | {
            "town": saying.town
        }
        return html(
            "mine_place.html", request, status, name=request.path_params["name"], fault=fault, **known
        )

    def _may(image: str) -> bool:
        try:
            return can_place(mine.catalog.report(image))
        except Unknown:
            return False

    def _said(request: Request, visitor: Visitor, image: str, given: fields.Fields) -> Response:
        if not _may(image):
            return _choice(request, image, "")
        where = position(fields.one(given, "latitude"), fields.one(given, "longitude"))
        if fields.one(given, "back"):
            mine.notes.clear(image, "place")
        elif where:
            mine.notes.set(image, "place", where, visitor.id)
        else:
            return _choice(request, image, "", 409, of(request).plain("mine.place_wrong"))
        try:
            mine.replay(image, ACTOR)
        except Unknown:
            mine.notes.clear(image, "place")
            return nowhere(request)
        return RedirectResponse(f"/mine/{request.path_params['name']}#where", 303)

    page = mine.visits.page
    return [
        Route("/places", mine.visits.call(look_up)),
        Route("/mine/{name}/place", page(mine.theirs(choose))),
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
