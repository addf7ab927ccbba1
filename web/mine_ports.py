"""What the pages about a person's own images ask for, and the rule that they are shown to nobody else."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from pipeline.catalog import Catalog
from pipeline.erasing import Erasure
from pipeline.gallery import Gallery, owners
from pipeline.model import Spot, Town
from pipeline.ports import Atlas, Notes
from pipeline.publication import Publications
from pipeline.visitors import Visitor
from web.originals import Originals
from web.pages import html
from web.visits import Page, Visits

Replay = Callable[[str, str], object]
"""Have an actor (the second) look at an image again."""
Erase = Callable[[Sequence[str]], Sequence[Erasure | None]]
"""Erase images; of each what was removed, or None where it is out of sight and the clock does the rest."""
Towns = Callable[[Spot], Sequence[Town]]
"""The towns around a spot, the nearest first."""
OfImage = Callable[[Request, Visitor, str], Response]


@dataclass(frozen=True, slots=True)
class Mine:
    """The doors to one person's images."""

    visits: Visits
    gallery: Gallery
    catalog: Catalog
    publications: Publications
    originals: Originals
    towns: Towns
    atlas: Atlas
    notes: Notes
    replay: Replay
    erase: Erase

    def theirs(self, endpoint: OfImage) -> Page:
        """For the image that the path names: who does not own it hears that it does not exist."""

        def answer(request: Request, visitor: Visitor) -> Response:
            image = self.gallery.find(owners(visitor), request.path_params["name"])
            return endpoint(request, visitor, image) if image else nowhere(request)

        return answer


def nowhere(request: Request) -> Response:
    """The one answer for images that are not there, not any more, or not the visitor's."""
    return html("mine_nowhere.html", request, 404, here="/mine")  # nothing of what was asked is in it
