"""POST /slack/events: everything that Slack sends over HTTP, believed only when it is signed.

Source: docs.slack.dev/authentication/verifying-requests-from-slack (v0, HMAC-SHA256, five minutes).
"""

import hashlib
import hmac
import time

from slack_bolt import App, BoltRequest, BoltResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

PATH = "/slack/events"
LARGEST = 2 << 20
"""Bytes of one delivery; Slack's own stay far below."""
WINDOW = 300


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
        return await run_in_threadpool(_dispatch, app, body, dict(request.headers))

    return [Route(PATH, receive, methods=["POST"]), Route(PATH, _there, methods=["GET"])]


def _there(_request: Request) -> Response:
    """Slack looks from time to time, with ?ssl_check=1, whether somebody answers; nothing is told."""
    return Response(status_code=200)


def is_signed(secret: str, headers: object, body: bytes, now: float) -> bool:
    """Does the signature fit the body, and is it at most five minutes old?"""
    found = dict(headers) if hasattr(headers, "keys") else {}  # type: ignore[call-overload]
    stamp, given = found.get("x-slack-request-timestamp", ""), found.get("x-slack-signature", "")
    if not secret or not (stamp.isascii() and stamp.isdigit()) or abs(now - int(stamp[:15])) > WINDOW:
        return False
    wanted = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256)
    return hmac.compare_digest(f"v0={wanted.hexdigest()}".encode(), given.encode())


async def _body(request: Request) -> bytes | None:
    pieces = bytearray()
    async for piece in request.stream():
        pieces += piece
        if len(pieces) > LARGEST:
            return None
    return bytes(pieces)


def _dispatch(app: App, body: bytes, headers: dict[str, str]) -> Response:
    try:
        request = BoltRequest(body=body.decode(), headers=headers)  # type: ignore[arg-type]
    except (ValueError, AttributeError, TypeError, KeyError):
        return Response("not understood", 400)
    return _answer(app.dispatch(request))


def _answer(response: BoltResponse) -> Response:
    headers = {name: values[0] for name, values in response.headers.items() if name != "set-cookie"}
    return Response(response.body, response.status, headers)
