"""What anybody may see of an image: worked out from its rows at every look, so that it is never stale.

Nothing private is in it: no name of a person, a file or a channel, no time, no camera, no exact position
unless the settings say so.
"""

from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from pipeline.model import Rendition, Spot
from pipeline.results import Copies, Published, Release, Renditions, Result, Skipped

SPEAKING = ("decide_release", "make_renditions", "make_copies", "publish_image")
"""The actors whose rows and runs say what of an image is public."""
HIDING = frozenset({"hold", "withdraw"})
"""Wishes that take an image out of sight at once, before any run has seen them."""
MAKING = frozenset({"make_renditions", "make_copies"})
FOR_EVER = "public, max-age=31536000, s-maxage=300, immutable"
"""What caches of public files are told (Cache-Control). Bytes behind an address never change, so a browser
never asks again (RFC 8246); a cache that many share asks every five minutes whether they may still be seen.
docs/decisions/0012-public-files.md says why."""
STAGING = "renditions"
"""The folder of the store in which renditions lie until they are published."""


def staged(key: str) -> str:
    """Where a rendition lies in the store until it is published."""
    return f"{STAGING}/{key}"


@dataclass(frozen=True, slots=True)
class Publication:
    """A published image."""

    image: str
    page: str
    renditions: tuple[Rendition, ...]
    alt: str
    place: str | None
    spot: Spot | None


class Publications(Protocol):
    """Looks up what may be shown."""

    def publication(self, image: str) -> Publication | None:
        """What may be seen of the image with this id at this moment; None: nothing."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the rows of an image say of its files at one moment."""

    shown: bool
    """Is it cleared, no rendition refused, and not wished away? Then its files may be public."""
    keys: frozenset[str]
    """The renditions that the rows name."""
    runs: frozenset[str]
    """The actors that are due or running."""

    @property
    def making(self) -> bool:
        """May a run be writing renditions that no row names yet?"""
        return bool(self.runs & MAKING)


class Standings(Protocol):
    """Says how an image stands, for those who put its files somewhere or take them away."""

    def standing(self, image: str) -> Standing:
        """How it stands at this moment; of an image that does not exist, nothing is shown."""

    def still(self, image: str) -> AbstractContextManager[Standing]:
        """How it stands for as long as the context is held: no run of it begins or ends meanwhile.

        Hold it shortly, do nothing in it but look at files and delete them.
        """


def publication(
    image: str, results: Mapping[str, Result], runs: Collection[str], wishes: Collection[str]
) -> Publication | None:
    """What may be seen of an image.

    None unless it is cleared and published, nobody is deciding anew, its renditions were not withheld since,
    and no person wished it away. ``results`` by actor, ``runs``: the actors that are due or running.
    """
    published, made = results.get("publish_image"), results.get("make_renditions")
    if not (isinstance(published, Published) and isinstance(made, Renditions)):
        return None
    if "decide_release" in runs or not _shown(results, wishes):
        return None
    return Publication(
        image=image,
        page=published.page,
        renditions=published.renditions,
        alt=published.alt,
        place=published.place,
        spot=published.spot,
    )


def standing(results: Mapping[str, Result], runs: Collection[str], wishes: Collection[str]) -> Standing:
    """How an image stands. ``results`` by actor, ``runs``: the actors that are due or running."""
    made, copies = results.get("make_renditions"), results.get("make_copies")
    files = (*_files(made), *_files(copies))
    return Standing(_shown(results, wishes), frozenset(each.key for each in files), frozenset(runs))


def _shown(results: Mapping[str, Result], wishes: Collection[str]) -> bool:
    release = results.get("decide_release")
    cleared = isinstance(release, Release) and release.decision == "cleared"
    return cleared and not (
        isinstance(results.get("make_renditions"), Skipped) or HIDING.intersection(wishes)
    )


def _files(result: Result | None) -> tuple[Rendition, ...]:
    return result.renditions if isinstance(result, Renditions | Copies) else ()
