"""Published pictures for tests of markup and pages: real shapes, made-up addresses."""

from pipeline.model import Rendition, RenditionFormat

ENDINGS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "AVIF": "avif"}
IMAGE = "01a20000-0000-7000-8000-000000000001"
SITE = "https://pictures.example.org"


def rendition(
    name: str, format: RenditionFormat, width: int, height: int, url: str | None = None, note: str = ""
) -> Rendition:
    """One copy; without an address given, at one of the shape that published files have."""
    key = f"{IMAGE}/{name}-0123456789abcdef.{ENDINGS[format]}"
    return Rendition(
        name=name,
        width=width,
        height=height,
        format=format,
        bytes=max(700, width * height // 40),
        bytes_uncompressed=width * height,
        scaling="lanczos3",
        encoder="an encoder",
        quality=77,
        score=77.0,
        marked=True,
        key=key,
        note=note,
        url=f"{SITE}/i/{key}" if url is None else url,
    )


def published(*widths: int) -> list[Rendition]:
    """The ``srcset`` candidates of a picture of 4 to 3, in the three formats."""
    formats: tuple[RenditionFormat, ...] = ("JPEG", "WEBP", "AVIF")
    return [rendition(f"s{w}", f, w, max(1, round(w * 0.75))) for w in widths for f in formats]
