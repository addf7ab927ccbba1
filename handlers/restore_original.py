"""An original that a person asked for comes back from the archive for a while."""

from datetime import UTC, datetime, timedelta

from pipeline.actor import actor
from pipeline.archiving import be_ready, copy_to_store, has, minute
from pipeline.ports import Appointments, Archive, Archiving, Notes, Store
from pipeline.results import Accepted, Archived, Arrived, Restored, Skipped

ACTOR = "restore_original"


@actor(timeout=180, memory=256, priority=60)
def restore_original(
    arrived: Arrived,
    accepted: Accepted,
    archived: Archived,
    store: Store,
    archive: Archive,
    archiving: Archiving,
    notes: Notes,
    appointments: Appointments,
) -> Restored | Skipped:
    """Bring an original back that a person asked for, for as long as the settings say."""
    wish, now = notes.get(arrived.image, "restore"), datetime.now(UTC)
    if not wish:
        return Skipped("Nobody asked for it.")
    until = wish.at + timedelta(seconds=archiving.restore_for)
    if until <= now:
        return Skipped(f"It was back until {minute(until)}.")
    appointments.make(arrived.image, ACTOR, until)  # first, so that nothing stays for ever if we die now
    if not has(store, accepted.key):
        be_ready(archive, accepted.key)
        copy_to_store(accepted, archive, store)
    return Restored(until)
