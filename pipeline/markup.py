"""Markup for a published picture, to be pasted into a page: ``<img>``, ``<picture>`` and ``<amp-img>``."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from pipeline.model import Rendition, RenditionFormat


@dataclass(frozen=True, slots=True)
class Markup:
    """The three ways to show a picture."""

    img: str
    picture: str
    amp: str


def markup(renditions: Sequence[Rendition], alt: str) -> Markup | None:
    """The markup of a picture's ``srcset`` candidates; None where there are none.

    ``alt`` says in words what the picture shows.
    """
    jpeg = _candidates(renditions, "JPEG")
    if not jpeg:
        return None
    widest = jpeg[-1]
    size = f'width="{widest.width}" height="{widest.height}" alt="{escape(alt)}"'
    fallback = f'src="{escape(widest.url)}" srcset="{_srcset(jpeg)}" sizes="100vw" {size}'
    img = f'<img {fallback} loading="lazy" decoding="async">'
    sources = "".join(
        f'<source type="image/{format.lower()}" srcset="{_srcset(found)}" sizes="100vw">'
        for format in ("AVIF", "WEBP")
        if (found := _candidates(renditions, format))
    )
    amp = f'<amp-img {fallback} layout="responsive"></amp-img>'
    return Markup(img, f"<picture>{sources}{img}</picture>", amp)


def _candidates(renditions: Sequence[Rendition], format: RenditionFormat) -> list[Rendition]:
    """Those of a ``srcset`` in one format, narrowest first."""
    found = [r for r in renditions if r.format == format and r.name == f"s{r.width}"]
    return sorted(found, key=lambda r: r.width)


def _srcset(renditions: Sequence[Rendition]) -> str:
    return ", ".join(f"{escape(r.url)} {r.width}w" for r in renditions)
