"""The public page about an image: the picture, its sizes, where it was taken, and markup to copy.

It tells what a ``Publication`` holds and nothing else. It runs without script, and asks no other host.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipeline.alt import ROUNDED, plain
from pipeline.imaging.maps import map_links
from pipeline.markup import Candidates, candidates, markup
from pipeline.model import Location, Rendition, RenditionFormat, Spot, Town
from pipeline.publication import Publication
from web import assets, locator

PURPOSES = {
    "art2560": "Covers and title pictures, cropped to fill",
    "app512": "App stores and launchers",
    "app108": "App icons",
    "h150": "Rows of thumbnails",
    "w150": "Columns of thumbnails",
    "box50": "Small icons beside a name",
}
"""What the named sizes are for, in the order of the page."""
FORMATS: Mapping[RenditionFormat, str] = {"JPEG": "JPEG", "PNG": "PNG", "WEBP": "WebP", "AVIF": "AVIF"}
"""As people write them."""
TITLE, PREVIEW = 80, 1600
"""Characters of a title; pixels that a picture for link previews is wide at most."""
BLUR_KM = 0.8
"""How far a position rounded to 0.01 degrees may be from the one it was made of: half a diagonal."""
TOWNS_WITHIN, TOWNS_MOST = 100.0, 60
"""What to ask ``Surroundings.towns`` for: kilometres and number."""
PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Width:
    """One width of the ``srcset``, in the formats there are."""

    width: int
    height: int
    files: dict[RenditionFormat, Rendition]


def page(publication: Publication, nearby: Sequence[Town] = ()) -> str:
    """The page as HTML. ``nearby``: the towns around the spot, the nearest first."""
    sets, words = candidates(publication.renditions), plain(publication.alt)
    return PAGES.get_template("page.html").render(
        publication=publication,
        alt=words,
        place=plain(publication.place or ""),
        title=_short(words) or "Picture",
        sets=sets,
        offered=_offered([FORMATS[each.format] for each in sets]),
        clear=any(each.format == "PNG" for each in publication.renditions),
        preview=_preview(sets),
        markup=markup(publication.renditions, words),
        named=_named(publication.renditions),
        purposes=PURPOSES,
        formats=FORMATS,
        widths=_widths(sets),
        static={name: _beside(publication.page, name) for name in assets.ASSETS},
        **_where(publication.spot, nearby),
    )


def _where(spot: Spot | None, nearby: Sequence[Town]) -> dict[str, Any]:
    if spot is None:
        return {"links": None, "map": None, "neighbours": [], "about": False, "decimals": ROUNDED}
    towns = [replace(town, name=plain(town.name)) for town in nearby]
    about = all(round(each, ROUNDED) == each for each in (spot.latitude, spot.longitude))
    return {
        "links": map_links(Location(spot.latitude, spot.longitude)),
        "map": locator.drawn(spot, towns, BLUR_KM if about else 0.0),
        "neighbours": locator.neighbours(spot, towns),
        "about": about,
        "decimals": ROUNDED if about else 5,
    }


def _named(renditions: Sequence[Rendition]) -> list[Rendition]:
    """Those with names of their own, in the order of ``PURPOSES``."""
    found = [each for each in renditions if each.name in PURPOSES]
    return sorted(found, key=lambda each: list(PURPOSES).index(each.name))


def _widths(sets: Sequence[Candidates]) -> list[Width]:
    """The candidates of all formats, the widest first."""
    found: dict[int, Width] = {}
    for each in (rendition for one in sets for rendition in one.renditions):
        found.setdefault(each.width, Width(each.width, each.height, {})).files[each.format] = each
    return [found[width] for width in sorted(found, reverse=True)]


def _offered(formats: Sequence[str]) -> str:
    """Who gets what of a ``<picture>``."""
    *better, last = formats or [""]
    if not better:
        return f"{last} for all browsers."
    return f"{' and '.join(better)} for the browsers that know them, {last} for the others."


def _preview(sets: Sequence[Candidates]) -> Rendition | None:
    """For link previews, whose makers know JPEG and PNG for sure."""
    if not sets:
        return None
    fit = [each for each in sets[-1].renditions if each.width <= PREVIEW]
    return (fit or sets[-1].renditions[:1])[-1]


def _short(words: str) -> str:
    """At most ``TITLE`` characters, cut between words."""
    if len(words) <= TITLE:
        return words
    return words[: TITLE - 1].rsplit(" ", 1)[0] + "…"


def _beside(page: str, name: str) -> str:
    """Path of an asset on the site whose image page this is, also where the site has a path of its own."""
    site = urlsplit(page).path.rpartition("/i/")[0]
    return site + assets.address(name)


def _size(count: int) -> str:
    """Bytes for people, in decimal units."""
    if count < 1_000:
        return f"{count} B"
    return f"{count / 1e3:.0f} kB" if count < 999_500 else f"{count / 1e6:.1f} MB"


PAGES.filters["size"] = _size
