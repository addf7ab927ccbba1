"""Renditions become readable for everybody who knows their addresses, or for nobody any more."""

from collections.abc import Collection
from dataclasses import replace

from pipeline.actor import actor
from pipeline.alt import described, named, shown
from pipeline.errors import Transient, Unknown
from pipeline.model import Rendition
from pipeline.ports import Cdn, Notes, Public, Publishing, Store
from pipeline.publication import Standings, staged
from pipeline.results import (
    Accepted,
    Arrived,
    Copies,
    Faces,
    Failed,
    Metadata,
    Placed,
    Published,
    Renditions,
    Skipped,
)
from pipeline.takedown import clear_away


@actor(timeout=60, memory=256, priority=60)
def publish_image(
    arrived: Arrived,
    accepted: Accepted | Failed | Skipped,
    made: Renditions | Failed | Skipped,
    copies: Copies | Failed | Skipped,
    metadata: Metadata | Failed | Skipped,
    placed: Placed | Failed | Skipped,
    faces: Faces | Failed | Skipped,
    store: Store,
    public: Public,
    cdn: Cdn,
    notes: Notes,
    publishing: Publishing,
    standings: Standings,
) -> Published | Skipped:
    """Put the renditions where anybody can read them; take down whatever was there when there are none."""
    image = arrived.image
    more = copies.renditions if isinstance(copies, Copies) else ()
    files = (*made.renditions, *more) if isinstance(made, Renditions) else ()
    if shown_before := standings.standing(image).shown:
        _publish(image, files, store, public)
    now = clear_away(image, standings, store, public, cdn)
    if not isinstance(made, Renditions):
        return Skipped(f"Nothing to publish: {made.reason}")
    if not now.shown:
        return Skipped("Not published: a person or a new decision took it out of sight meanwhile.")
    if not shown_before:
        raise Transient("It may be seen since a moment ago; it is published at the next try.")
    told, located = publishing.location, metadata.location if isinstance(metadata, Metadata) else None
    where = placed if told != "none" else Skipped("Pages tell no place.")
    said = notes.get(image, "alt")
    return Published(
        page=cdn.address(image),
        renditions=tuple(replace(each, url=cdn.address(each.key)) for each in files),
        alt=said.text if said else described(accepted, metadata, faces, where),
        alt_by="person" if said else "findings",
        place=named(where),
        spot=shown(located, exact=told == "exact") if located and told != "none" else None,
    )


def _publish(image: str, files: Collection[Rendition], store: Store, public: Public) -> None:
    """Copy what is not public yet."""
    there = set(public.keys(image)) if files else set()
    for each in files:
        if each.key in there:
            continue
        try:
            stream = store.open(staged(each.key))
        except Unknown:
            raise _gone(image, each) from None
        with stream:
            public.put(each.key, stream)


def _gone(image: str, each: Rendition) -> Unknown:
    """A run that was overtaken may meet this, and the next try mends it; else a person has to."""
    maker = "make_renditions" if each.format in ("JPEG", "PNG") else "make_copies"
    again = f"loupe replay {image} --actor {maker}"
    return Unknown(f"The file of {each.name} ({each.format}) is gone. Make it again: {again}")
