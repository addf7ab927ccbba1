"""People who asked for the digest by mail. Nobody gets it who did not confirm it from the mailbox itself."""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

State = Literal["pending", "confirmed", "stopped", "bounced"]
HOUR, DAY = 3_600.0, 86_400.0
MAILBOX_HOURLY, MAILBOX_DAILY, ASKER_HOURLY = 3, 5, 5
"""Letters of confirmation at most, for one mailbox and for one person who asks."""
WAITS = 7 * DAY
"""Seconds for which a letter of confirmation can be answered."""
SOFT = 3
"""Temporary failures in a row after which a mailbox counts as bounced, when they went on for a day."""
TOKEN_BYTES = 24


@dataclass(frozen=True, slots=True)
class Subscriber:
    """One mailbox. Only ``confirmed`` ones get mail."""

    mailbox: str
    """As it was written, so that the server gets the case it may want."""
    state: State
    since: datetime
    asker: str = ""
    """Who asked in Slack, as ``team/person``; empty for the command line."""
    nonce: str = field(default="", repr=False)
    """What the letter of confirmation that is under way was made from; empty when there is none."""
    fault: str = ""
    """Why mail came back."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """Makes the secrets in the links: 192 bits that nobody without the key can tell from random ones.

    They are worked out anew whenever a letter is written, so that the ledger keeps nothing but their hashes.
    """

    key: bytes = field(repr=False)

    def confirming(self, nonce: str) -> str:
        """For the link of one letter of confirmation."""
        return self._made("confirm", nonce)

    def stopping(self, folded: str) -> str:
        """For the link that ends it, the same in every letter to a mailbox."""
        return self._made("stop", folded)

    def _made(self, purpose: str, words: str) -> str:
        made = hmac.digest(self.key, f"{purpose}\0{words}".encode(), "sha256")
        return base64.urlsafe_b64encode(made[:TOKEN_BYTES]).decode()


def fingerprint(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


class Bounces(Protocol):
    """Hears how mail to a mailbox fared. Mailboxes that are no subscriber's are passed over."""

    def bounced(self, mailbox: str, permanent: bool, words: str) -> None:
        """It came back, for good or for the moment."""

    def taken(self, mailbox: str) -> None:
        """It was taken."""


class Subscribers(Bounces, Protocol):
    """Remembers who gets mail. Everything is durable on return."""

    def ask(self, mailbox: str, asker: str) -> Subscriber:
        """Somebody wants mail for a mailbox; what is to be confirmed.

        Raises ``Unsuitable`` when that is asked too often. Who gets mail already goes on getting it.
        """

    def waiting(self, token: str) -> str | None:
        """The mailbox that a token of a letter of confirmation could confirm."""

    def confirm(self, token: str) -> str | None:
        """Confirm by the token of a letter, once; the mailbox. None for a used, old or unknown token."""

    def agree(self, mailbox: str) -> bool:
        """Confirm on an operator's word; False when nobody asked for the mailbox."""

    def stoppable(self, token: str) -> str | None:
        """The mailbox that a token could stop."""

    def stop(self, token: str) -> str | None:
        """Send no more, by the token of any letter; the mailbox. None for an unknown token."""

    def stop_asked_by(self, asker: str) -> list[str]:
        """Send no more to the mailboxes that somebody asked for; which those were."""

    def get(self, mailbox: str) -> Subscriber | None:
        """What is known of a mailbox."""

    def all(self) -> list[Subscriber]:
        """Everybody, the oldest first."""

    def remove(self, mailbox: str) -> bool:
        """Forget a mailbox and everything that was to be sent to it; False when it was not known."""
