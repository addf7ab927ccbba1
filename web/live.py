"""Live findings: each change of a visitor's images, as server-sent events (html.spec.whatwg.org, 9.2).

``event: image`` brings an image's whole report as JSON, first of all that is watched and then whenever it
changes; ``event: gone`` brings the id of one that was erased. A stream that is taken up again begins anew.
"""

import time
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager

from sse_starlette import EventSourceResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipeline.gallery import owners
from web.looker import Event, Looker, Watcher
from web.visits import Visits

STREAMS, ALL = 8, 1000
"""How many one person, and all people, may have open at a time. A browser opens six to a site at most
(HTTP/1.1), so that one more is another browser."""
BEAT = 15
"""Seconds between two comments that keep what stands between from closing a quiet stream."""
AGAIN = 30.0
"""Seconds between two looks whether the visitor is still signed in."""


def route(visits: Visits, looker: Looker) -> Route:
    """The stream at ``/live``."""

    async def answer(request: Request) -> Response:
        visitor = await run_in_threadpool(visits.visitor, request)
        if visitor is None:
            raise HTTPException(401)
        whose = owners(visitor)
        if looker.watching(whose) >= STREAMS:
            raise HTTPException(429, "Too many pages are open.")
        if looker.all >= ALL:
            raise HTTPException(503, "Not possible at the moment.", {"retry-after": "60"})
        events = _events(looker.watcher(whose), visits, request)
        return EventSourceResponse(events, ping=BEAT)

    return Route("/live", answer)


async def _events(
    watching: AbstractContextManager[Watcher], visits: Visits, request: Request
) -> AsyncIterator[Event]:
    """What changes, until the visitor is signed out. Looks again for that while there is nothing to tell."""
    with watching as watcher:
        until = time.monotonic() + AGAIN
        while True:
            event = await watcher.next(max(0.0, until - time.monotonic()))
            if event:
                yield event
            if time.monotonic() >= until:
                if await run_in_threadpool(visits.visitor, request) is None:
                    return
                until = time.monotonic() + AGAIN
