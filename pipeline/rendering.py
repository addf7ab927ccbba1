"""Makes renditions of a stored original and keeps them in the store, where nobody but Loupe can read them."""

import hashlib
from collections.abc import Iterator
from io import BytesIO

from PIL import Image

from pipeline.imaging.renditions import Making, Rendered, render
from pipeline.imaging.renditions_plan import plan
from pipeline.imaging.renditions_source import original
from pipeline.imaging.watermark import embed, read
from pipeline.model import Rendition, RenditionFormat
from pipeline.ports import Marking, Notes, Rendering, Store
from pipeline.publication import staged
from pipeline.results import Failed, Release, Skipped, WatermarkSeen
from pipeline.shortid import payload

SUFFIX: dict[RenditionFormat, str] = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "AVIF": "avif"}


def withheld(image: str, release: Release, notes: Notes) -> str | None:
    """Why an image gets no renditions, in words; None when it does."""
    if release.decision != "cleared":
        return f"Shown to nobody: {release.reason}"
    return "Somebody asked for no web copies." if notes.get(image, "withdraw") else None


def payload_for(image: str, seen: WatermarkSeen | Failed | Skipped) -> int | None:
    """What the renditions of an image shall say; None where the picture keeps the mark that it came with."""
    kept = isinstance(seen, WatermarkSeen) and seen.payload is not None
    return None if kept else payload(image)


def made(
    image: str,
    key: str,
    formats: set[RenditionFormat],
    payload: int | None,
    store: Store,
    marking: Marking,
    rendering: Rendering,
) -> Iterator[Rendition]:
    """Makes the renditions of these formats of the original under ``key``, and keeps each.

    ``payload`` is put into them, unless it is None. Raises ``Rejected`` where the original cannot be decoded.
    """
    with store.open(key) as stream:
        source = original(stream, rendering.decode_bytes)
    specs = [spec for spec in plan(*source.size, source.has_alpha, source.animated) if spec.format in formats]

    def mark(picture: Image.Image) -> Image.Image:
        return picture if payload is None else embed(picture, payload, marking.key)

    for each in render(source, specs, Making(mark=mark, compressor=rendering.compress)):
        found = _rendition(image, each, marking.key)
        store.put(staged(found.key), BytesIO(each.data))
        yield found


def _rendition(image: str, each: Rendered, key: bytes) -> Rendition:
    with Image.open(BytesIO(each.data)) as seen:
        mark = read(seen if seen.mode in ("L", "RGB", "RGBA") else seen.convert("RGBA"), key)
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
        marked=mark.found,
        key=f"{image}/{each.spec.name}-{digest}.{SUFFIX[each.format]}",
        note=each.spec.note,
    )
