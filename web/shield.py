"""What every answer has, whoever gave it: no guessing of types, no plain HTTP where there is TLS.

Nothing that an answer says by itself is changed. A page that says nothing of what it may load loads nothing.
"""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ALWAYS = {"x-content-type-options": "nosniff", "referrer-policy": "same-origin"}
TLS_ONLY = {"strict-transport-security": "max-age=63072000"}
"""Two years (RFC 6797). For this host alone: what else lies in its domain is not ours to decide on."""
PAGE = {"content-security-policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"}


class Shield:
    """An ASGI middleware. ``secure``: the site's address begins with https."""

    def __init__(self, app: ASGIApp, secure: bool) -> None:
        self._app = app
        self._always = ALWAYS | (TLS_ONLY if secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""

        async def shielded(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._complete(MutableHeaders(scope=message))
            await send(message)

        await self._app(scope, receive, shielded)

    def _complete(self, headers: MutableHeaders) -> None:
        page = headers.get("content-type", "").startswith("text/html")
        for name, value in (self._always | (PAGE if page else {})).items():
            headers.setdefault(name, value)
