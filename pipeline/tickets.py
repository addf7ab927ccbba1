"""Upload tickets: the right to hand in one file, once, within a short while. Values and ports.

A ticket is bound to a person, a content type and a number of bytes, and perhaps to an image whose original
the file is. Whoever holds one sends the bytes to a box, on this machine or in a bucket, by the same request:
a multipart form whose fields carry the signed policy (docs.aws.amazon.com/AmazonS3/latest/API/
sigv4-HTTPPOSTForms.html).
"""

import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import BinaryIO, Protocol

DOOR = "/upload"
"""Path on this machine's site that takes the form a bucket would take."""
LIFETIME = 600.0
"""Seconds for which a ticket can be used."""
ATTACHED = "attached"
"""The folder of the store with originals that joined an image that came without its metadata."""
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


def attached(image: str) -> str:
    """The folder of the store with the originals that joined an image."""
    return f"{ATTACHED}/{image}"


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
        """What lies there; None when nothing (yet, or any more). May read all of it.

        What was seen can be opened until it is dropped, whatever comes under the same ticket after it.
        """

    def open(self, id: str, sha256: str) -> BinaryIO:
        """Read what was seen there, from its start, seekable. Raises ``Unknown``."""

    def sync(self) -> None:
        """Let all that lies there outlive a power cut from now on. Raises ``Unavailable``."""

    def has(self, id: str) -> bool:
        """Does anything lie there?"""

    def drop(self, id: str) -> None:
        """Throw it away; harmless where nothing lies."""

    def lying(self, older: float) -> Iterator[str]:
        """The ids of what has lain there for so many seconds at least."""

    def tidy(self, older: float) -> int:
        """Remove what was half-written so many seconds ago or earlier; how many files that were."""


@dataclass(frozen=True, slots=True)
class Known:
    """A ticket, and what became of it."""

    ticket: Ticket
    became: str
    """The image that its file is, or that it is the original of; empty until it is taken."""
    claimed: Lying | None = None
    """The one file that is taken under it, whatever else may come."""


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

    def whole(self) -> AbstractContextManager[object]:
        """What is written within, here and in the ledger, is written together or not at all."""

    def claim(self, arrived: Sequence[tuple[str, Lying]]) -> list[Known | None]:
        """The first file of a ticket counts: note it, unless another was. The tickets after that."""

    def took(self, images: Mapping[str, str]) -> None:
        """Their files were taken in as these images: from now on these tickets are used."""

    def forget(self, before: float, but: Sequence[str] = ()) -> int:
        """Drop those that expired before then (seconds since the epoch), but for these ids; how many."""
