"""A cleared picture's copies in WebP and AVIF, for browsers that choose among them."""

from pipeline.actor import actor
from pipeline.errors import Rejected
from pipeline.ports import Marking, Notes, Rendering, Store
from pipeline.rendering import made, marker_for, withheld
from pipeline.results import Accepted, Arrived, Copies, Failed, Release, Skipped, WatermarkSeen


@actor(timeout=300, memory=1536, priority=60)
def make_copies(
    arrived: Arrived,
    accepted: Accepted,
    release: Release,
    seen: WatermarkSeen | Failed | Skipped,
    notes: Notes,
    store: Store,
    marking: Marking,
    rendering: Rendering,
) -> Copies | Skipped:
    """Make the WebP and AVIF candidates of the srcset, beside make_renditions and at the same time."""
    if reason := withheld(arrived.image, release, notes):
        return Skipped(reason)
    marker = marker_for(arrived.image, seen, marking.key)
    try:
        return Copies(tuple(made(arrived.image, accepted.key, {"WEBP", "AVIF"}, marker, store, rendering)))
    except Rejected as fault:
        return Skipped(fault.words)
