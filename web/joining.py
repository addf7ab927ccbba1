"""Personal links: they let one Slack account in, to bring an image's original.

Whoever is signed in by a mailbox is asked whether the two are one person. That is never done without the
question: a link that somebody else sent would open their pictures to that somebody.
"""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from pipeline.visitors import Invitations
from web import ways
from web.pages import html
from web.signing_in import filled, name
from web.visits import Visits

Short = Callable[[str], str]
"""The short id of an image; empty where there is none (any more)."""
LONGEST = 64
"""Characters of a token that are looked at; ours have 32."""


@dataclass(frozen=True, slots=True)
class Joining:
    """The page of ``/join``."""

    visits: Visits
    invitations: Invitations
    short: Short

    def show(self, request: Request) -> Response:
        """Says whose link it is, and for which image."""
        self.visits.own(request)
        invited = self.invitations.invited(_token(request))
        if invited is None:
            return _nowhere(request)
        visitor = self.visits.visitor(request)
        joinable = visitor and self.invitations.joinable(visitor, invited.visitor)
        other = name(visitor) if visitor and joinable else ""
        short = self.short(invited.image)
        return html("in_join.html", request, account=invited.visitor.user, short=short, other=other)

    def enter(self, request: Request, said: dict[str, str]) -> Response:
        """Lets in."""
        visitor = self.visits.visitor(request)
        join = visitor.id if visitor and said.get("join") == "yes" else ""
        invited = self.invitations.by_invitation(_token(request), join)
        if invited is None:
            return _nowhere(request)
        self.visits.leave(request)
        short = self.short(invited.image)
        onward = ways.ours(f"/?original={short}" if short else ways.HOME)
        return self.visits.begin(RedirectResponse(onward, 303), invited.visitor)


def routes(pages: Joining) -> list[Route]:
    """The routes of ``/join``."""
    return [
        Route("/join/{token}", pages.show),
        Route("/join/{token}", filled(pages.visits, pages.enter), methods=["POST"]),
    ]


def _nowhere(request: Request) -> Response:
    return html("in_link.html", request, 404, mailbox="")


def _token(request: Request) -> str:
    return str(request.path_params["token"])[:LONGEST]
