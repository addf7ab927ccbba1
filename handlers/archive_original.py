"""An original of a certain age is copied into the archive and compared with what was accepted."""

from datetime import UTC, datetime, timedelta

from pipeline.actor import actor
from pipeline.archiving import be_ready, copy_to_archive, day, has, intact
from pipeline.errors import Unavailable, Unknown
from pipeline.ports import Appointments, Archive, Archiving, Notes, Store
from pipeline.results import Accepted, Archived, Arrived, Failed, Published, Skipped

NEVER = "Originals stay in the store (LOUPE_ARCHIVE_AFTER)."
ACTOR = "archive_original"


@actor(timeout=180, memory=256, priority=60)
def archive_original(
    arrived: Arrived,
    accepted: Accepted,
    published: Published | Failed | Skipped,
    store: Store,
    archive: Archive,
    archiving: Archiving,
    notes: Notes,
    appointments: Appointments,
) -> Archived | Skipped:
    """Copy an original that is old enough into the archive, and read it back from there.

    An archive that needs hours until it can be read is asked, and the next try reads it back.
    """
    at_hand = has(store, accepted.key)
    if at_hand and (reason := _too_early(arrived, archiving, notes, appointments)):
        return Skipped(reason)
    if not at_hand and not _holds(archive, accepted.key):
        raise Unknown("Neither the store nor the archive has the original. Bring it back from a backup.")
    # What is only there was read back before it left the store: the row of that run is why it left.
    if at_hand and not (_holds(archive, accepted.key) and _read_back(accepted, archive)):
        copy_to_archive(accepted, store, archive)
        if not _read_back(accepted, archive):
            raise Unavailable("What the archive gives out is not the original that it was given.")
    return Archived(accepted.key, archive.size(accepted.key), archive.since(accepted.key))


def _too_early(
    arrived: Arrived, archiving: Archiving, notes: Notes, appointments: Appointments
) -> str | None:
    if notes.get(arrived.image, "archive"):
        return None
    if archiving.archive_after is None:
        return NEVER
    due = arrived.at + timedelta(seconds=archiving.archive_after)
    if due <= datetime.now(UTC):
        return None
    appointments.make(arrived.image, ACTOR, due)
    return f"The original goes to the archive on {day(due)}."


def _read_back(accepted: Accepted, archive: Archive) -> bool:
    be_ready(archive, accepted.key)
    return intact(accepted, archive)


def _holds(archive: Archive, key: str) -> bool:
    try:
        return archive.size(key) >= 0
    except Unknown:
        return False
