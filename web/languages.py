"""The choice of a language: kept in a cookie, which goes before what the browser asks for."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from web import ways
from web.signing_in import filled
from web.visits import Visits
from web.words import COOKIE, LANGUAGES

LASTS = 365 * 86_400
"""Seconds for which it is kept."""


def route(visits: Visits) -> Route:
    """Takes the choice, and leads back to the page it was made on."""

    def choose(request: Request, said: dict[str, str]) -> Response:
        response = RedirectResponse(ways.ours(said.get("next", "")), 303)
        if (language := said.get("language", "")) in LANGUAGES:
            secure = visits.hosts.secure
            response.set_cookie(
                COOKIE, language, LASTS, path="/", secure=secure, httponly=True, samesite="lax"
            )
        return response

    return Route("/language", filled(visits, choose), methods=["POST"])
