"""Upload tickets: the right to hand in one file, once, within a short while. Values and ports.

A ticket is bound to a person, a content type and a number of bytes, and perhaps to an image whose original
the file is. Whoever holds one sends the bytes to a box, on this machine or in a bucket, by the same request:
a multipart form whose fields carry the signed policy (docs.aws.amazon.com/AmazonS3/latest/API/
sigv4-HTTPPOSTForms.html).
"""

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol

DOOR = "/upload"
"""Path on this machine's site that takes the form a bucket would take."""
LIFETIME = 600.0
"""Seconds for which a ticket can be used."""
ID = re.compile(r"[0-9a-f]{32}")
TYPES = (
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/webp",
    "image/heic",
    "image/heif",
    "image/avif",
    "image/tiff",
    "image/bmp",
    "application/octet-stream",
)
"""What a ticket may be for; the last for browsers that do not know what a file is. A name for the transport
alone: what the bytes are is read from the bytes."""


def new_id() -> str:
    """128 bits that nobody guesses."""
    return secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class Ticket:
    """The right to hand in one file."""

    id: str
    person: str
    """Who may use it: a visitor's id."""
    name: str
    """The file's name as the person's machine says it: for people, never a path."""
    type: str
    """One of ``TYPES``."""
    most: int
    """Bytes that the file may have."""
    expires: float
    """Seconds since the epoch."""
    image: str = ""
    """The image whose original it is; empty for a new one."""


@dataclass(frozen=True, slots=True)
class Form:
    """Where a file goes, and the fields that go before it."""

    url: str
    fields: dict[str, str]


@dataclass(frozen=True, slots=True)
class Lying:
    """What lies in a box under a ticket's id."""

    sha256: str
    size: int


class Box(Protocol):
    """Where uploads lie until they are accepted: whole or not at all."""

    def form(self, ticket: Ticket) -> Form:
        """How to hand the file in."""

    def look(self, id: str) -> Lying | None:
        """What lies there; None when nothing (yet, or any more). Reads all of it."""

    def open(self, id: str) -> BinaryIO:
        """Read what lies there. Raises ``Unknown``."""

    def drop(self, id: str) -> None:
        """Throw it away; harmless where nothing lies."""

    def lying(self, older: float) -> Iterator[str]:
        """The ids of what has lain there for so many seconds at least."""


@dataclass(frozen=True, slots=True)
class Known:
    """A ticket, and what became of it."""

    ticket: Ticket
    became: str
    """The image that its file is, or that it is the original of; empty until it is taken."""


@dataclass(frozen=True, slots=True)
class Quota:
    """What one person may hand in within 24 hours."""

    files: int
    bytes: int


class Tickets(Protocol):
    """Remembers tickets. Durable on return."""

    def issue(self, ticket: Ticket, quota: Quota) -> None:
        """Note a ticket. Raises ``Unsuitable`` with words where it would go beyond the quota.

        Used tickets count with the bytes that came, open ones with the bytes that may come.
        """

    def find(self, id: str) -> Known | None:
        """The ticket with this id."""

    def took(self, id: str, image: str, size: int) -> None:
        """Its file was taken in: from now on it is used."""

    def forget(self, before: float) -> int:
        """Drop those that expired before then (seconds since the epoch); how many."""
