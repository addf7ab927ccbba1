"""The door for uploads: takes the form that a bucket would take, streams the file to the disk, answers as S3.

Source of the answers: docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html. The form itself says who
may hand what in; no cookie is looked at, and any page may ask, as with a bucket.
"""

import logging
import time
from collections.abc import Callable
from typing import Protocol
from xml.sax.saxutils import escape

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from pipeline.errors import LoupeError
from pipeline.post_policy import Refusal, Signer
from pipeline.tickets import DOOR, ID

log = logging.getLogger("loupe.door")
MOST_FIELDS = 20_000
"""Bytes of all that comes before the file."""


class Draft(Protocol):
    """A file that is being received."""

    size: int

    def write(self, chunk: bytes) -> None:
        """Add to it."""

    def keep(self, id: str) -> bool:
        """Put it into the box, durably; False where something lies there already."""

    def end(self) -> None:
        """Throw away what was not kept."""


Begin = Callable[[], Draft]
Take = Callable[[str], object]
"""Takes in what lies under a ticket's id."""


def route(signer: Signer, begin: Begin, take: Take) -> Route:
    """The door."""

    async def answer(request: Request) -> Response:
        try:
            key = await _received(request, signer, begin)
            await run_in_threadpool(take, key)
        except Refusal as fault:
            return _refused(fault)
        except LoupeError as fault:
            log.error("%s", fault.words)
            return _refused(Refusal(503, "SlowDown", "Not possible at the moment."))
        return Response(status_code=204, headers={"location": f"{DOOR}/{key}"})

    return Route(DOOR, answer, methods=["POST"])


async def _received(request: Request, signer: Signer, begin: Begin) -> str:
    """Receive the file of a form; the key it lies under. Raises ``Refusal``."""
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != b"multipart/form-data" or b"boundary" not in options:
        raise Refusal(
            412, "PreconditionFailed", "Bucket POST must be of the enclosure-type multipart/form-data."
        )
    form = _Form(signer, begin)
    parser = MultipartParser(options[b"boundary"], form.callbacks())  # type: ignore[arg-type]
    try:
        async for chunk in request.stream():
            await run_in_threadpool(parser.write, chunk)
        parser.finalize()
        return await run_in_threadpool(form.kept)
    except (FormParserError, ClientDisconnect):
        raise Refusal(
            400, "MalformedPOSTRequest", "The body is not well-formed multipart/form-data."
        ) from None
    finally:
        form.end()


class _Form:
    """What has come of a form so far."""

    def __init__(self, signer: Signer, begin: Begin) -> None:
        self._signer, self._begin = signer, begin
        self._fields: dict[str, str] = {}
        self._header, self._value, self._name, self._text = b"", b"", "", b""
        self._draft: Draft | None = None
        self._most, self._bytes = 0, 0
        self._whole = False

    def callbacks(self) -> dict[str, Callable[..., None]]:
        return {
            "on_part_begin": self._part_begin,
            "on_header_field": self._header_field,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_part_data": self._part_data,
            "on_part_end": self._part_end,
        }

    def kept(self) -> str:
        """Put the file into its box."""
        if self._draft is None or not self._whole:
            raise Refusal(400, "InvalidArgument", "POST requires exactly one file upload per request.")
        if not self._draft.size:
            raise Refusal(
                400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size."
            )
        key = self._fields["key"]
        if not self._draft.keep(key):
            raise Refusal(403, "AccessDenied", "This ticket was used already.")
        return key

    def end(self) -> None:
        if self._draft:
            self._draft.end()

    def _part_begin(self) -> None:
        self._name, self._text, self._header, self._value = "", b"", b"", b""

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._name = parse_options_header(self._value)[1].get(b"name", b"").decode("utf-8", "replace")
        self._header, self._value = b"", b""

    def _headers_finished(self) -> None:
        if self._name != "file":
            return
        self._most = self._signer.most(self._fields, time.time())
        if not ID.fullmatch(self._fields["key"]):
            raise Refusal(403, "AccessDenied", "This is no key of a ticket.")
        self._draft = self._begin()

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        if self._draft:
            if self._draft.size + end - start > self._most:
                raise Refusal(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size.")
            self._draft.write(data[start:end])
            return
        self._bytes += end - start
        if self._bytes > MOST_FIELDS:
            raise Refusal(400, "MaxPostPreDataLengthExceeded", "Your POST request fields are too large.")
        self._text += data[start:end]

    def _part_end(self) -> None:
        if self._draft:
            self._whole = True
        elif self._name:
            self._fields[self._name] = self._text.decode("utf-8", "replace")


def _refused(fault: Refusal) -> Response:
    said = f"<Error><Code>{fault.code}</Code><Message>{escape(fault.words)}</Message></Error>"
    xml = f'<?xml version="1.0" encoding="UTF-8"?>\n{said}'
    return Response(xml, fault.status, {"connection": "close"}, media_type="application/xml")
