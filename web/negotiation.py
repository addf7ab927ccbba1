"""Which format somebody gets who asks for a picture by its plain address (RFC 9110, section 12.5.1)."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from pipeline.model import RenditionFormat

TYPES: dict[RenditionFormat, str] = {
    "AVIF": "image/avif",
    "WEBP": "image/webp",
    "JPEG": "image/jpeg",
    "PNG": "image/png",
}
"""Media types, the preferred first: it is the smallest that looks the same."""
PLAIN: tuple[RenditionFormat, ...] = ("JPEG", "PNG")
"""What every program reads."""
MEMBER = re.compile(r"\s*([!#$%&'*+.^_`|~0-9a-z-]+/[!#$%&'*+.^_`|~0-9a-z-]+)\s*((?:;[^,]*)?)", re.ASCII)
WEIGHT = re.compile(r";\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*(?:;|$)", re.ASCII)
WEIGHED = re.compile(r";\s*q=")
LONGEST = 4000
"""Characters of an ``Accept`` header that are read."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How much a type is wanted: its weight 0-1, and whether it was named itself or by a wildcard alone."""

    weight: float
    named: bool


def best(accept: str | None, there: Collection[RenditionFormat]) -> RenditionFormat:
    """The format to send of those that are ``there`` (one at least).

    The highest weight wins. Among equals a new format wins only where it was named itself: programs that say
    ``*/*`` or ``image/*`` cannot all read AVIF, and no way is known to tell. Nobody is refused: who accepts
    none of them gets JPEG, or PNG where there is no JPEG.
    """
    order = [format for format in TYPES if format in there]
    plain = [format for format in PLAIN if format in there] + order
    if accept is None or not accept.strip():
        return plain[0]
    wishes = _wishes(accept.lower()[:LONGEST])
    ranked = [(wish.weight, wish.named or format in PLAIN, -order.index(format), format)
              for format in order if (wish := _wish(TYPES[format], wishes)) and wish.weight > 0]  # fmt: skip
    return max(ranked)[3] if ranked else plain[0]


def _wishes(accept: str) -> dict[str, float]:
    """Weights by media range; what is not well-formed is passed over."""
    found: dict[str, float] = {}
    for part in accept.split(","):
        if member := MEMBER.fullmatch(part):
            weight = WEIGHT.search(member[2])
            if weight or not WEIGHED.search(member[2]):
                found[member[1]] = float(weight[1]) if weight else 1.0
    return found


def _wish(type: str, wishes: dict[str, float]) -> Wish | None:
    """The most specific range that covers a type decides."""
    if type in wishes:
        return Wish(wishes[type], named=True)
    for wider in ("image/*", "*/*"):
        if wider in wishes:
            return Wish(wishes[wider], named=False)
    return None
