"""Brings bulletins to Slack channels."""

from bot.bulletins.gear import Gear
from bot.bulletins.parts import parts
from bot.bulletins.trip import Trip
from pipeline.catalog import Catalog
from pipeline.errors import Undeliverable
from pipeline.outbox import Delivery, Note

NOWHERE = "No Slack channel is named for this news."


class Bulletins:
    """``pipeline.outbox.Carrier`` for Slack channels. ``to``: the channel of deliveries that name none."""

    def __init__(self, gear: Gear, catalog: Catalog, to: str = "") -> None:
        self._gear, self._catalog, self._to = gear, catalog, to
        self._team = ""

    def carry(self, delivery: Delivery, note: Note) -> None:
        """See ``Carrier.carry``."""
        channel = delivery.address.to or self._to
        if not channel:
            raise Undeliverable(NOWHERE)
        trip = Trip(delivery, note, self._gear, channel, delivery.piece.team or self._own_team())
        for part in parts(delivery, self._catalog):
            trip.bring(part)

    def _own_team(self) -> str:
        self._team = self._team or self._gear.posts.team()
        return self._team
