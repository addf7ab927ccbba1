"""Visitors: people who use the pages, known by a mailbox they can read or by their Slack account."""

from dataclasses import dataclass
from typing import Protocol


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
    """For the form that takes the code; says nothing about the code."""
    mailbox: str
    token: str
    """What the link ends in."""
    code: str
    """Six digits."""
    expires: float
    """Seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class Invited:
    """What a personal link leads to."""

    visitor: Visitor
    image: str
    """The image whose original is to be uploaded."""


class Visitors(Protocol):
    """Knows visitors, and lets them in. Durable on return."""

    def ask(self, mailbox: str, network: str) -> Asking:
        """Somebody at an address of the network wants to sign in. Raises ``Unsuitable`` when too often."""

    def waiting(self, token: str) -> str | None:
        """The mailbox that a link would let in; changes nothing."""

    def by_link(self, token: str) -> Visitor | None:
        """Let in by a link, once."""

    def by_code(self, asking: str, code: str) -> Visitor | None:
        """Let in by a code, once; a few wrong ones end it."""

    def get(self, id: str) -> Visitor | None:
        """The visitor with this id."""

    def of_slack(self, team: str, user: str) -> Visitor:
        """The visitor behind a Slack account, made where there is none."""

    def invite(self, visitor: Visitor, image: str) -> str:
        """The token of a personal link, to be used once."""

    def invited(self, token: str) -> Invited | None:
        """What a personal link leads to; changes nothing."""

    def by_invitation(self, token: str) -> Invited | None:
        """Let in by a personal link, once."""
