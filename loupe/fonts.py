"""Where matplotlib keeps its list of fonts: beside the installed packages, never in a home folder.

The list is made at installation. matplotlib insists on being able to write there: where it cannot, a copy in
the data folder is used (matplotlib.org/stable/install/environment_variables_faq.html, MPLCONFIGDIR).
"""

import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path

_PACKED = Path(__file__).parents[1] / "share" / "loupe"
SHARED = _PACKED if _PACKED.is_dir() else Path(sys.prefix) / "share" / "loupe"
"""What is made once at installation, for all data folders; packages for Lambda carry it beside the code."""
FOLDER = "matplotlib"
VARIABLE = "MPLCONFIGDIR"


def settle(data: Path, shared: Path = SHARED) -> None:
    """Say where the list is, before matplotlib is first loaded. What the environment says goes first."""
    if VARIABLE not in os.environ:
        os.environ[VARIABLE] = str(_folder(data, shared / FOLDER))


def prepare(shared: Path = SHARED) -> None:
    """Make the list."""
    os.environ[VARIABLE] = str(shared / FOLDER)
    from matplotlib import font_manager

    assert font_manager.fontManager.ttflist


def _folder(data: Path, shared: Path) -> Path:
    if shared.is_dir() and os.access(shared, os.W_OK):
        return shared
    own = data.absolute() / "cache" / FOLDER
    with suppress(OSError):
        own.mkdir(parents=True, exist_ok=True)
        for made in shared.glob("fontlist*.json"):
            if not (own / made.name).exists():
                shutil.copyfile(made, own / made.name)
    return own
