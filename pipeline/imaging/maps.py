"""Addresses that show a position on a map.

Sources: OpenStreetMap wiki, "Browsing" (mlat, mlon: a marker); Google, "Maps URLs" (api=1, query).
"""

from pipeline.model import Location, MapLinks

ZOOM = 15
"""A quarter of a town."""


def map_links(location: Location) -> MapLinks:
    """Links with a marker at the position; six decimals are a tenth of a metre."""
    latitude, longitude = f"{location.latitude:.6f}", f"{location.longitude:.6f}"
    return MapLinks(
        openstreetmap=f"https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}"
        f"#map={ZOOM}/{latitude}/{longitude}",
        google=f"https://www.google.com/maps/search/?api=1&query={latitude}%2C{longitude}",
    )
