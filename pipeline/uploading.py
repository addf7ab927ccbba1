"""Taking uploads in: tickets are handed out, and what lies in the box under one becomes an image, once.

Every step may be done again by anybody at any time: by the request that brought the bytes, by the page that
asks what became of them, by the clock after a crash. The same bytes from the same person are one image.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.engine import Engine
from pipeline.errors import Unknown, Unsuitable
from pipeline.model import Source
from pipeline.ports import Notes, Store
from pipeline.text import keepable
from pipeline.tickets import ID, LIFETIME, TYPES, Box, Form, Known, Quota, Ticket, Tickets, new_id

LONGEST_NAME = 255
ATTACHED = "attached"
"""The folder of the store with originals that joined an image that came without its metadata."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Hands tickets out and takes files in."""

    engine: Engine
    tickets: Tickets
    box: Box
    store: Store
    notes: Notes
    most: int
    """Bytes that any file may have."""
    quota: Quota
    clock: Callable[[], float] = time.time

    def hand_out(self, person: str, name: str, type: str, size: int, image: str = "") -> tuple[Ticket, Form]:
        """A ticket for one file, and how to use it. Raises ``Unsuitable`` with words."""
        if not 0 < size <= self.most:
            raise Unsuitable(f"This file has {size:,} bytes; 1 to {self.most:,} are taken.")
        kind = type if type in TYPES else TYPES[-1]
        named = keepable(name, LONGEST_NAME)
        ticket = Ticket(new_id(), person, named, kind, size, self.clock() + LIFETIME, image)
        self.tickets.issue(ticket, self.quota)
        return ticket, self.box.form(ticket)

    def find(self, id: str) -> Known:
        """A ticket and what became of it. Raises ``Unknown``."""
        known = self.tickets.find(id) if ID.fullmatch(id) else None
        if known is None:
            raise Unknown("There is no such ticket.")
        return known

    def take(self, id: str) -> str:
        """Take in what lies under a ticket; the image. Empty when nothing lies there yet."""
        known = self.find(id)
        if known.became:
            return known.became
        lying = self.box.look(id)
        if lying is None:
            return ""
        ticket = known.ticket
        image = self._join(ticket, lying.sha256) if ticket.image else self._enter(ticket, lying.sha256)
        self.tickets.took(id, image, lying.size)
        return image

    def _enter(self, ticket: Ticket, sha256: str) -> str:
        """A new image, or the one that this person's same bytes are already. An erased one comes anew."""
        source = Source("upload", ticket.name, f"{ticket.id}/{sha256}", person=ticket.person)
        for again in range(1, 1000):
            entry = self.engine.enter([(f"upload:{ticket.person}:{sha256}:{again}", source)])[0]
            if entry.arrived.source.locator:
                return entry.arrived.image
        raise Unsuitable("This file was erased too often.")

    def _join(self, ticket: Ticket, sha256: str) -> str:
        key = f"{ATTACHED}/{ticket.image}/{sha256}"
        with self.box.open(ticket.id) as stream:
            self.store.put(key, stream)
        self.notes.set(ticket.image, "original", key, ticket.person)
        self.engine.replay(ticket.image, "read_metadata")
        return ticket.image
