"""Asks a Nominatim server for the street or district of a place, where a person opted in.

Data: OpenStreetMap (ODbL). The public server's policy asks for an agent of one's own, at most one
request a second and a cache; ``NominatimMemory`` sees to the last two over all processes. geopy's own
RateLimiter is not used: it knows one process only and swallows errors.
"""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from geopy.adapters import URLLibAdapter
from geopy.exc import GeocoderInsufficientPrivileges, GeocoderQueryError, GeocoderRateLimited, GeopyError
from geopy.geocoders import Nominatim as Service

from pipeline.adapters.nominatim_memory import Address, NominatimMemory, spot
from pipeline.errors import Transient
from pipeline.model import Location, Place

PUBLIC = "nominatim.openstreetmap.org"
SOURCE = "nominatim"
STREETS = 17
"""Nominatim's zoom for "major and minor streets"."""
KEPT, KEPT_NOTHING = 90 * 86400.0, 86400.0
"""Seconds for which an answer, and the lack of one, is remembered."""
REFUSED, TOO_FAST, AWAY = 6 * 3600.0, 600.0, 30.0
"""Seconds for which nobody asks after 403, after 429 without Retry-After, after any other failure."""
STREET = ("road", "pedestrian", "footway", "square", "neighbourhood", "hamlet")
DISTRICT = ("suburb", "city_district", "quarter", "borough", "district")
TOWN = ("city", "town", "village", "municipality")


class Nominatim:
    """Refines places at ``scheme://domain``; ``agent`` names this Loupe and a way to reach its owner."""

    def __init__(
        self, cache: Path, agent: str, domain: str = PUBLIC, scheme: str = "https", timeout: float = 5.0
    ) -> None:
        self._memory = NominatimMemory(cache)
        self._service = Service(
            user_agent=agent,
            domain=domain,
            scheme=scheme,
            timeout=timeout,
            # geopy's other adapter repeats requests by itself and sleeps through a Retry-After.
            adapter_factory=URLLibAdapter,
        )

    def refine(self, location: Location, place: Place | None) -> Place | None:
        """The place with its street and district; the one given where the service knows no more.

        Nothing is asked about the open sea. Raises ``Transient`` while the service is away or refuses.
        """
        if place is None:
            return None
        here = spot(location)
        known = self._memory.recall(here)
        address = known.address if known else self._ask(here)
        return _refined(place, address) if address else place

    def _ask(self, spot: str) -> Address | None:
        time.sleep(self._memory.take_turn())
        try:
            found = self._service.reverse(spot, language="en", zoom=STREETS)
            address = _address(found.raw) if found else None
        except GeocoderQueryError:
            address = None
        except (GeopyError, LookupError, AttributeError, TypeError, ValueError) as fault:
            self._memory.remember(spot, None, AWAY)
            self._memory.close_for(pause := _pause(fault))
            raise Transient(f"Nominatim does not answer ({fault}).", retry_after=pause) from None
        self._memory.remember(spot, address, KEPT if address else KEPT_NOTHING)
        return address


def _pause(fault: Exception) -> float:
    """How long to leave the service alone. geopy reports 503 as a timeout; both mean: not now."""
    if isinstance(fault, GeocoderInsufficientPrivileges):
        return REFUSED
    if isinstance(fault, GeocoderRateLimited):
        return max(float(fault.retry_after or TOO_FAST), AWAY)
    return AWAY


def _address(raw: Mapping[str, Any]) -> Address:
    return {key: value for key, value in raw.get("address", {}).items() if isinstance(value, str)}


def _refined(place: Place, address: Address) -> Place:
    """Street, district and town as one name; what the service leaves out stays."""
    parts = [_first(address, STREET), _first(address, DISTRICT), _first(address, TOWN) or place.name]
    names = list(dict.fromkeys(part for part in parts if part))
    return Place(
        name=", ".join(names) or None,
        region=address.get("state") or place.region,
        country=place.country or address.get("country"),
        country_code=place.country_code or address.get("country_code", "").upper() or None,
        distance_km=None,
        timezone=place.timezone,
        source=SOURCE,
    )


def _first(address: Address, kinds: tuple[str, ...]) -> str | None:
    return next((address[kind] for kind in kinds if kind in address), None)
