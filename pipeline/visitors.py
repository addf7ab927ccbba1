"""Visitors: people who use the pages, known by a mailbox they can read or by their Slack account."""

from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Protocol

HOUR, DAY = 3_600.0, 86_400.0
WAITS = 900.0
"""Seconds for which a letter or a personal link can be answered."""
LASTS = 30 * DAY
"""Seconds after which a session ends that nobody uses."""
MAILBOX_HOURLY, MAILBOX_DAILY, NETWORK_HOURLY = 5, 20, 20
"""Letters at most, for one mailbox and from one network."""
WRONG = 5
"""Wrong codes that end the code of an asking."""
WRONG_DAILY = 25
"""Wrong codes within 24 hours after which links alone let a mailbox in: docs/visitors.md has the odds."""
NETWORK_WRONG = 30
"""Wrong codes from one network within an hour."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """One person. The id goes into the ledger; mailbox and account stay out of it."""

    id: str
    """``V`` and 16 hexadecimal digits."""
    mailbox: str = ""
    team: str = ""
    """Slack's ids, where the person came by a link from Slack."""
    user: str = ""


@dataclass(frozen=True, slots=True)
class Asking:
    """A letter with a link and a code is due to somebody who wants to sign in."""

    id: str
    """Binds the code to the browser that asked; says nothing about the code."""
    mailbox: str
    token: str = field(repr=False)
    """What the link ends in."""
    code: str = field(repr=False)
    """Six digits; empty once too many wrong ones came. The link stays good: nobody locks an owner out."""
    expires: float
    """Seconds since the epoch."""
    language: str = "en"
    """Of the page that asked (BCP 47)."""
    onward: str = "/"
    """Path of ours where the person was going."""


@dataclass(frozen=True, slots=True)
class Invited:
    """What a personal link leads to."""

    visitor: Visitor
    image: str
    """The image whose original is to be uploaded."""


@dataclass(frozen=True, slots=True)
class Welcome:
    """Whose mailboxes may sign in."""

    domains: tuple[str, ...] = ()
    """``example.org``, ``*.example.org`` (what lies below it), or ``*`` for all; in ASCII and lower case."""

    def admits(self, mailbox: str) -> bool:
        """May this mailbox?"""
        domain = mailbox.rpartition("@")[2].lower()
        return any(each in ("*", domain) or _below(domain, each) for each in self.domains)

    def admits_still(self, visitor: Visitor) -> bool:
        """The same for somebody who was let in earlier; people of Slack came by its word."""
        return bool(visitor.user) or self.admits(visitor.mailbox)


def _below(domain: str, pattern: str) -> bool:
    return pattern.startswith("*.") and domain.endswith(pattern[1:]) and len(domain) >= len(pattern)


def network(host: str) -> str:
    """What counts as one network: an IPv4 /24, an IPv6 /48. What is no address counts by its name."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host[:64]
    plain = getattr(address, "ipv4_mapped", None) or address
    return str(ip_network(f"{plain}/{24 if plain.version == 4 else 48}", strict=False))


class Visitors(Protocol):
    """Knows visitors, and lets them in. Durable on return."""

    def ask(self, mailbox: str, network: str, language: str = "en", onward: str = "/") -> Asking:
        """Somebody in a network wants to sign in. Raises ``Unsuitable`` when that is asked too often."""

    def asked(self, asking: str) -> Asking | None:
        """An asking that can still be answered."""

    def pending(self) -> list[Asking]:
        """All that can still be answered, the newest first."""

    def waiting(self, token: str) -> Asking | None:
        """What a link would answer; changes nothing."""

    def by_link(self, token: str) -> Visitor | None:
        """Let in by a link, once; earlier and later letters to the mailbox end with it."""

    def by_code(self, asking: str, code: str, network: str = "") -> Visitor | None:
        """The same by a code; a few wrong ones end it. Raises ``Unsuitable`` after too many of a network."""

    def get(self, id: str) -> Visitor | None:
        """The visitor with this id."""

    def erase(self, mailbox: str) -> Visitor | None:
        """Forget a mailbox: askings, letters, sessions, the mailbox itself. Who that was; None if unknown."""

    def all(self) -> list[Visitor]:
        """Everybody, the oldest first."""

    def forget(self) -> int:
        """Drop what has expired; how many rows."""


class Invitations(Protocol):
    """Lets people of Slack in by personal links. Durable on return."""

    def of_slack(self, team: str, user: str) -> Visitor:
        """The visitor behind a Slack account, made where there is none."""

    def invite(self, visitor: Visitor, image: str) -> str:
        """The token of a personal link, to be used once."""

    def invited(self, token: str) -> Invited | None:
        """What a personal link leads to; changes nothing."""

    def joinable(self, one: Visitor, other: Visitor) -> bool:
        """Could ``one``, known by a mailbox, and ``other``, known by a Slack account, become one visitor?"""

    def by_invitation(self, token: str, join: str = "") -> Invited | None:
        """Let in by a personal link, once.

        ``join``: the id of a visitor who becomes one with the link's, where the two are ``joinable``.
        """


class Sessions(Protocol):
    """Remembers who is signed in. Durable on return."""

    def begin(self, visitor: Visitor) -> str:
        """A new session; its secret, of which only a fingerprint is kept."""

    def visitor(self, secret: str) -> Visitor | None:
        """Whose session it is; None for one that has ended."""

    def renew(self, secret: str) -> bool:
        """Let it last from now; False where that was done within a day."""

    def end(self, secret: str) -> None:
        """End it."""

    def end_all(self, visitor: Visitor) -> int:
        """End every session of somebody; how many."""
