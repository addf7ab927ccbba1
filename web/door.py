"""The door for uploads: takes the form that a bucket would take, streams the file to the disk, answers as S3.

Source of the answers: docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html and ErrorResponses.html.
The form itself says who may hand what in; no cookie is looked at, and any page may ask, as with a bucket.
"""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Protocol
from xml.sax.saxutils import escape

from python_multipart.multipart import parse_options_header
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipeline.errors import LoupeError, Unknown, Unsuitable
from pipeline.post_policy import Refusal
from pipeline.tickets import DOOR, Lying
from web.post_form import MOST_BESIDE, PostForm, Terms, malformed, too_large, used

log = logging.getLogger("loupe.door")
PIECE = 1 << 19
"""Bytes that are gathered before a thread writes them: a change of threads costs more than a small write."""
HANDS = 12
"""Threads that write: apart from those that answer pages, so that a slow disk holds up no page."""
PATIENCE = 60.0
"""Seconds that a sender may be silent."""


class Take(Protocol):
    """Takes in what has come under a ticket; see ``pipeline.uploading.Desk.take``."""

    def __call__(self, id: str, lying: Lying) -> str:
        """Its image. Raises ``Unknown``, ``Unsuitable``, ``Unavailable``."""


class _Gone(Exception):
    """The sender is."""


def route(terms: Terms, take: Take, most: int) -> Route:
    """The door; files have at most ``most`` bytes, whatever their tickets say."""
    hands = ThreadPoolExecutor(HANDS, "door")

    async def answer(request: Request) -> Response:
        try:
            return await _taken(request, terms, take, most, hands)
        except Refusal as fault:
            return _refused(fault)
        except LoupeError as fault:
            log.error("%s", fault.words)
            return _refused(Refusal(503, "SlowDown", "Not possible at the moment. Please try again."))
        except _Gone:
            return Response(status_code=400)  # for nobody

    return Route(DOOR, answer, methods=["POST"])


async def _taken(request: Request, terms: Terms, take: Take, most: int, hands: Executor) -> Response:
    loop = asyncio.get_running_loop()
    form = PostForm(terms, _boundary(request), _announced(request, most))

    def last(pieces: list[bytes]) -> tuple[str, str]:
        form.feed(pieces)
        key, lying = form.kept()
        try:
            take(key, lying)
        except (Unknown, Unsuitable):
            raise used() from None
        return key, lying.sha256

    try:
        async for pieces, more in _body(request):
            if more:
                await loop.run_in_executor(hands, form.feed, pieces)
            else:
                key, tag = await loop.run_in_executor(hands, last, pieces)
    finally:
        form.end()
    return Response(status_code=204, headers={"location": f"{DOOR}/{key}", "etag": f'"{tag}"'})


async def _body(request: Request) -> AsyncIterator[tuple[list[bytes], bool]]:
    """The body in lists of pieces, each with whether more come."""
    pieces, size, more = list[bytes](), 0, True
    while more:
        try:
            async with asyncio.timeout(PATIENCE):
                message = await request.receive()
        except TimeoutError:
            raise Refusal(400, "RequestTimeout", "Nothing has come for a while.") from None
        if message["type"] == "http.disconnect":
            raise _Gone
        pieces.append(message.get("body", b""))
        size, more = size + len(pieces[-1]), message.get("more_body", False)
        if size >= PIECE or not more:
            yield pieces, more
            pieces, size = [], 0


def _boundary(request: Request) -> bytes:
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != b"multipart/form-data":
        raise Refusal(
            412, "PreconditionFailed", "Bucket POST must be of the enclosure-type multipart/form-data."
        )
    if not options.get(b"boundary"):
        raise malformed()
    return options[b"boundary"]


def _announced(request: Request, most: int) -> int:
    """Bytes of the body. What is too much in any case is refused before any of it is read."""
    said = request.headers.get("content-length", "")
    if not said.isdecimal():
        raise Refusal(411, "MissingContentLength", "You must provide the Content-Length HTTP header.")
    if int(said) > most + 2 * MOST_BESIDE:
        raise too_large()
    return int(said)


def _refused(fault: Refusal) -> Response:
    id = secrets.token_hex(8).upper()
    said = {"Code": fault.code, "Message": fault.words, "Resource": DOOR, "RequestId": id}
    inner = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in said.items())
    xml = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{inner}</Error>'
    headers = {"connection": "close", "x-amz-request-id": id}  # what is left of the body is not read
    if fault.status == 503:
        headers["retry-after"] = "10"
    return Response(xml.encode("utf-8", "replace"), fault.status, headers, media_type="application/xml")
