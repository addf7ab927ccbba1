"""What is made once at installation: the index of places, from the package that carries them, and of fonts.

    python -m loupe.prepare

It lies beside the installed packages, for all data folders. Where it was not made, or that place cannot be
written to, the first picture with a location makes it in the data folder.
"""

from pathlib import Path

from loupe import fonts
from loupe.fonts import SHARED as SHARED
from pipeline.adapters.geonames import GeoNames


def gazetteer(data: Path) -> GeoNames:
    """The gazetteer, on the index made at installation, else on one in the data folder."""
    shared = GeoNames(SHARED)
    return shared if shared.prepared else GeoNames(data / "cache")


if __name__ == "__main__":
    GeoNames(SHARED).prepare()
    fonts.prepare()
