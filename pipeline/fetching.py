"""Fetching one file over HTTP: what is asked for, how it can end, and the port that does it."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import BinaryIO, Protocol

from pipeline.errors import LoupeError, Transient

Trusted = Callable[[str], bool]
"""Which addresses may be called at all."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to fetch."""

    url: str
    token: str = field(repr=False)
    limit: int
    """Most bytes."""
    size: int | None
    """Bytes that were announced, where they were."""


class Interrupted(Transient):
    """The download broke off."""


class Refused(LoupeError):
    """The server answered with something else than the file."""

    def __init__(self, status: int, headers: Mapping[str, str], location: str = "") -> None:
        super().__init__(f"The server answered HTTP {status}.")
        self.status = status
        self.headers = headers
        self.location = location
        """Where it wanted to send us, when we don't go there; ``status`` is 0 for the first address."""


class Fetch(Protocol):
    """Fetches files."""

    def __call__(self, wanted: Wanted, trusted: Trusted) -> AbstractContextManager[BinaryIO]:
        """The file, seekable, at its start.

        Raises ``Refused``, ``Interrupted`` when it breaks off, ``Rejected`` when it is larger than allowed.
        """
