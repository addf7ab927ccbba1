"""The pages behind the links in letters: to get mail, and to get no more of it.

Looking at a page changes nothing, because programs follow links in mail; pressing its button does. A mail
program may stop mail by one POST of its own (RFC 8058): without a cookie, a page of ours or a redirect. Used,
old and unknown links get the same answer.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from pipeline.errors import LoupeError
from web import assets

log = logging.getLogger("loupe.mail")
LONGEST = 64
"""Characters of a token that are looked at; ours have 32."""
HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
    "cross-origin-opener-policy": "same-origin",
}
PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class Subscriptions(Protocol):
    """What the pages ask and change."""

    def waiting(self, token: str) -> str | None:
        """The mailbox that a token could confirm."""

    def confirm(self, token: str) -> str | None:
        """Confirm, once; the mailbox."""

    def stoppable(self, token: str) -> str | None:
        """The mailbox that a token could stop."""

    def stop(self, token: str) -> str | None:
        """Send no more; the mailbox."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a page says."""

    title: str
    words: str
    button: str = ""
    """What is written on its button; none where it is empty."""


CONFIRM = Said("Do you want Loupe’s daily digest?", "It will go to {mailbox}.", "Yes, send it to me")
CONFIRMED = Said("Thank you", "Loupe’s digest will go to {mailbox}. Every letter has a link that ends it.")
STOP = Said("Do you want no more mail?", "Loupe’s digest goes to {mailbox}.", "Send no more")
STOPPED = Said("That is all", "No more of Loupe’s mail goes to {mailbox}.")
NOWHERE = Said(
    "This link leads nowhere",
    "It was used already, or it is too old, or a part of it is missing. Nothing was changed."
    " You can ask for the digest again at any time.",
)
NOT_NOW = Said("Not possible at the moment", "Please try it again in a minute.")


def routes(subscriptions: Subscriptions) -> list[Route]:
    """The pages of ``/mail``."""
    found = subscriptions
    return [
        _route("confirm", "GET", found.waiting, CONFIRM),
        _route("confirm", "POST", found.confirm, CONFIRMED),
        _route("stop", "GET", found.stoppable, STOP),
        _route("stop", "POST", found.stop, STOPPED),
    ]


def _route(name: str, method: str, ask: Callable[[str], str | None], said: Said) -> Route:
    def answer(request: Request) -> Response:
        """What ``ask`` finds under the token, in words. What the body of a POST says is not looked at."""
        try:
            mailbox = ask(request.path_params["token"][:LONGEST])
        except LoupeError as fault:
            log.error("%s", fault.words)
            return _page(NOT_NOW, "", 503)
        return _page(said, mailbox, 200) if mailbox else _page(NOWHERE, "", 404)

    return Route(f"/mail/{name}/{{token}}", answer, methods=[method])


def _page(said: Said, mailbox: str, status: int) -> Response:
    static = {name: assets.address(name) for name in ("page.css", "icon.svg")}
    html = PAGES.get_template("mail.html").render(
        said=said, words=said.words.format(mailbox=mailbox), static=static
    )
    return HTMLResponse(html, status, HEADERS)
