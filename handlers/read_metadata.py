"""Reads what the file says about itself: when, with what, and where."""

from dataclasses import replace

from pipeline.actor import actor
from pipeline.errors import Rejected, Unknown
from pipeline.imaging.bytestream import size_of
from pipeline.imaging.metadata import Stated, stated
from pipeline.imaging.probe import probe, refuse_beyond
from pipeline.model import Camera, Location
from pipeline.ports import Limits, Note, Notes, Pictures, Store
from pipeline.results import Accepted, Arrived, Metadata

ANOTHER = "The uploaded original shows another picture; please upload the file that this one was made from."
GONE = "The uploaded original is not there any more; please upload it again."
NO_HELP = "The uploaded original does not say either where it was taken."


@actor(timeout=20, memory=1024)
def read_metadata(
    arrived: Arrived, accepted: Accepted, store: Store, pictures: Pictures, limits: Limits, notes: Notes
) -> Metadata:
    """Read time, camera, orientation and position from EXIF and XMP: of the picture, then of its original.

    Slack takes the metadata out of what is posted. A person may have uploaded the original since, or said
    where it was taken; the file's own word goes first, then the original's, then the person's. An original
    that shows another picture, or cannot be read, is left out, and the words say so. A picture without such a
    note is not decoded here.
    """
    with store.open(accepted.key) as stream:
        own = stated(stream)
    found = Metadata(own.taken_at, own.camera, own.orientation, own.location, own.no_location)
    if original := notes.get(arrived.image, "original"):
        found = _joined(found, original.text, accepted.key, store, pictures, limits)
    place = notes.get(arrived.image, "place")
    return _placed(found, place) if place and not found.location else found


def _joined(
    found: Metadata, original: str, own: str, store: Store, pictures: Pictures, limits: Limits
) -> Metadata:
    """With what the original knows in the places where the picture itself knows nothing."""
    try:
        told = _told(original, own, store, pictures, limits)
    except Unknown:
        return _without(found, GONE)
    except Rejected as fault:
        return _without(found, f"The uploaded original is of no use: {fault.words}")
    if told is None:
        return _without(found, ANOTHER)
    location = found.location or told.location
    return replace(
        found,
        taken_at=found.taken_at or told.taken_at,
        camera=told.camera if found.camera == Camera() else found.camera,
        location=location,
        no_location=None if location else f"{NO_HELP} {told.no_location or ''}".strip(),
    )


def _told(key: str, own: str, store: Store, pictures: Pictures, limits: Limits) -> Stated | None:
    """What the original states; None where it is the original of another picture.

    Raises ``Rejected`` for what is no picture or beyond the limits, before anything of it is decoded.
    """
    # Imported by who looks at pictures: the command line does without numerics.
    from pipeline.imaging.likeness import SIDE, alike

    with store.open(key) as stream:
        if size_of(stream) > limits.max_bytes:
            raise Rejected("the file is too large.")
        refuse_beyond(probe(stream), pixels=limits.max_pixels, side=limits.max_side, frames=limits.max_frames)
        stream.seek(0)
        told = stated(stream)
    return told if alike(pictures.upright(key, SIDE), pictures.upright(own, SIDE)) else None


def _without(found: Metadata, why: str) -> Metadata:
    return found if found.location else replace(found, no_location=why)


def _placed(found: Metadata, place: Note) -> Metadata:
    latitude, longitude = map(float, place.text.split(","))
    location = Location(latitude, longitude, source="person", by=place.person or None)
    return replace(found, location=location, no_location=None)
