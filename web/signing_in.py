"""Signing in: a mailbox is named, a letter goes there, and its link or its code opens the page."""

from collections.abc import Callable
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from pipeline.errors import Unsuitable
from pipeline.letters.mailbox import mailbox
from pipeline.visitors import Asking, Visitors
from web import words
from web.pages import html
from web.visits import Visits

Send = Callable[[Asking], None]
"""Brings the letter on its way."""
LONGEST = 2_000
"""Bytes of a form."""


def routes(visits: Visits, visitors: Visitors, send: Send) -> list[Route]:
    """The pages of ``/in`` and ``/out``."""

    def show(request: Request) -> Response:
        return html("in.html", request)

    async def ask(request: Request) -> Response:
        said = await form(request)
        return await run_in_threadpool(_asked, request, said.get("mailbox", ""))

    def _asked(request: Request, said: str) -> Response:
        visits.own(request)
        try:
            asking = visitors.ask(mailbox(said), request.client.host if request.client else "")
        except Unsuitable as fault:
            return html("in.html", request, 409, fault=fault.words, mailbox=said)
        send(asking)
        return html("in_sent.html", request, asking=asking.id, mailbox=asking.mailbox, fault="")

    async def code(request: Request) -> Response:
        said = await form(request)
        return await run_in_threadpool(_coded, request, said)

    def _coded(request: Request, said: dict[str, str]) -> Response:
        visits.own(request)
        visitor = visitors.by_code(said.get("asking", ""), said.get("code", ""))
        if visitor is None:
            again = {"asking": said.get("asking", ""), "mailbox": said.get("mailbox", "")}
            return html("in_sent.html", request, 409, fault=words.of(request)("in.wrong_code"), **again)
        return visits.begin(RedirectResponse("/", 303), visitor)

    def link(request: Request) -> Response:
        found = visitors.waiting(request.path_params["token"])
        return html("in_link.html", request, 200 if found else 404, mailbox=found or "")

    def follow(request: Request) -> Response:
        visits.own(request)
        visitor = visitors.by_link(request.path_params["token"])
        if visitor is None:
            return html("in_link.html", request, 404, mailbox="")
        return visits.begin(RedirectResponse("/", 303), visitor)

    def out(request: Request) -> Response:
        visits.own(request)
        return visits.end(RedirectResponse("/in", 303))

    return [
        Route("/in", show),
        Route("/in", ask, methods=["POST"]),
        Route("/in/code", code, methods=["POST"]),
        Route("/in/{token}", link),
        Route("/in/{token}", follow, methods=["POST"]),
        Route("/out", out, methods=["POST"]),
    ]


async def form(request: Request) -> dict[str, str]:
    """The fields of a form, the last of each name."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST:
            return {}
    return {name: values[-1] for name, values in parse_qs(body.decode("latin-1")).items()}
