"""Who is asking: sessions in signed cookies, and the rule against requests that other sites make up.

A cookie is sent by the browser whoever wrote the page, so what changes anything must come from a page of
ours: ``Origin`` (RFC 6454) or, where a browser leaves it out, ``Sec-Fetch-Site`` has to say so. Nobody is
signed in under a name that is not the site's: a page of another site can have its name lead here.
"""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.visitors import Sessions, Visitor
from web import ways
from web.cookies import Cookie
from web.hosts import Hosts

SAFE = ("GET", "HEAD")
Page = Callable[[Request, Visitor], Response]
Rule = Callable[[Visitor], bool]


@dataclass(frozen=True, slots=True)
class Visits:
    """Sessions on one site."""

    sessions: Sessions
    mark: Cookie
    """Holds a session's secret."""
    hosts: Hosts
    admits: Rule
    """May somebody who was let in earlier still come?"""

    @property
    def cookie(self) -> str:
        """The name of the cookie."""
        return self.mark.name

    def visitor(self, request: Request) -> Visitor | None:
        """Who asks; None where nobody is signed in."""
        secret = self.mark.read(request)
        visitor = self.sessions.visitor(secret) if secret and self.hosts.knows(request) else None
        return visitor if visitor and self.admits(visitor) else None

    def begin(self, response: Response, visitor: Visitor) -> Response:
        """Let the answer sign somebody in, in a session that nobody knew before."""
        return self.mark.set(response, self.sessions.begin(visitor))

    def cookie_for(self, visitor: Visitor) -> str:
        """What the cookie of a new session holds."""
        return self.mark.value(self.sessions.begin(visitor))

    def leave(self, request: Request) -> None:
        """End the session that the request belongs to, if any."""
        if secret := self.mark.read(request):
            self.sessions.end(secret)

    def end(self, response: Response) -> Response:
        """Let the browser forget its session; ``leave`` ends it."""
        return self.mark.drop(response)

    def page(self, endpoint: Page) -> Callable[[Request], Response]:
        """For people with a browser: who is not signed in is asked to, and comes back then."""
        return self._guarded(endpoint, lambda request: RedirectResponse(ways.sign_in(request), 303))

    def call(self, endpoint: Page) -> Callable[[Request], Response]:
        """For the page's script: 401 for who is not signed in."""

        def refuse(_request: Request) -> Response:
            raise HTTPException(401)

        return self._guarded(endpoint, refuse)

    def own(self, request: Request) -> None:
        """Raise 403 for a request that changes something and does not come from a page of ours."""
        if not self.hosts.knows(request):
            raise HTTPException(421)
        if request.method in SAFE:
            return
        origin, fetch = request.headers.get("origin"), request.headers.get("sec-fetch-site")
        from_us = origin in self.hosts.origins(request) if origin else fetch == "same-origin"
        if not from_us or fetch not in (None, "same-origin"):
            raise HTTPException(403)

    def _guarded(
        self, endpoint: Page, otherwise: Callable[[Request], Response]
    ) -> Callable[[Request], Response]:
        def guarded(request: Request) -> Response:
            self.own(request)
            visitor = self.visitor(request)
            if visitor is None:
                return otherwise(request)
            return self._renewed(request, endpoint(request, visitor))

        return guarded

    def _renewed(self, request: Request, response: Response) -> Response:
        secret = self.mark.read(request)
        return self.mark.set(response, secret) if secret and self.sessions.renew(secret) else response
