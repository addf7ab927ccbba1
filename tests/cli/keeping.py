"""A data folder in which two small pictures have been through the chain; made once, copied for each test."""

import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

from PIL import Image

from loupe.ground import Ground, ground
from loupe.settings import load

CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(("LOUPE_", "SLACK_"))}


def drawing(file: Path, seed: int) -> Path:
    """A small picture that no other seed gives."""
    chance = random.Random(seed)
    Image.frombytes("RGB", (8, 8), chance.randbytes(192)).resize((48, 48)).save(file, "PNG")
    return file


def checked(data: Path, *files: Path) -> list[str]:
    """Run files through the chain as a person does; their image ids."""
    told = subprocess.run(
        [sys.executable, "-m", "loupe", "check", "--json", "--data", data, *files],
        capture_output=True, text=True, env=CLEAN, cwd=Path(__file__).parents[2], check=True,
    )  # fmt: skip
    return [json.loads(line)["id"] for line in told.stdout.splitlines()]


def lived_in(folder: Path) -> Path:
    """A data folder with two pictures, ``one.png`` and ``two.png``."""
    files = [drawing(folder / f"{name}-of-a-kind.png", seed) for seed, name in enumerate(("one", "two"))]
    checked(folder / "data", *files)
    return folder / "data"


def opened(made: Path, folder: Path) -> Ground:
    """A copy of the data folder, opened."""
    shutil.copytree(made, folder / "data")
    return ground(load(data=folder / "data"))


def short(base: Ground, name: str) -> str:
    """The short id of the picture whose file began like this."""
    return next(each.short for each in base.catalog.newest(99) if each.source.name.startswith(name))


def image(base: Ground, name: str) -> str:
    """Its GUID."""
    return next(each.image for each in base.catalog.newest(99) if each.source.name.startswith(name))


def stored(folder: Path) -> list[str]:
    """The files below a folder."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
