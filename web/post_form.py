"""The form that brings a file: its fields and the file, taken apart while they come.

Source of the rules and of the refusals: docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html. The file
is the last field; what follows it is passed over.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from pipeline.post_policy import Refusal, Signer
from pipeline.tickets import ID, Lying

MOST_BESIDE = 20_000
"""Bytes before the file, and as many behind it. S3's own limit for the former."""
MOST_FIELDS = 40
FILE = "file"


class Draft(Protocol):
    """A file that is being received."""

    size: int

    def write(self, chunk: memoryview) -> None:
        """Add to it. Raises ``Unavailable``."""

    def lay(self, id: str) -> Lying | None:
        """Put it into the box; None where another one lies there. Raises ``Unavailable``.

        Its bytes are safe then, its name when whoever takes it in has synced the box.
        """

    def end(self) -> None:
        """Throw away what was not kept."""


@dataclass(frozen=True, slots=True)
class Terms:
    """On which a form is taken."""

    signer: Signer
    waits: Callable[[str], bool]
    """Is there a ticket with this id whose file can still come?"""
    begin: Callable[[], Draft]
    """Begins to receive a file. Raises ``Unavailable``."""
    clock: Callable[[], float] = time.time


class PostForm:
    """One form, piece by piece. ``announced``: bytes of the whole body."""

    def __init__(self, terms: Terms, boundary: bytes, announced: int) -> None:
        self._terms, self._announced = terms, announced
        self._fields: dict[str, str] = {}
        self._header, self._value, self._name, self._text = b"", b"", "", b""
        self._draft: Draft | None = None
        self._most, self._beside = 0, 0
        self._whole = False
        try:
            self._parser = MultipartParser(boundary, self._callbacks())  # type: ignore[arg-type]
        except FormParserError:
            raise malformed() from None

    def feed(self, pieces: list[bytes]) -> None:
        """The next pieces of the body. Raises ``Refusal`` as soon as it is known, and ``Unavailable``."""
        try:
            for piece in pieces:
                self._parser.write(piece)
        except FormParserError:
            raise malformed() from None

    def kept(self) -> tuple[str, Lying]:
        """Put the file into its box: the ticket's id, and what lies there. Raises as ``feed`` does."""
        if not self._whole:
            raise malformed()
        if self._draft is None:
            raise _number_of_files()
        if not self._draft.size:
            raise Refusal(
                400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size."
            )
        lying = self._draft.lay(self._fields["key"])
        if lying is None:
            raise used()
        return self._fields["key"], lying

    def end(self) -> None:
        """Throw away what was not kept."""
        if self._draft:
            self._draft.end()

    def _callbacks(self) -> Mapping[str, Callable[..., None]]:
        return {
            "on_part_begin": self._part_begin,
            "on_header_field": self._header_field,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_part_data": self._part_data,
            "on_part_end": self._part_end,
            "on_end": self._end,
        }

    def _part_begin(self) -> None:
        self._name, self._text, self._header, self._value = "", b"", b"", b""

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._count(end - start)
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._count(end - start)
        self._value += data[start:end]

    def _header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._name = parse_options_header(self._value)[1].get(b"name", b"").decode("utf-8", "replace")
        self._header, self._value = b"", b""

    def _headers_finished(self) -> None:
        if self._name == FILE and self._draft:
            raise _number_of_files()
        if self._name == FILE:
            self._begin()
        elif not self._name or (self._name in self._fields and not self._draft):
            raise Refusal(400, "InvalidArgument", f"A field has no name, or a name twice: {self._name[:40]}")
        elif len(self._fields) >= MOST_FIELDS:
            raise _too_much_beside()

    def _begin(self) -> None:
        """The file comes next: what the fields say about it is looked at before any of it is taken."""
        self._most = self._terms.signer.most(self._fields, self._terms.clock())
        if not ID.fullmatch(self._fields["key"]):
            raise Refusal(403, "AccessDenied", "This is no key of a ticket.")
        if self._announced - self._beside > self._most + 2 * MOST_BESIDE:
            raise too_large()
        if not self._terms.waits(self._fields["key"]):
            raise used()
        self._draft = self._terms.begin()

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        if self._draft and self._name == FILE:
            if self._draft.size + end - start > self._most:
                raise too_large()
            self._draft.write(memoryview(data)[start:end])
            return
        self._count(end - start)
        if not self._draft:
            self._text += data[start:end]

    def _part_end(self) -> None:
        if not self._draft:
            self._fields[self._name] = self._text.decode("utf-8", "replace")

    def _end(self) -> None:
        self._whole = True

    def _count(self, more: int) -> None:
        self._beside += more
        if self._beside > MOST_BESIDE:
            raise _too_much_beside()


def malformed() -> Refusal:
    """For what is no form, or only a part of one."""
    return Refusal(400, "MalformedPOSTRequest", "The body is not well-formed multipart/form-data.")


def too_large() -> Refusal:
    """For a file beyond its ticket's limit."""
    return Refusal(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size.")


def used() -> Refusal:
    """For a ticket that is used, or that never was."""
    return Refusal(403, "AccessDenied", "There is no such ticket, or it was used already.")


def _too_much_beside() -> Refusal:
    return Refusal(400, "MaxPostPreDataLengthExceeded", "Your POST request fields are too large.")


def _number_of_files() -> Refusal:
    return Refusal(
        400, "IncorrectNumberOfFilesInPostRequest", "POST requires exactly one file upload per request."
    )
