"""Brings news to mailboxes: each message once, although nobody can ask a mail server afterwards what it has.

Right before the last step a note is made that outlives us. Whoever finds such a note without an answer cannot
know whether the message arrived: it is parked, to be seen, and only a person's replay sends it again.
docs/decisions/0015-mail-exactly-once.md says why.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.headerregistry import Address
from typing import Any

from pipeline.errors import Deferred, Transient, Undeliverable
from pipeline.letters.mailbox import folded, masked
from pipeline.letters.message import Cover, message
from pipeline.letters.writing import Reader, letter
from pipeline.news import Piece
from pipeline.outbox import Delivery, Note
from pipeline.posting import Answer, Never, NotNow, Parcel, Post, Taken, Unsure
from pipeline.subscribers import Bounces, Subscribers, Tokens
from pipeline.telling import told

HANDED, TAKEN = "handed_over", "taken"
"""What a delivery's progress says: the birth of the delivery whose last step was taken, or was answered. A
replay is a new birth, so an older note counts no more."""
IN_DOUBT = (
    "In doubt: it was handed over, and no answer is known. It is not sent again by itself, as it might"
    " arrive twice; `loupe sinks replay` sends it again under the same Message-ID."
)
Readership = Callable[[Delivery], Reader]
"""Who reads a delivery. Raises ``Undeliverable`` when nobody does (any more)."""
Draw = Callable[[Mapping[str, Any]], bytes | None]
"""Draws the chart of a digest's data, as PNG; None where there is none."""


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses of the pages that letters lead to."""

    site: str
    """Without a slash at the end."""
    tokens: Tokens

    def confirm(self, nonce: str) -> str:
        """Where a reader confirms."""
        return f"{self.site}/mail/confirm/{self.tokens.confirming(nonce)}"

    def stop(self, mailbox: str) -> str:
        """Where a subscriber ends it."""
        return f"{self.site}/mail/stop/{self.tokens.stopping(folded(mailbox))}"


def always(mailbox: str) -> Readership:
    """For a sink that is a mailbox."""
    return lambda _delivery: Reader(mailbox, operator=True)


def listed(operators: frozenset[str]) -> Readership:
    """For operators alone, who are folded."""

    def reader(delivery: Delivery) -> Reader:
        mailbox = delivery.address.to
        if folded(mailbox) in operators:
            return Reader(mailbox, operator=True)
        raise Undeliverable(f"{masked(mailbox)} gets no mail (any more); nothing was sent.")

    return reader


def subscribed(operators: frozenset[str], subscribers: Subscribers, links: Links) -> Readership:
    """For operators and subscribers; ``operators`` are folded."""
    operator = listed(operators)

    def reader(delivery: Delivery) -> Reader:
        mailbox = delivery.address.to
        if delivery.piece.kind != "confirm" and folded(mailbox) in operators:
            return operator(delivery)
        known = subscribers.get(mailbox)
        if delivery.piece.kind == "confirm" and known and known.nonce:
            return Reader(mailbox, operator=False, confirm=links.confirm(known.nonce))
        if delivery.piece.kind != "confirm" and known and known.state == "confirmed":
            return Reader(mailbox, operator=False, stop=links.stop(mailbox))
        raise Undeliverable(f"{masked(mailbox)} gets no mail (any more); nothing was sent.")

    return reader


class MailCarrier:
    """``pipeline.outbox.Carrier`` for mailboxes."""

    def __init__(
        self, post: Post, sender: Address, readers: Readership, draw: Draw, bounces: Bounces | None = None
    ) -> None:
        self._post, self._sender, self._readers, self._bounces = post, sender, readers, bounces
        self._draw = _remembering(draw)

    def carry(self, delivery: Delivery, note: Note) -> None:
        """See ``Carrier.carry``."""
        if delivery.progress.get(TAKEN) == delivery.born:
            return
        if delivery.progress.get(HANDED) == delivery.born:
            raise Undeliverable(IN_DOUBT)
        parcel = self._parcel(delivery)
        answer = self._post.hand_in(parcel, lambda: note({HANDED: delivery.born}))
        self._keep(delivery, note, answer)
        self._tell(parcel.mailbox, answer)
        _judge(answer)

    def _parcel(self, delivery: Delivery) -> Parcel:
        piece, reader = told(delivery), self._readers(delivery)
        chart = self._draw(piece) if piece.kind == "digest" else None
        written = letter(piece, reader, chart)
        thread = piece.subject if piece.image or piece.kind == "alarm" else ""
        cover = Cover(self._sender, reader.mailbox, piece.id, piece.at, thread)
        return Parcel(self._sender.addr_spec, reader.mailbox, message(written, cover))

    def _keep(self, delivery: Delivery, note: Note, answer: Answer) -> None:
        """An answer makes the note of the last step true or takes it back; without one it stands."""
        if isinstance(answer, Taken):
            note({TAKEN: delivery.born})
        elif not isinstance(answer, Unsure):
            note({})

    def _tell(self, mailbox: str, answer: Answer) -> None:
        if self._bounces is None:
            return
        if isinstance(answer, Taken):
            self._bounces.taken(mailbox)
        elif isinstance(answer, Never | NotNow) and answer.mailbox:
            self._bounces.bounced(mailbox, isinstance(answer, Never), answer.words)


def _judge(answer: Answer) -> None:
    match answer:
        case NotNow(words, mailbox):
            raise Deferred(words) if mailbox else Transient(words)
        case Never(words):
            raise Undeliverable(words)
        case Unsure(words):
            raise Undeliverable(f"{IN_DOUBT} ({words})")


def _remembering(draw: Draw) -> Callable[[Piece], bytes | None]:
    """The same chart goes to everybody: it is drawn once, while the letters of one digest go out."""
    drawn: dict[str, bytes | None] = {}

    def remembered(piece: Piece) -> bytes | None:
        if piece.id not in drawn:
            drawn.clear()
            drawn[piece.id] = draw(piece.data)
        return drawn[piece.id]

    return remembered
