"""A person's own images: whose they are, what is looked for among them, and what of them is shown. Pure."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, Protocol

from pipeline.ports import Report
from pipeline.visitors import Visitor

State = Literal["waiting", "done", "held", "rejected", "failed"]
Verdict = Literal["cleared", "nudity", "review", "held", "rejected", "failed", "waiting"]
"""What can be looked for. An image with nudity may be held, in review, or cleared by a moderator."""
HowMany = Literal["any", "none", "1", "2", "3"]
"""Faces; ``3`` stands for three or more."""
MOST_WORDS = 100
"""Characters of a search for a place that are looked at."""
_BARE = str.maketrans("øłđħıæœðþ", "oldhiaodt")
"""Letters that Unicode does not take apart, as people without such a key type them."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose an image is, as its source says: a visitor (no team), or somebody in a Slack workspace."""

    team: str
    person: str


def owners(visitor: Visitor) -> tuple[Owner, ...]:
    """All that a visitor is: themselves, and their Slack account where there is one."""
    slack = (Owner(visitor.team, visitor.user),) if visitor.team and visitor.user else ()
    return (Owner("", visitor.id), *slack)


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for: all of it must be true of an image."""

    place: str = ""
    """Words of a town, region or country, in any case, without accents, each from its beginning."""
    since: date | None = None
    """The first day, by the camera's clock, or where that is not known the day it came in (UTC)."""
    until: date | None = None
    """The last day."""
    faces: HowMany | None = None
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Town:
    """Where an image was taken, as figures know it."""

    name: str
    region: str | None
    country: str
    """Its English name, or its code where that has none."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One image of a gallery."""

    image: str
    short: str
    name: str
    """The file's name as it was given."""
    entered_at: datetime
    state: State
    decision: Literal["cleared", "review", "held"] | None
    nudity: bool | None
    faces: int | None
    day: date
    taken: bool
    """Is it the day on which it was taken? Else the one on which it came in."""
    town: Town | None
    """Only as long as the image may be shown to everybody."""
    format: str | None
    archived: bool
    """Has the archive alone its original?"""


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the images that were found, the newest first."""

    tiles: tuple[Tile, ...]
    older: bool
    """Are there more behind the last one?"""


class Gallery(Protocol):
    """Answers with people's own images; never with anybody else's."""

    def page(self, owners: Sequence[Owner], query: Query, before: str, most: int) -> Page:
        """The newest images that came before the one with the id ``before`` (empty: all), at most so many."""

    def find(self, owners: Sequence[Owner], name: str) -> str | None:
        """The id of the image of theirs that has this id or short id."""


def plain(words: str) -> list[str]:
    """The words of a text as they are compared: small letters without accents, and digits."""
    apart = unicodedata.normalize("NFKD", words.casefold())
    bare = "".join(sign for sign in apart if not unicodedata.combining(sign)).translate(_BARE)
    return re.findall(r"\w+", bare)


def fits(wanted: Sequence[str], there: Sequence[str]) -> bool:
    """Does every wanted word begin one that is there? Both as ``plain`` makes them."""
    return all(any(word.startswith(each) for word in there) for each in wanted)


def own(report: Report, owners: Sequence[Owner]) -> dict[str, Any]:
    """An image's report as its owner may read it: of what somebody else had first, nothing is told."""
    seen, known = report.get("watermark"), dict(report)
    if not _theirs(report.get("duplicate_of"), owners):
        known["duplicate_of"] = None
    if seen and not _theirs(seen.get("earlier"), owners):
        known["watermark"] = {**seen, "earlier": None}
    return known


def _theirs(earlier: Mapping[str, Any] | None, owners: Sequence[Owner]) -> bool:
    return earlier is not None and Owner(earlier["team"] or "", earlier["person"] or "") in owners
