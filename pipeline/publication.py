"""What anybody may see of an image: worked out from its rows at every look, so that it is never stale.

Nothing private is in it: no name of a person, a file or a channel, no time, no camera, no exact position
unless the settings say so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from pipeline.ledger import Rows, Task
from pipeline.model import Rendition, Spot
from pipeline.results import Published, Release


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


def publication(image: str, rows: Rows, tasks: Mapping[str, Task]) -> Publication | None:
    """What may be seen of an image; None unless it is cleared, published, and nobody is deciding anew."""
    release, published = _result(rows, "decide_release"), _result(rows, "publish_image")
    if not isinstance(release, Release) or release.decision != "cleared" or "decide_release" in tasks:
        return None
    if not isinstance(published, Published):
        return None
    return Publication(
        image=image,
        page=published.page,
        renditions=published.renditions,
        alt=published.alt,
        place=published.place,
        spot=published.spot,
    )


def _result(rows: Rows, actor: str) -> object:
    row = rows.get(actor)
    return row.result if row else None
