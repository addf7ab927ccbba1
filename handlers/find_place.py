"""Says where a picture was taken, in names and on maps, and what time that was there."""

from pipeline.actor import actor
from pipeline.errors import Transient
from pipeline.imaging.localtime import at_zone
from pipeline.imaging.maps import map_links
from pipeline.model import Location, Place
from pipeline.ports import Gazetteer, Geocoder
from pipeline.results import Metadata, Placed

NO_PLACE = "The position lies on the open sea, where no place is near."


@actor(timeout=30, memory=256)
def find_place(metadata: Metadata, gazetteer: Gazetteer, geocoder: Geocoder) -> Placed:
    """Name the place of a position offline, refine it where a person opted in, and link to maps."""
    location = metadata.location
    if location is None:
        return Placed(None, None, metadata.taken_at, metadata.no_location)
    place = _refined(geocoder, location, gazetteer.place(location))
    taken_at = at_zone(metadata.taken_at, place.timezone if place else None)
    return Placed(place, map_links(location), taken_at, None if place else NO_PLACE)


def _refined(geocoder: Geocoder, location: Location, offline: Place | None) -> Place | None:
    """The service's answer; the offline one, which is complete in itself, while the service is away."""
    try:
        return geocoder.refine(location, offline)
    except Transient:
        return offline
