"""How a finished message leaves: the port that a mail server answers, and what can come of it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from pipeline.errors import Unsuitable

Secrecy = Literal["none", "starttls", "tls"]
LOOPBACK = ("127.0.0.1", "localhost", "::1")
SUBMISSION, SUBMISSIONS = 587, 465
"""Ports of RFC 6409 and RFC 8314."""
REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d")
FORMS = "smtp://user:password@host:587, smtps://user:password@host or ses:eu-west-1"


@dataclass(frozen=True, slots=True)
class SmtpOffice:
    """A mail server that takes mail in."""

    host: str
    port: int
    secrecy: Secrecy
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    def __str__(self) -> str:
        """For people; nothing secret."""
        how = {"none": "without TLS", "starttls": "with STARTTLS", "tls": "with TLS"}[self.secrecy]
        return f"{self.host}:{self.port} {how}{', with a password' if self.password else ''}"


@dataclass(frozen=True, slots=True)
class SesOffice:
    """Amazon SES in a region."""

    region: str

    def __str__(self) -> str:
        """For people."""
        return f"Amazon SES in {self.region}"


Office = SmtpOffice | SesOffice


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message and where it goes."""

    sender: str
    mailbox: str
    message: bytes
    """As RFC 5322 wants it, lines ended by CR and LF."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The server has it now."""


@dataclass(frozen=True, slots=True)
class NotNow:
    """It does not have it; another time it may."""

    words: str
    mailbox: bool = False
    """The mailbox is the reason, not the server or we."""


@dataclass(frozen=True, slots=True)
class Never:
    """It does not have it and will not take it."""

    words: str
    mailbox: bool = False


@dataclass(frozen=True, slots=True)
class Unsure:
    """It was handed over, and no answer came: the server may have it or not."""

    words: str


Answer = Taken | NotNow | Never | Unsure


class Post(Protocol):
    """Hands messages to a server, one at a time."""

    def hand_in(self, parcel: Parcel, last: Callable[[], None]) -> Answer:
        """Hand one in. ``last`` is called right before the moment from which the server may have it.

        What ``last`` raises goes on to the caller, and the server does not get the message.
        """

    def look(self) -> str | None:
        """Is the server there, and does it let us in? Why not, in words; nothing is sent."""


def office(address: str) -> Office:
    """Where ``LOUPE_MAIL`` says that mail is handed in. Raises ``Unsuitable``; never repeats the address."""
    try:
        parts = urlsplit(address.strip())
        port = parts.port
    except ValueError:
        raise Unsuitable(
            f"it must look like {FORMS}; signs in the password must be percent-encoded"
        ) from None
    if parts.scheme == "ses" and REGION.fullmatch(parts.path) and not parts.netloc + parts.query:
        return SesOffice(parts.path)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path.strip("/") or parts.fragment:
        raise Unsuitable(f"it must look like {FORMS}; signs in the password must be percent-encoded")
    return SmtpOffice(
        host=parts.hostname,
        port=port or (SUBMISSIONS if parts.scheme == "smtps" else SUBMISSION),
        secrecy=_secrecy(parts),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


def _secrecy(parts: SplitResult) -> Secrecy:
    said = parse_qs(parts.query, keep_blank_values=True)
    if said and (
        set(said) != {"starttls"} or said["starttls"] not in (["off"], ["on"]) or parts.scheme == "smtps"
    ):
        raise Unsuitable("after the ? only starttls=on or starttls=off may stand, and only for smtp:")
    if parts.scheme == "smtps":
        return "tls"
    off = said["starttls"] == ["off"] if said else parts.hostname in LOOPBACK
    return "none" if off else "starttls"
