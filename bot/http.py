"""POST /slack/events: everything that Slack sends over HTTP, believed only when it is signed."""

import time

from slack_bolt import App
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from bot.dispatch import dispatched, headers_of
from bot.signed import is_signed

PATH = "/slack/events"
LARGEST = 2 << 20
"""Bytes of one delivery; Slack's own stay far below."""


def routes(app: App, signing_secret: str) -> list[Route]:
    """The route for Slack's deliveries. Without a signing secret every delivery is refused."""

    async def receive(request: Request) -> Response:
        try:
            body = await _body(request)
        except ClientDisconnect:
            return Response(status_code=400)
        if body is None:
            return Response("too large", 413)
        if not is_signed(signing_secret, request.headers, body, time.time()):
            return Response("not signed by Slack", 401)
        return await run_in_threadpool(_answer, app, body, dict(request.headers))

    return [Route(PATH, receive, methods=["POST"]), Route(PATH, _there, methods=["GET"])]


def _there(_request: Request) -> Response:
    """Slack looks from time to time, with ?ssl_check=1, whether somebody answers; nothing is told."""
    return Response(status_code=200)


async def _body(request: Request) -> bytes | None:
    pieces = bytearray()
    async for piece in request.stream():
        pieces += piece
        if len(pieces) > LARGEST:
            return None
    return bytes(pieces)


def _answer(app: App, body: bytes, headers: dict[str, str]) -> Response:
    answer = dispatched(app, body, headers)
    return Response(answer.body, answer.status, headers_of(answer))
