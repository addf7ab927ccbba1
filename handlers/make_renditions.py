"""A cleared picture's copies that every program reads, in all sizes, marked and compressed."""

from pipeline.actor import actor
from pipeline.errors import Rejected
from pipeline.ports import Marking, Notes, Rendering, Store
from pipeline.rendering import made, marker_for, withheld
from pipeline.results import Accepted, Arrived, Failed, Release, Renditions, Skipped, WatermarkSeen


@actor(timeout=300, memory=1536, priority=60)
def make_renditions(
    arrived: Arrived,
    accepted: Accepted,
    release: Release,
    seen: WatermarkSeen | Failed | Skipped,
    notes: Notes,
    store: Store,
    marking: Marking,
    rendering: Rendering,
) -> Renditions | Skipped:
    """Make the JPEG and PNG renditions; a picture that carries a mark already keeps that one."""
    if reason := withheld(arrived.image, release, notes):
        return Skipped(reason)
    marker = marker_for(arrived.image, seen, marking.key)
    try:
        files = tuple(made(arrived.image, accepted.key, {"JPEG", "PNG"}, marker, store, rendering))
    except Rejected as fault:
        return Skipped(fault.words)
    return Renditions(files, None if marker.kept else f"{marker.payload:016x}")
