"""What is made once at installation: indexes of places and of fonts.

    python -m loupe.prepare

It lies beside the installed packages, for all data folders. Where it was not made, or that place cannot be
written to, it is made in the data folder when it is first needed: by a picture with a location, or by
somebody who looks for a place.
"""

from pathlib import Path

from loupe import fonts
from loupe.fonts import SHARED as SHARED
from pipeline.adapters.geonames import GeoNames
from pipeline.adapters.geonames_atlas import GeoNamesAtlas


def gazetteer(data: Path) -> GeoNames:
    """The gazetteer, on the index made at installation, else on one in the data folder."""
    shared = GeoNames(SHARED)
    return shared if shared.prepared else GeoNames(data / "cache")


def atlas(data: Path) -> GeoNamesAtlas:
    """Finds places by name, on the index made at installation, else on one in the data folder."""
    shared = GeoNamesAtlas(SHARED)
    return shared if shared.index.prepared else GeoNamesAtlas(data / "cache")


if __name__ == "__main__":
    GeoNames(SHARED).prepare()
    GeoNamesAtlas(SHARED).index.prepare()
    fonts.prepare()
