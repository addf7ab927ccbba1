"""Answers to what cannot be answered: a page for people with a browser, JSON for everything else.

Of what went wrong inside nobody outside hears more than that it did.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pipeline.errors import LoupeError
from web import words
from web.pages import headers, html

log = logging.getLogger("loupe.site")
KNOWN = (400, 401, 403, 404, 405, 413, 421, 429, 500, 503)
"""Those that have words of their own."""
RETRY = "10"
"""Seconds after which what does not work now may work again."""


def _refused(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, HTTPException)
    return answer(request, fault.status_code, fault.headers)


def _troubled(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, LoupeError)
    log.error("%s", fault.words)
    return answer(request, 503, {"retry-after": RETRY})


def _broken(request: Request, _fault: Exception) -> Response:
    return answer(request, 500)  # the server writes the trace into the log


HANDLERS: Mapping[Any, Callable[[Request, Exception], Response]] = {
    HTTPException: _refused,
    LoupeError: _troubled,
    Exception: _broken,
}
"""For ``Starlette(exception_handlers=...)``."""


def answer(request: Request, status: int, more: Mapping[str, str] | None = None) -> Response:
    """The answer; ``more``: headers that the fault asks for."""
    key = f"trouble.{status if status in KNOWN else 500 if status >= 500 else 400}"
    if "text/html" in request.headers.get("accept", ""):
        response = html("trouble.html", request, status, key=key)
    else:
        said = words.of(request).plain(f"{key}_why")
        response = JSONResponse({"error": said}, status, headers())
    response.headers.update(more or {})
    return response
