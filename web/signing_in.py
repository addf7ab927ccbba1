"""Signing in: a mailbox is named, a letter goes there, and its link or its code opens the page.

Looking at a page changes nothing, because programs follow links in mail; pressing its button does. The code
counts only in the browser that asked, which has a cookie from then. Used, old and unknown links are alike.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from pipeline.errors import Unsuitable
from pipeline.signing_in import Desk, Refused
from pipeline.visitors import Asking, Visitor, Visitors, network
from web import ways, words
from web.cookies import Cookie
from web.forms import form
from web.pages import html
from web.visits import Visits

STATUS: Mapping[Refused, int] = {"mailbox": 422, "domain": 403, "often": 429, "mail": 503, "domains": 503}
LONGEST_TOKEN = 64
"""Characters of a token that are looked at; ours have 48."""
Filled = Callable[[Request, dict[str, str]], Response]


@dataclass(frozen=True, slots=True)
class SigningIn:
    """The pages of ``/in`` and ``/out``."""

    visits: Visits
    visitors: Visitors
    desk: Desk
    asked: Cookie
    """Holds the id of the asking whose code this browser may type."""
    outbox: str = ""
    """Path of the page with the letters, where they go to nobody's mailbox."""

    def show(self, request: Request) -> Response:
        """Asks for a mailbox; says who is signed in already."""
        self.visits.own(request)
        onward = ways.ours(request.query_params.get("next", ""))
        if visitor := self.visits.visitor(request):
            return html("in_already.html", request, name=name(visitor), onward=onward)
        return self._form(request, onward=onward)

    def ask(self, request: Request, said: dict[str, str]) -> Response:
        """Sends the letter."""
        onward, language = ways.ours(said.get("next", "")), words.of(request).language
        asking = self.desk.ask(said.get("mailbox", ""), sender(request), language, onward)
        if isinstance(asking, str):
            answer = self._form(request, asking, said.get("mailbox", ""), onward)
            if asking == "often":
                answer.headers["retry-after"] = "3600"
            return answer
        return self.asked.set(RedirectResponse("/in/code", 303), asking.id)

    def show_code(self, request: Request) -> Response:
        """Asks for the code, in the browser that asked for the letter."""
        self.visits.own(request)
        asking = self.visitors.asked(self.asked.read(request))
        if asking is None or not asking.code:
            return RedirectResponse("/in", 303)
        return self._code(request, asking)

    def enter_code(self, request: Request, said: dict[str, str]) -> Response:
        """Lets in by a code."""
        t, asking = words.of(request), self.visitors.asked(self.asked.read(request))
        if asking is None or not asking.code:
            return self._form(request, fault=str(t("in.over")), status=422)
        try:
            code = "".join(said.get("code", "").split())
            visitor = self.visitors.by_code(asking.id, code, network(sender(request)))
        except Unsuitable:
            return self._code(request, asking, 429, str(t("in.too_wrong")))
        if visitor:
            return self._enter(request, visitor, asking.onward)
        return self._code(request, asking, 422, str(t("in.wrong_code")))

    def show_link(self, request: Request) -> Response:
        """Says whom a link would let in."""
        self.visits.own(request)
        asking = self.visitors.waiting(_token(request))
        return html("in_link.html", request, 200 if asking else 404, mailbox=asking.mailbox if asking else "")

    def follow(self, request: Request, _said: dict[str, str]) -> Response:
        """Lets in by a link."""
        asking = self.visitors.waiting(_token(request))
        visitor = self.visitors.by_link(_token(request))
        if asking is None or visitor is None:
            return html("in_link.html", request, 404, mailbox="")
        return self._enter(request, visitor, asking.onward)

    def out(self, request: Request, said: dict[str, str]) -> Response:
        """Ends this session, or all of this person's."""
        visitor = self.visits.visitor(request)
        if visitor and said.get("where") == "everywhere":
            self.visits.sessions.end_all(visitor)
        self.visits.leave(request)
        return self.visits.end(RedirectResponse("/in", 303))

    def _enter(self, request: Request, visitor: Visitor, onward: str) -> Response:
        self.visits.leave(request)
        response = self.asked.drop(RedirectResponse(ways.ours(onward), 303))
        return self.visits.begin(response, visitor)

    def _code(self, request: Request, asking: Asking, status: int = 200, fault: str = "") -> Response:
        known = {"mailbox": asking.mailbox, "fault": fault, "outbox": self.outbox}
        return html("in_code.html", request, status, **known)

    def _form(
        self,
        request: Request,
        refused: Refused | None = None,
        mailbox: str = "",
        onward: str = ways.HOME,
        fault: str = "",
        status: int = 200,
    ) -> Response:
        t, closed = words.of(request), self.desk.closed
        said = t(f"in.refused_{refused}", mailbox=mailbox[:80]) if refused and not closed else fault
        known = {"mailbox": mailbox, "onward": onward, "fault": said, "closed": closed or ""}
        return html("in.html", request, STATUS[refused] if refused else status, **known)


def routes(pages: SigningIn) -> list[Route]:
    """The routes of ``/in`` and ``/out``."""
    visits = pages.visits
    return [
        Route("/in", pages.show),
        Route("/in", filled(visits, pages.ask), methods=["POST"]),
        Route("/in/code", pages.show_code),
        Route("/in/code", filled(visits, pages.enter_code), methods=["POST"]),
        Route("/in/{token}", pages.show_link),
        Route("/in/{token}", filled(visits, pages.follow), methods=["POST"]),
        Route("/out", filled(visits, pages.out), methods=["POST"]),
    ]


def filled(visits: Visits, endpoint: Filled) -> Callable[[Request], object]:
    """An endpoint for a form of ours."""

    async def answer(request: Request) -> Response:
        visits.own(request)
        return await run_in_threadpool(endpoint, request, await form(request))

    return answer


def sender(request: Request) -> str:
    """The address that the request came from. Behind a proxy of ours the server has read what that says."""
    return request.client.host if request.client else ""


def name(visitor: Visitor) -> str:
    """What a page calls somebody."""
    return visitor.mailbox or f"Slack {visitor.user}"


def _token(request: Request) -> str:
    return str(request.path_params["token"])[:LONGEST_TOKEN]
