"""Taking uploads in: tickets are handed out, and what lies in the box under one becomes an image, once.

Every step may be done again by anybody at any time: by the request that brought the bytes, by the page that
asks what became of them, by the clock after a crash. Of what comes under a ticket the first counts; the same
bytes from the same person are one image.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pipeline.catalog import Catalog
from pipeline.engine import Engine
from pipeline.errors import Unknown, Unsuitable
from pipeline.gathering import Gathered
from pipeline.model import Source
from pipeline.ports import Notes, Store
from pipeline.text import keepable
from pipeline.tickets import (
    ID,
    LIFETIME,
    TYPES,
    Box,
    Form,
    Known,
    Lying,
    Quota,
    Ticket,
    Tickets,
    attached,
    new_id,
)
from pipeline.visitors import Visitor

LONGEST_NAME = 255
ERASURES = 1000
"""How often the same bytes of a person may be erased and come again."""
Arrival = tuple[str, Lying]
"""A ticket's id, and what came under it."""


@dataclass(slots=True)
class Desk:
    """Hands tickets out and takes files in. For any number of threads."""

    engine: Engine
    tickets: Tickets
    box: Box
    store: Store
    notes: Notes
    catalog: Catalog
    most: int
    """Bytes that any file may have."""
    quota: Quota
    clock: Callable[[], float] = time.time
    _together: Gathered[Arrival, str] = field(init=False)

    def __post_init__(self) -> None:
        self._together = Gathered(self._enter_all)

    def hand_out(
        self, visitor: Visitor, name: str, type: str, size: int, image: str = ""
    ) -> tuple[Ticket, Form]:
        """A ticket for one file, and how to use it. Raises ``Unsuitable`` with words."""
        if not 0 < size <= self.most:
            raise Unsuitable(f"This file has {size:,} bytes; 1 to {self.most:,} are taken.")
        kind = type if type in TYPES else TYPES[-1]
        named, joins = keepable(name, LONGEST_NAME), self._own(visitor, image)
        ticket = Ticket(new_id(), visitor.id, named, kind, size, self.clock() + LIFETIME, joins)
        form = self.box.form(ticket)
        self.tickets.issue(ticket, self.quota)
        return ticket, form

    def find(self, id: str) -> Known:
        """A ticket and what became of it. Raises ``Unknown``."""
        known = self.tickets.find(id) if ID.fullmatch(id) else None
        if known is None:
            raise Unknown("There is no such ticket.")
        return known

    def waits(self, id: str) -> bool:
        """Is there such a ticket, and can its file still come?"""
        known = self.tickets.find(id) if ID.fullmatch(id) else None
        return known is not None and not known.became

    def take(self, id: str, lying: Lying | None = None) -> str:
        """Take in what lies under a ticket; its image. Empty when there is none yet.

        ``lying``: what has just come, where that is known. Raises ``Unknown``, and ``Unsuitable`` when that
        is not the file that counts.
        """
        known = self.find(id)
        if known.became and lying in (None, known.claimed):
            return known.became
        found = lying or known.claimed or self.box.look(id)
        if found is None:
            return ""
        image = self._join(id, found) if known.ticket.image else self._together((id, found))
        if not image and lying:
            raise Unsuitable("Another file was taken in under this ticket.")
        return image or self.find(id).became

    def _own(self, visitor: Visitor, image: str) -> str:
        """The id of the picture that an original is for, as its owner may say it."""
        if not image:
            return ""
        found = self.catalog.find(image)
        owner = (found.source.team, found.source.person) if found else None
        if found is None or owner not in (("", visitor.id), (visitor.team or None, visitor.user)):
            raise Unsuitable("You have no such picture.")
        return found.image

    def _enter_all(self, arrived: Sequence[Arrival]) -> list[str]:
        """New images, or those that the same bytes of the same persons are already."""
        with self.tickets.whole():
            known = self.tickets.claim(arrived)
            mine = [
                each if _counts(each, here) else None for each, (_, here) in zip(known, arrived, strict=True)
            ]
            images = {each.ticket.id: each.became for each in mine if each and each.became}
            self.tickets.took(entered := self._entered([e for e in mine if e and not e.became]))
        images |= entered
        return [images.get(id, "") if each else "" for each, (id, _) in zip(mine, arrived, strict=True)]

    def _entered(self, new: Sequence[Known]) -> dict[str, str]:
        """The images, by ticket. One that was erased comes anew."""
        images: dict[str, str] = {}
        for again in range(1, ERASURES):
            if not new:
                break
            entries = self.engine.enter([_delivery(each, again) for each in new])
            pairs = list(zip(new, entries, strict=True))
            images |= {n.ticket.id: e.arrived.image for n, e in pairs if e.arrived.source.locator}
            new = [n for n, e in pairs if not e.arrived.source.locator]
        return images

    def _join(self, id: str, lying: Lying) -> str:
        known = self.tickets.claim([(id, lying)])[0]
        if known is None or known.claimed != lying:
            return ""
        ticket = known.ticket
        key = f"{attached(ticket.image)}/{lying.sha256}"
        with self.box.open(id, lying.sha256) as stream:
            self.store.put(key, stream)
        try:
            self.notes.set(ticket.image, "original", key, ticket.person)
            self.engine.replay(ticket.image, "read_metadata")
        except Unknown:  # erased meanwhile
            self.notes.clear(ticket.image, "original")
            self.store.delete(key)
            raise
        self.tickets.took({id: ticket.image})
        return ticket.image


def _counts(known: Known | None, here: Lying) -> bool:
    return known is not None and known.claimed == here


def _delivery(known: Known, again: int) -> tuple[str, Source]:
    assert known.claimed
    ticket, sha256 = known.ticket, known.claimed.sha256
    source = Source("upload", ticket.name, f"{ticket.id}/{sha256}", person=ticket.person)
    return f"upload:{ticket.person}:{sha256}:{again}", source
