"""Taking uploads in: tickets are handed out, and what lies in the box under one becomes an image, once.

Every step may be done again by anybody at any time: by the request that brought the bytes, by the page that
asks what became of them, by the clock after a crash. Of what comes under a ticket the first counts; the same
bytes from the same person are one image.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

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
    _together: Gathered[Arrival, Known | None] = field(init=False)

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
        known = None if lying else self.find(id)
        if known and known.became:
            return known.became
        found = lying or (known and known.claimed) or self.box.look(id)
        if found is None:
            return ""
        claimed = self._together((id, found))
        if claimed is None and lying:
            raise Unsuitable("There is no such ticket, or another file was taken in under it.")
        if claimed is None:
            return self.find(id).became
        return claimed.became or self._join(claimed)

    def _own(self, visitor: Visitor, image: str) -> str:
        """The id of the picture that an original is for, as its owner may say it."""
        if not image:
            return ""
        found = self.catalog.find(image)
        mine = {("", visitor.id), (visitor.team, visitor.user)} - {("", ""), ("", visitor.user)}
        if found is None or (found.source.team, found.source.person) not in mine:
            raise Unsuitable("You have no such picture.")
        return found.image

    def _enter_all(self, arrived: Sequence[Arrival]) -> list[Known | None]:
        """What became of the files: new images, or those that the same bytes of the same persons are already.

        None where there is no such ticket, or another file counts. An original is yet to join its image.
        """
        self.box.sync()
        with self.tickets.whole():
            claimed = self.tickets.claim(arrived)
            mine = [
                k if k and k.claimed == here else None for k, (_, here) in zip(claimed, arrived, strict=True)
            ]
            images = self._entered([k for k in mine if k and not k.became and not k.ticket.image])
            self.tickets.took(images)
        return [k and replace(k, became=images.get(k.ticket.id, k.became)) for k in mine]

    def _entered(self, new: Sequence[Known]) -> dict[str, str]:
        """The images, by ticket. One that was erased comes anew."""
        images: dict[str, str] = {}
        for again in range(1, ERASURES):
            if not new:
                return images
            entries = self.engine.enter([_delivery(each, again) for each in new])
            pairs = list(zip(new, entries, strict=True))
            images |= {n.ticket.id: e.arrived.image for n, e in pairs if e.arrived.source.locator}
            new = [n for n, e in pairs if not e.arrived.source.locator]
        raise Unsuitable("This file was erased too often.")

    def _join(self, known: Known) -> str:
        assert known.claimed
        ticket, lying = known.ticket, known.claimed
        key = f"{attached(ticket.image)}/{lying.sha256}"
        with self.box.open(ticket.id, lying.sha256) as stream:
            self.store.put(key, stream)
        try:
            self.notes.set(ticket.image, "original", key, ticket.person)
            self.engine.replay(ticket.image, "read_metadata")
        except Unknown:  # erased meanwhile
            self.notes.clear(ticket.image, "original")
            self.store.delete(key)
            raise
        self.tickets.took({ticket.id: ticket.image})
        return ticket.image


def _delivery(known: Known, again: int) -> tuple[str, Source]:
    assert known.claimed
    ticket, sha256 = known.ticket, known.claimed.sha256
    source = Source("upload", ticket.name, f"{ticket.id}/{sha256}", person=ticket.person)
    return f"upload:{ticket.person}:{sha256}:{again}", source
