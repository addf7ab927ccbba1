"""Live findings: each change of a visitor's images, as a server-sent event (html.spec.whatwg.org, 9.2)."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Protocol

from sse_starlette import EventSourceResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipeline.ports import Report
from web.visits import Visits

PAUSE = 0.25
"""Seconds between two looks at the ledger."""


class Watch(Protocol):
    """Sees what has changed since it was asked last."""

    def changed(self) -> list[Report]:
        """The reports of a person's images that have changed."""


class Watches(Protocol):
    """Watches over people's images."""

    def __call__(self, person: str) -> Watch:
        """A watch over the images of one person."""


def route(visits: Visits, watches: Watches) -> Route:
    """The stream at ``/live``."""

    async def answer(request: Request) -> Response:
        visitor = await run_in_threadpool(visits.visitor, request)
        if visitor is None:
            raise HTTPException(401)
        return EventSourceResponse(_events(watches(visitor.id)))

    return Route("/live", answer)


async def _events(watch: Watch) -> AsyncIterator[dict[str, str]]:
    while True:
        for report in await run_in_threadpool(watch.changed):
            yield {"event": "image", "data": json.dumps(report)}
        await asyncio.sleep(PAUSE)
