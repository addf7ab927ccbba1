"""The web app: health, and the routes that are handed in: public files and what other rooms answer."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from pipeline.beats import EVERY, nobody, silent
from pipeline.catalog import Catalog
from pipeline.errors import LoupeError

Check = Callable[[], str | None]
"""Says in words what is not ready; None when all is well."""
Ages = Callable[[], Mapping[str, float]]
"""Seconds since each part was heard of."""
Trouble = Callable[[Request, Exception], Response]


def create_app(
    catalog: Catalog,
    ready: Check,
    routes: Sequence[BaseRoute] = (),
    ages: Ages = dict,
    turned: Callable[[], None] = nobody,
    troubles: Mapping[Any, Trouble] | None = None,
) -> Starlette:
    """The app. ``ready`` tells whether pictures can be taken; ``routes`` answer all else.

    ``turned`` is called by the loop that answers requests, as often as a sign of life is due; ``troubles``
    answer where an endpoint raises.
    """

    def healthz(_request: Request) -> Response:
        """Is this process alive? Asks nothing else."""
        return JSONResponse({"ok": True})

    def readyz(_request: Request) -> Response:
        """Can it take pictures? 503 with the reasons when not. A part that is silent is told, no more."""
        try:
            if reason := ready():
                return _not_ready(reason)
            return JSONResponse({"ok": True} | _standing(catalog, ages()))
        except LoupeError as fault:
            return _not_ready(fault.words)

    @asynccontextmanager
    async def living(_app: Starlette) -> AsyncIterator[None]:
        task = asyncio.create_task(_turning(turned))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    health = [Route("/healthz", healthz), Route("/readyz", readyz)]
    return Starlette(routes=[*health, *routes], lifespan=living, exception_handlers=troubles)


def _standing(catalog: Catalog, ages: Mapping[str, float]) -> dict[str, Any]:
    queue = catalog.queue()
    return {
        "waiting": queue.waiting,
        "parked": queue.parked,
        "parts": {part: round(age, 1) for part, age in sorted(ages.items())},
        "silent": silent(ages),
    }


def _not_ready(reason: str) -> Response:
    return JSONResponse({"ok": False, "reason": reason}, 503, {"retry-after": "10"})


async def _turning(turned: Callable[[], None]) -> None:
    """A sign of life takes what an answer takes: a turn of this loop and a thread that is free."""
    while True:
        await run_in_threadpool(turned)
        await asyncio.sleep(EVERY / 4)
