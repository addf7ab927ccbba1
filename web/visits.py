"""Who is asking: sessions in signed cookies, and the rule against requests that other sites make up.

A cookie is sent by the browser whoever wrote the page, so what changes anything must come from a page of
ours: ``Origin`` (RFC 6454) or, where a browser leaves it out, ``Sec-Fetch-Site`` has to say so.
"""

from collections.abc import Callable
from dataclasses import dataclass

from itsdangerous import BadSignature, TimestampSigner
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.visitors import Visitor, Visitors

LASTS = 30 * 86_400
"""Seconds that a session holds."""
SESSIONS = ("__Host-loupe", "loupe")
"""Names of the cookie: with TLS, one that no other host and no plain page can set (RFC 6265bis, 4.1.3)."""
SAFE = ("GET", "HEAD")
Page = Callable[[Request, Visitor], Response]


@dataclass(frozen=True, slots=True)
class Visits:
    """Sessions on one site, whose address is ``site``."""

    visitors: Visitors
    signer: TimestampSigner
    site: str

    @property
    def cookie(self) -> str:
        """The one of ``SESSIONS`` that this site sets."""
        return SESSIONS[0 if self.site.startswith("https:") else 1]

    def visitor(self, request: Request) -> Visitor | None:
        """Who asks; None where nobody is signed in."""
        try:
            id = self.signer.unsign(request.cookies.get(self.cookie, ""), max_age=LASTS).decode()
        except BadSignature:
            return None
        return self.visitors.get(id)

    def begin(self, response: Response, visitor: Visitor) -> Response:
        """Let the answer sign somebody in."""
        response.set_cookie(
            self.cookie,
            self.signer.sign(visitor.id).decode(),
            max_age=LASTS,
            path="/",
            secure=self.site.startswith("https:"),
            httponly=True,
            samesite="lax",
        )
        return response

    def end(self, response: Response) -> Response:
        """Let the answer sign somebody out."""
        response.delete_cookie(
            self.cookie, path="/", secure=self.site.startswith("https:"), httponly=True, samesite="lax"
        )
        return response

    def page(self, endpoint: Page) -> Callable[[Request], Response]:
        """For people with a browser: who is not signed in is asked to."""
        return self._guarded(endpoint, lambda: RedirectResponse("/in", 303))

    def call(self, endpoint: Page) -> Callable[[Request], Response]:
        """For the page's script: 401 for who is not signed in."""

        def refuse() -> Response:
            raise HTTPException(401)

        return self._guarded(endpoint, refuse)

    def own(self, request: Request) -> None:
        """Raise 403 for a request that changes something and does not come from a page of ours."""
        if request.method in SAFE:
            return
        origin, fetch = request.headers.get("origin"), request.headers.get("sec-fetch-site")
        mine = f"{request.url.scheme}://{request.headers.get('host', '')}"
        if not (origin in (mine, self.site) if origin else fetch == "same-origin"):
            raise HTTPException(403)

    def _guarded(self, endpoint: Page, otherwise: Callable[[], Response]) -> Callable[[Request], Response]:
        def guarded(request: Request) -> Response:
            self.own(request)
            visitor = self.visitor(request)
            return endpoint(request, visitor) if visitor else otherwise()

        return guarded
