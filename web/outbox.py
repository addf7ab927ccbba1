"""The outbox of a site that is this machine's own and sends no mail: the links that letters would bring.

Whoever sees it can be anybody who just asked; so it is for this machine alone.
"""

from collections.abc import Callable
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipeline.visitors import Asking
from web.access import Access
from web.pages import html

PATH = "/outbox"


def route(gate: Access, pending: Callable[[], list[Asking]]) -> Route:
    """The page; ``gate`` says who may see it."""

    def show(request: Request) -> Response:
        return html("outbox.html", request, askings=pending(), until=until)

    return Route(PATH, gate.guard(show))


def until(asking: Asking) -> str:
    """Until when it can be answered, by the clock of this machine."""
    return f"{datetime.fromtimestamp(asking.expires):%H:%M}"
