"""Keeps other web pages out: only this machine's names as host, only this page's own origin."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data: blob: http://127.0.0.1:* http://localhost:*; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Guard:
    """ASGI middleware: refuses foreign Host and Origin headers (rebinding, cross-site posts), adds a CSP."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request of this machine pass."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if not _own(HTTPConnection(scope)):
            await PlainTextResponse("The sandbox answers this machine only.", 403)(scope, receive, send)
            return

        async def send_with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                extra = [
                    (b"content-security-policy", POLICY.encode()),
                    (b"x-content-type-options", b"nosniff"),
                ]
                message["headers"] = [*message.get("headers", []), *extra]
            await send(message)

        await self.app(scope, receive, send_with_policy)


def _own(connection: HTTPConnection) -> bool:
    """No other site's script, form or image address; a link that leads to the page is welcome."""
    host, origin = connection.headers.get("host", ""), connection.headers.get("origin")
    try:
        known = urlsplit(f"//{host}").hostname in LOOPBACK
        own = not origin or urlsplit(origin).netloc == host
    except ValueError:
        return False
    foreign = connection.headers.get("sec-fetch-site") == "cross-site"
    return known and own and not (foreign and connection.headers.get("sec-fetch-mode") != "navigate")
