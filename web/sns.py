"""POST /sns: what SNS delivers. The answer says whether to deliver it again; strangers learn nothing."""

import logging
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from pipeline.errors import LoupeError, Transient, Unavailable, Unsuitable

PATH = "/sns"
LARGEST = 1 << 20
"""Bytes of a delivery: SNS takes 256 KB, and its JSON may need more for them."""
Take = Callable[[bytes], None]
"""Takes a delivery. Raises ``Unsuitable`` for one that is not believed, ``Transient`` or ``Unavailable``."""
log = logging.getLogger("loupe.sns")


def routes(take: Take) -> list[Route]:
    """The route for deliveries of SNS."""

    async def receive(request: Request) -> Response:
        try:
            body = await _body(request)
        except ClientDisconnect:
            return Response(status_code=400)
        if body is None:
            return Response("too large", 413)
        return await run_in_threadpool(_taken, take, body)

    return [Route(PATH, receive, methods=["POST"])]


def _taken(take: Take, body: bytes) -> Response:
    try:
        take(body)
    except Unsuitable as fault:
        log.warning("sns: %s", fault.words)
        return Response("not believed", 403)
    except (Transient, Unavailable) as fault:
        return _later(fault)
    return Response(status_code=204)


def _later(fault: LoupeError) -> Response:
    log.warning("sns: %s It will be delivered again.", fault.words)
    return Response("later", 503)


async def _body(request: Request) -> bytes | None:
    pieces = bytearray()
    async for piece in request.stream():
        pieces += piece
        if len(pieces) > LARGEST:
            return None
    return bytes(pieces)
