"""Who may see what is meant for operators: whoever knows the token; without one, whoever is on this machine.

Everybody else is told that there is nothing here, as for any address that does not exist.
"""

import hmac
from base64 import b64decode
from binascii import Error
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from web.hosts import loopback, name

PASSED_ON = ("forwarded", "via", "x-real-ip")
"""Headers that a proxy adds (RFC 7239, RFC 9110 7.6.3), beside all that begin with ``x-forwarded-``."""
CHALLENGE = {"www-authenticate": 'Basic realm="Loupe", charset="UTF-8"', "cache-control": "no-store"}
Endpoint = Callable[[Request], Response]


@dataclass(frozen=True, slots=True)
class Access:
    """The rule."""

    token: str = field(default="", repr=False)
    """Sent as ``Authorization: Bearer ...``, or as the password of Basic beside any name (RFC 7617)."""
    own: bool = False
    """The site is this machine's own: it listens on a loopback address and has no public one."""

    def admits(self, request: Request) -> bool:
        """May this request see it? With a token, the token alone decides."""
        return _knows(request, self.token) if self.token else self.own and local(request)

    def guard(self, endpoint: Endpoint) -> Endpoint:
        """The endpoint for those who are admitted; 404 for all others."""

        def guarded(request: Request) -> Response:
            if not self.admits(request):
                raise HTTPException(404)
            return endpoint(request)

        return guarded

    def invite(self, endpoint: Endpoint) -> Endpoint:
        """The same for people with a browser: where there is a token, it is asked for with 401."""

        def guarded(request: Request) -> Response:
            if not self.admits(request):
                raise HTTPException(401, headers=CHALLENGE) if self.token else HTTPException(404)
            return endpoint(request)

        return guarded


def local(request: Request) -> bool:
    """Was it sent from this machine to this machine, by nobody's proxy and under no borrowed name?

    A page of another site can make a browser ask here under a name of its own (DNS rebinding): such a name
    is none of this machine's.
    """
    passed_on = any(name in PASSED_ON or name.startswith("x-forwarded-") for name in request.headers)
    return not passed_on and loopback(name(request))


def _knows(request: Request, token: str) -> bool:
    """Compared without telling by its time how much of it was right."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    match scheme.lower():
        case "bearer":
            said = given.strip().encode("latin-1", "replace")
        case "basic":
            said = _password(given.strip())
        case _:
            return False
    return hmac.compare_digest(said, token.encode())


def _password(given: str) -> bytes:
    try:
        return b64decode(given, validate=True).partition(b":")[2]
    except (Error, ValueError):
        return b""
