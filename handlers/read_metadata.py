"""Reads what the file says about itself: when, with what, and where."""

from dataclasses import replace

from pipeline.actor import actor
from pipeline.imaging.metadata import stated
from pipeline.model import Location
from pipeline.ports import Notes, Store
from pipeline.results import Accepted, Arrived, Metadata


@actor(timeout=20, memory=256)
def read_metadata(arrived: Arrived, accepted: Accepted, store: Store, notes: Notes) -> Metadata:
    """Read time, camera, orientation and position from EXIF and XMP: of the picture, or of its original.

    Slack takes the metadata out of what is posted. A person may have uploaded the original since, or said
    where it was taken; the file's own word goes first.
    """
    original = notes.get(arrived.image, "original")
    with store.open(original.text if original else accepted.key) as stream:
        found = stated(stream)
    metadata = Metadata(found.taken_at, found.camera, found.orientation, found.location, found.no_location)
    place = notes.get(arrived.image, "place")
    if metadata.location or place is None:
        return metadata
    latitude, longitude = map(float, place.text.split(","))
    return replace(metadata, location=Location(latitude, longitude, source="person"), no_location=None)
