"""Has the picture been through a Loupe with our key before, and whose was it?"""

from pipeline.actor import actor
from pipeline.ports import Marking, Owners, Pictures
from pipeline.results import Accepted, WatermarkSeen

WIDEST = 2560
"""Pixels: no rendition is wider, so a wider picture cannot be a piece of one at its own size."""


@actor(timeout=20, memory=512)
def read_watermark(accepted: Accepted, pictures: Pictures, marking: Marking, owners: Owners) -> WatermarkSeen:
    """Look for our invisible mark, and for the image that it names."""
    # Imported by who looks at pictures: the command line does without numerics.
    from pipeline.imaging.watermark import read, reading_side

    size = accepted.width, accepted.height
    side = max(size) if accepted.width <= WIDEST else reading_side(size)
    mark = read(pictures.upright(accepted.key, side), marking.key)
    return WatermarkSeen(
        found=mark.found,
        confidence=round(mark.confidence, 2),
        payload=None if mark.payload is None else f"{mark.payload:016x}",
        earlier=None if mark.payload is None else owners.of(mark.payload),
    )
