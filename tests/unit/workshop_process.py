"""Both actors on ``photo.jpg``, as a process of its own: ``python -m tests.unit.workshop_process FOLDER``."""

import sys
from pathlib import Path

from tests.unit.workshop import Workshop

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    Workshop(folder).everything((folder / "photo.jpg").read_bytes())
