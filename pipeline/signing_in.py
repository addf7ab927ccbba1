"""Signing in: a mailbox is named, a letter goes there, and only its reader gets in.

The piece of news that brings the letter names neither link nor code: both are worked out, from a key and the
asking's id, when the letter is carried. A letter that would come too late is not sent any more.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from pipeline.errors import Undeliverable, Unsuitable
from pipeline.letters.mailbox import mailbox, masked
from pipeline.letters.signing_in import Key
from pipeline.letters.writing import Reader
from pipeline.mailing import Readership
from pipeline.news import MAIL, Address, Draft
from pipeline.outbox import Delivery, Newsroom
from pipeline.visitors import Asking, Visitors, Welcome, network

Refused = Literal["mailbox", "domain", "often", "mail", "domains"]
"""Why nobody was asked: no mailbox; not one of ours; too often; no mail goes out; no domain is let in."""
OVER = "The letter to {mailbox} that lets somebody in was not sent: it was used, or it is too old."
Send = Callable[[Asking], object]
"""Brings a letter on its way."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where people ask to be let in."""

    visitors: Visitors
    welcome: Welcome
    send: Send | None
    """None where no letter can go out."""

    @property
    def closed(self) -> Refused | None:
        """Why nobody at all can sign in by mail here; None where people can."""
        if self.send is None:
            return "mail"
        return None if self.welcome.domains else "domains"

    def ask(self, words: str, host: str, language: str, onward: str = "/") -> Asking | Refused:
        """Send a letter. What is answered says nothing of whether the mailbox is known.

        ``words``: what a person typed; ``host``: the address they ask from; ``onward``: a path of ours.
        """
        if closed := self.closed:
            return closed
        try:
            named = mailbox(words)
        except Unsuitable:
            return "mailbox"
        if not self.welcome.admits(named):
            return "domain"
        try:
            asking = self.visitors.ask(named, network(host), language, onward)
        except Unsuitable:
            return "often"
        assert self.send
        self.send(asking)
        return asking


def by_mail(newsroom: Newsroom) -> Send:
    """Send through the outbox."""
    return lambda asking: newsroom.tell(draft(asking), [Address(MAIL, asking.mailbox)])


def draft(asking: Asking) -> Draft:
    """The letter as a piece of news."""
    key = f"signin/{asking.id}"
    return Draft(key, "signin", key, {"headline": "Somebody wants to sign in"})


def readers(visitors: Visitors, site: str, others: Readership) -> Readership:
    """Who reads letters that let somebody in; ``others`` read all else. ``site``: its address."""

    def reader(delivery: Delivery) -> Reader:
        if delivery.piece.kind != "signin":
            return others(delivery)
        to, asking = delivery.address.to, visitors.asked(delivery.piece.subject.partition("/")[2])
        if asking is None or asking.mailbox != to:
            raise Undeliverable(OVER.format(mailbox=masked(to)))
        return Reader(to, operator=False, key=key(asking, site))

    return reader


def key(asking: Asking, site: str) -> Key:
    """What the letter brings."""
    link = f"{site}/in/{asking.token}"
    return Key(urlsplit(site).netloc, link, asking.code, asking.expires, asking.language)
