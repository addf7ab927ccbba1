"""Reads what the file says about itself: when, with what, and where."""

from pipeline.actor import actor
from pipeline.imaging.metadata import stated
from pipeline.ports import Store
from pipeline.results import Accepted, Metadata


@actor(timeout=20, memory=256)
def read_metadata(accepted: Accepted, store: Store) -> Metadata:
    """Read time, camera, orientation and position from the original's EXIF and XMP."""
    with store.open(accepted.key) as original:
        found = stated(original)
    return Metadata(found.taken_at, found.camera, found.orientation, found.location, found.no_location)
