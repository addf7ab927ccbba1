"""Markup for a published picture, to be pasted into a page: ``<img>``, ``<picture>`` and ``<amp-img>``.

What each attribute is for, and which rules it follows, stands in docs/markup.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from pipeline.alt import plain
from pipeline.model import Rendition, RenditionFormat

PREFERRED: tuple[RenditionFormat, ...] = ("AVIF", "WEBP", "PNG", "JPEG")
"""A browser takes the first that it knows: the smallest files first, what every program reads last."""
MODEST = 1280
"""Pixels: as wide at most is the one file that programs without ``srcset`` get (mail, feeds, previews)."""

ADDRESS = ":/?#[]@!$&'()*+;=%"
"""What stays as it is in an address, beside letters and digits (RFC 3986), without the comma."""


@dataclass(frozen=True, slots=True)
class Markup:
    """The three ways to show a picture."""

    img: str
    picture: str
    amp: str


@dataclass(frozen=True, slots=True)
class Candidates:
    """The files of one ``srcset``: one format, one picture, several widths, the narrowest first."""

    format: RenditionFormat
    renditions: tuple[Rendition, ...]

    @property
    def type(self) -> str:
        """The media type."""
        return f"image/{self.format.lower()}"

    @property
    def srcset(self) -> str:
        """Addresses with their widths, as the attribute wants them; not escaped."""
        return ", ".join(f"{_address(each)} {each.width}w" for each in self.renditions)

    @property
    def widest(self) -> Rendition:
        """The picture at the size it naturally has here."""
        return self.renditions[-1]

    @property
    def src(self) -> str:
        """The address for programs that choose among no candidates; not escaped."""
        modest = [each for each in self.renditions if each.width <= MODEST]
        return _address((modest or self.renditions[:1])[-1])


def candidates(renditions: Sequence[Rendition]) -> list[Candidates]:
    """One set per format, by preference; the last is for everybody. Empty: nothing can be shown.

    A set without the full width is left out: whoever took it would see a coarser picture than the others.
    """
    found = [Candidates(format, _widths(renditions, format)) for format in PREFERRED]
    sets = [each for each in found if each.renditions]
    return [each for each in sets if each.widest.width >= sets[-1].widest.width]


def markup(renditions: Sequence[Rendition], alt: str) -> Markup | None:
    """The markup of a picture's ``srcset`` candidates; None where there are none.

    ``alt`` says in words what the picture shows. It is escaped, whatever it holds.
    """
    sets = candidates(renditions)
    if not sets:
        return None
    *better, last = sets
    natural = f"(max-width: {last.widest.width}px) 100vw, {last.widest.width}px"
    size = {"width": str(last.widest.width), "height": str(last.widest.height), "alt": plain(alt)}
    img = "<img" + _attributes(
        {"src": last.src, "srcset": last.srcset, "sizes": natural, **size}
        | {"loading": "lazy", "decoding": "async", "style": "max-width:100%;height:auto"}
    )
    sources = "".join(
        "<source" + _attributes({"type": each.type, "srcset": each.srcset, "sizes": natural})
        for each in better
    )
    return Markup(img, f"<picture>{sources}{img}</picture>", _amp(better, last, {"sizes": natural, **size}))


def _amp(better: Sequence[Candidates], last: Candidates, shared: dict[str, str]) -> str:
    """WebP with JPEG to fall back on. AMP falls back once, so AVIF would cost old browsers WebP as well."""
    webp = next((each for each in better if each.format == "WEBP"), None)
    if webp is None:
        return _amp_img(last, "", shared)
    return _amp_img(webp, _amp_img(last, "", shared | {"fallback": ""}), shared)


def _amp_img(found: Candidates, within: str, more: dict[str, str]) -> str:
    """``sizes`` is for choosing a file; without ``disable-inline-width`` AMP would make it the width too."""
    own = {"src": found.src, "srcset": found.srcset}
    last = {"layout": "responsive", "disable-inline-width": ""}
    return f"<amp-img{_attributes(own | more | last)}{within}</amp-img>"


def _attributes(values: dict[str, str]) -> str:
    """The attributes and the end of the tag; an empty ``alt`` says something, other empty values do not."""
    return "".join(f' {n}="{escape(v)}"' if v or n == "alt" else f" {n}" for n, v in values.items()) + ">"


def _widths(renditions: Sequence[Rendition], format: RenditionFormat) -> tuple[Rendition, ...]:
    """The published ones of one format that show all of the picture: their name is s and their width."""
    found = {r.width: r for r in renditions if r.format == format and r.name == f"s{r.width}" and r.url}
    return tuple(found[width] for width in sorted(found))


def _address(each: Rendition) -> str:
    """What no address may hold is percent-encoded, and so are commas: they separate candidates."""
    return quote(each.url, safe=ADDRESS)
