"""Renditions become readable for everybody who knows their addresses, or for nobody any more."""

from dataclasses import replace

from pipeline.actor import actor
from pipeline.alt import described, named, shown
from pipeline.model import Rendition
from pipeline.ports import Cdn, Notes, Public, Publishing, Store
from pipeline.rendering import staged
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
) -> Published | Skipped:
    """Put the renditions where anybody can read them; take down whatever was there when there are none."""
    image = arrived.image
    if not isinstance(made, Renditions):
        _take_down(image, store, public, cdn)
        return Skipped(f"Nothing to publish: {made.reason}")
    more = copies.renditions if isinstance(copies, Copies) else ()
    files = tuple(_published(each, store, public, cdn) for each in (*made.renditions, *more))
    for key in store.keys(staged(image)):
        store.delete(key)
    told, located = publishing.location, metadata.location if isinstance(metadata, Metadata) else None
    where = placed if told != "none" else Skipped("Pages tell no place.")
    said = notes.get(image, "alt")
    return Published(
        page=cdn.address(image),
        renditions=files,
        alt=said.text if said else described(accepted, metadata, faces, where),
        alt_by="person" if said else "findings",
        place=named(where),
        spot=shown(located, exact=told == "exact") if located and told != "none" else None,
    )


def _published(each: Rendition, store: Store, public: Public, cdn: Cdn) -> Rendition:
    if each.key not in public.keys(each.key.partition("/")[0]):
        with store.open(staged(each.key)) as stream:
            public.put(each.key, stream)
    return replace(each, url=cdn.address(each.key))


def _take_down(image: str, store: Store, public: Public, cdn: Cdn) -> None:
    files = list(public.keys(image))
    for key in files:
        public.delete(key)
    for key in store.keys(staged(image)):
        store.delete(key)
    if files:
        cdn.forget(image)
