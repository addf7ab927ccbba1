"""Which actor is to look at which image again, and when, in the images' partitions of the DynamoDB table."""

import secrets
import time
from collections.abc import Callable
from datetime import datetime
from itertools import islice

from pipeline.adapters.dynamo_due import due, opened
from pipeline.adapters.dynamo_table import Delete, Put, Table, Update, Value
from pipeline.adapters.dynamo_tombstones import alive
from pipeline.adapters.dynamo_turns import Partition
from pipeline.diary import Appointment
from pipeline.results import Accepted

KIND = "appointment"
POLICIES = "policies"
"""The partition of what actors decide by: an item for each, with how far its last change has come."""
ALL = "~"
"""Comes after every image: all have been reached."""


class DynamoAppointments:
    """``pipeline.ports.Appointments``, and the clock's ``pipeline.diary.Diary``.

    ``images``: ids after a given one, see ``Ledger.images``. An appointment's number is random, so a new one
    with the same image at the same time is another one.
    """

    def __init__(self, table: Table, images: Callable[[str, int], list[str]]) -> None:
        self._table, self._images = table, images

    def make(self, image: str, actor: str, at: datetime) -> None:
        """See ``Appointments.make``; none with an erased image."""
        item: dict[str, Value] = {"pk": image, "sk": _key(actor), "number": secrets.randbits(63)}
        self._table.write(Put(item | opened(KIND, image, at.timestamp())), alive(image))

    def due(self, limit: int) -> list[Appointment]:
        """See ``Diary.due``; what the index has not yet forgotten is left out."""
        found = islice(due(self._table, KIND, time.time()), limit)
        made = [Appointment(each["number"], each["pk"], _actor(each["sk"])) for each in found]
        return [each for each in made if self._stands(each)]

    def strike(self, appointment: Appointment) -> None:
        """See ``Diary.strike``."""
        given = {"number": appointment.number}
        self._table.write(Delete(appointment.image, _key(appointment.actor), "#number=:number", given))

    def adopt(self, actor: str, policy: str) -> None:
        """See ``Diary.adopt``."""
        change, given = "SET #policy=:policy,#reached=:start", {"policy": policy, "start": ""}
        new = "attribute_not_exists(pk) OR #policy<>:policy"
        self._table.write(Update(POLICIES, actor, change, new, given))

    def catch_up(self, limit: int) -> None:
        """See ``Diary.catch_up``: looks at so many images for each change."""
        for policy in self._table.query(POLICIES):
            if policy["reached"] != ALL:
                self._go_on(policy["sk"], policy["reached"], limit)

    def _go_on(self, actor: str, reached: str, limit: int) -> None:
        images = self._images(reached, limit)
        for image in images:
            if self._left_alone(image, actor):
                self.make(image, actor, datetime.now().astimezone())
        given = {"to": images[-1] if len(images) == limit else ALL, "reached": reached}
        self._table.write(Update(POLICIES, actor, "SET #reached=:to", "#reached=:reached", given))

    def _left_alone(self, image: str, actor: str) -> bool:
        rows = Partition(self._table, image).rows
        own = rows.get(actor)
        accepted = any(isinstance(row.result, Accepted) for row in rows.values())
        return accepted and (own is None or own.state == "skipped")

    def _stands(self, appointment: Appointment) -> bool:
        found = self._table.get(appointment.image, _key(appointment.actor))
        return found is not None and found["number"] == appointment.number


def _key(actor: str) -> str:
    return f"{KIND}#{actor}"


def _actor(sk: str) -> str:
    return sk.removeprefix(f"{KIND}#")
