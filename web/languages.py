"""Choosing the language of the pages: a button in their header, remembered in a cookie."""

import re

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from web import words
from web.signing_in import form
from web.visits import Visits

LASTS = 365 * 86_400
"""Seconds that a choice holds."""
HERE = re.compile(r"/(?![/\\])[\x21-\x7e]*")
"""A path on this site: a redirect goes nowhere else."""


def route(visits: Visits) -> Route:
    """``/language``, to which every page's header has a form."""

    async def choose(request: Request) -> Response:
        return await run_in_threadpool(_chosen, request, await form(request))

    def _chosen(request: Request, said: dict[str, str]) -> Response:
        visits.own(request)
        back = said.get("back", "")
        answer = RedirectResponse(back if HERE.fullmatch(back) else "/", 303)
        if (language := said.get("language", "")) in words.LANGUAGES:
            answer.set_cookie(
                words.COOKIE,
                language,
                max_age=LASTS,
                path="/",
                secure=visits.site.startswith("https:"),
                httponly=True,
                samesite="lax",
            )
        return answer

    return Route("/language", choose, methods=["POST"])
