"""An original that the archive has, and that nobody wants here, leaves the store."""

from datetime import UTC, datetime, timedelta

from pipeline.actor import actor
from pipeline.archiving import minute
from pipeline.ports import Appointments, Archive, Store, Uses
from pipeline.results import Accepted, Archived, Arrived, Failed, Removed, Restored, Skipped

ACTOR = "remove_original"
LOOK_AGAIN = timedelta(hours=1), timedelta(days=1)
"""At least and at most until the next look at an original that is still needed; old ones can wait longer."""


@actor(timeout=60, memory=64, priority=60)
def remove_original(
    arrived: Arrived,
    accepted: Accepted,
    archived: Archived,
    restored: Restored | Failed | Skipped,
    store: Store,
    archive: Archive,
    uses: Uses,
    appointments: Appointments,
) -> Removed | Skipped:
    """Take an archived original out of the store, unless somebody still needs its bytes."""
    if archived.key != accepted.key:
        return Skipped("What the archive has is not what was accepted last.")
    if isinstance(restored, Restored):
        return Skipped(f"It stays until {minute(restored.until)}.")
    if isinstance(restored, Failed):
        return Skipped("It was asked for, and bringing it back failed.")

    def remove() -> None:
        archive.size(accepted.key)  # Unknown, should somebody have emptied the archive meanwhile
        store.delete(accepted.key)

    if uses.release(accepted.sha256, arrived.image, remove):
        return Removed(accepted.bytes)
    now = datetime.now(UTC)
    wait = min(max((now - arrived.at) / 24, LOOK_AGAIN[0]), LOOK_AGAIN[1])
    appointments.make(arrived.image, ACTOR, now + wait)
    return Skipped(f"Its bytes are still needed here; it is looked at again at about {minute(now + wait)}.")
