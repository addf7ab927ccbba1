"""Makes renditions of a stored original and keeps them in the store, where nobody but Loupe can read them.

Numerics and libvips are imported when a picture is made: who only asks what actors there are does without.
"""

import hashlib
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING

from pipeline.model import Rendition, RenditionFormat
from pipeline.ports import Notes, Rendering, Store
from pipeline.publication import staged
from pipeline.results import Failed, Release, Skipped, WatermarkSeen
from pipeline.shortid import payload

if TYPE_CHECKING:
    from pipeline.imaging.renditions import Rendered
    from pipeline.imaging.renditions_marking import Marker

SUFFIX: dict[RenditionFormat, str] = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "AVIF": "avif"}


def withheld(image: str, release: Release, notes: Notes) -> str | None:
    """Why an image gets no renditions, in words; None when it does."""
    if release.decision != "cleared":
        return f"Shown to nobody: {release.reason}"
    return "Somebody asked for no web copies." if notes.get(image, "withdraw") else None


def marker_for(image: str, seen: WatermarkSeen | Failed | Skipped, key: bytes) -> "Marker":
    """What the renditions of an image shall say: what the picture came with, else what names the image.

    A mark of which only the presence was seen says nothing that could be kept: such a picture is marked.
    """
    from pipeline.imaging.renditions_marking import Marker

    if isinstance(seen, WatermarkSeen) and seen.payload is not None:
        return Marker(key, int(seen.payload, 16), kept=True)
    return Marker(key, payload(image))


def made(
    image: str,
    key: str,
    formats: set[RenditionFormat],
    marker: "Marker",
    store: Store,
    rendering: Rendering,
) -> Iterator[Rendition]:
    """Makes the renditions of these formats of the original under ``key``, and keeps each.

    Raises ``Rejected`` where the original cannot be decoded.
    """
    from pipeline.imaging.renditions import Making, render
    from pipeline.imaging.renditions_plan import plan
    from pipeline.imaging.renditions_source import original

    with store.open(key) as stream:
        source = original(stream, rendering.decode_bytes)
    specs = [spec for spec in plan(*source.size, source.has_alpha, source.animated) if spec.format in formats]
    for each in render(source, specs, Making(marker=marker, compressor=rendering.compress)):
        found = _rendition(image, each)
        store.put(staged(found.key), BytesIO(each.data))
        yield found


def _rendition(image: str, each: "Rendered") -> Rendition:
    digest = hashlib.sha256(each.data).hexdigest()[:16]
    return Rendition(
        name=each.spec.name,
        width=each.width,
        height=each.height,
        format=each.format,
        bytes=len(each.data),
        bytes_uncompressed=each.bytes_uncompressed,
        scaling=each.scaling,
        encoder=each.encoder,
        quality=each.quality,
        score=each.score,
        marked=each.marked,
        key=f"{image}/{each.spec.name}-{digest}.{SUFFIX[each.format]}",
        note=each.spec.note,
    )
