"""Wishes that nobody has heard: noted by somebody who died before the actor that reads them was made due.

Who notes a wish replays its reader in the next breath. The clock looks after those who did not get there.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Protocol

from pipeline.engine import Engine
from pipeline.errors import Unknown
from pipeline.ports import Wish

READERS: Mapping[Wish, tuple[str, ...]] = {
    "alt": ("publish_image",),
    "archive": ("archive_original",),
    "hold": ("decide_release",),
    "original": ("read_metadata",),
    "place": ("read_metadata",),
    "release": ("decide_release",),
    "restore": ("restore_original",),
    "withdraw": ("make_renditions", "make_copies"),
}
"""The actors that read each wish."""
BREATH = 60.0
"""Seconds after which a wish should have been heard."""
MOST = 500
"""Runs that are made due in one pass."""


class Unheard(Protocol):
    """Finds wishes that came after the last run of an actor that reads them."""

    def unheard(
        self, readers: Mapping[Wish, Sequence[str]], older: float, limit: int
    ) -> list[tuple[str, str]]:
        """Image and actor, for wishes noted more than ``older`` seconds ago and runs that are not due yet."""


def hear(engine: Engine, notes: Unheard, older: float = BREATH, limit: int = MOST) -> int:
    """Make due what reads a wish that nobody has heard; how many runs that were."""
    found = notes.unheard(READERS, older, limit)
    for image, actor in found:
        with suppress(Unknown):
            engine.replay(image, actor)
    return len(found)
