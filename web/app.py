"""The web app: health, and the routes that are handed in: public files and what other rooms answer."""

from collections.abc import Callable, Sequence

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from pipeline.catalog import Catalog
from pipeline.errors import LoupeError

Check = Callable[[], str | None]
"""Says in words what is not ready; None when all is well."""


def create_app(catalog: Catalog, ready: Check, routes: Sequence[BaseRoute] = ()) -> Starlette:
    """The app. ``ready`` tells whether work can be taken; ``routes`` answer all else."""

    def healthz(_request: Request) -> Response:
        """Is this process alive? Asks nothing else."""
        return JSONResponse({"ok": True})

    def readyz(_request: Request) -> Response:
        """Can it take work? 503 with the reason when not."""
        if reason := _reason(ready):
            return JSONResponse({"ok": False, "reason": reason}, status_code=503)
        queue = catalog.queue()
        return JSONResponse({"ok": True, "waiting": queue.waiting, "parked": queue.parked})

    return Starlette(routes=[Route("/healthz", healthz), Route("/readyz", readyz), *routes])


def _reason(ready: Check) -> str | None:
    try:
        return ready()
    except LoupeError as fault:
        return fault.words
