"""Builds the packages."""

import fcntl
import json
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

from loupe import fonts
from loupe.packing import archive, parts
from loupe.packing.bundles import BUNDLES
from loupe.packing.install import install
from loupe.packing.lock import closure, pins
from loupe.prepare import SHARED
from pipeline.adapters.geonames import GeoNames
from pipeline.adapters.geonames_atlas import GeoNamesAtlas
from pipeline.errors import Unknown

FOLDER = parts.HOME / "build" / "lambda"
WORKERS = 2
INSIDE = "share/loupe"
"""Where ``loupe.fonts.SHARED`` lies in a package."""


@dataclass(frozen=True, slots=True)
class Package:
    """One built zip."""

    bundle: str
    path: Path
    zipped: int
    """Bytes."""
    unzipped: int
    """Bytes."""
    sha256: str


def build(bundles: Collection[str] = (), folder: Path = FOLDER) -> list[Package]:
    """Build these bundles, or all, as ``folder``/BUNDLE.zip; what did not change comes from the cache in it.

    Raises ``Unknown`` for a name that is none, ``Unavailable`` and ``Misconfigured`` with words.
    """
    wanted = list(bundles or BUNDLES)
    if strange := [name for name in wanted if name not in BUNDLES]:
        raise Unknown(f"There is no bundle '{strange[0]}'. There are: {', '.join(BUNDLES)}.")
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        return [_put_together(name, made, folder) for name, made in _parts(wanted, folder / "cache").items()]


def _parts(wanted: Collection[str], cache: Path) -> Mapping[str, list[Path]]:
    """The parts of each bundle. All distributions are installed at once: pip starts slowly."""
    locked = pins()
    needed = {name: closure(BUNDLES[name].roots, locked) for name in BUNDLES}
    every = {pin.name: pin for each in needed.values() for pin in each}
    installed = install([every[name] for name in sorted(every)], cache)
    indexes = {index for name in wanted for index in BUNDLES[name].indexes}
    used = {pin.name for name in wanted for pin in needed[name]}
    with ThreadPoolExecutor(WORKERS) as pool:
        rooms = {room for name in wanted for room in BUNDLES[name].rooms}
        code = {room: pool.submit(parts.own, room, cache) for room in sorted(rooms)}
        shared = {index: pool.submit(_index, index, cache) for index in indexes}
        made = {name: pool.submit(parts.distribution, installed[name], cache) for name in sorted(used)}
        return {
            name: [
                *(code[room].result() for room in BUNDLES[name].rooms),
                *(made[pin.name].result() for pin in needed[name]),
                *(shared[index].result() for index in BUNDLES[name].indexes),
            ]
            for name in wanted
        }


def _index(index: str, cache: Path) -> Path:
    if index == "fonts":
        return parts.prepared({f"{INSIDE}/{fonts.FOLDER}/{f.name}": f for f in _fonts(cache)}, cache)
    made = (GeoNames(SHARED) if index == "geonames" else GeoNamesAtlas(SHARED)).index
    made.prepare()
    return parts.prepared({f"{INSIDE}/{made.path.name}": made.path}, cache)


def _fonts(cache: Path) -> Iterator[Path]:
    """The list of fonts without those of this machine: what matplotlib brings has a relative path in it."""
    fonts.prepare()
    for file in sorted((SHARED / fonts.FOLDER).glob("fontlist*.json")):
        found = json.loads(file.read_text("utf-8"))
        for kind in ("afmlist", "ttflist"):
            found[kind] = [font for font in found[kind] if not Path(font["fname"]).is_absolute()]
        (kept := cache / file.name).write_text(json.dumps(found, sort_keys=True), "utf-8")
        yield kept


def _put_together(bundle: str, made: Collection[Path], folder: Path) -> Package:
    members = [each for part in made for each in archive.read(part)]
    archive.write(path := folder / f"{bundle}.zip", members)
    with path.open("rb") as stream:
        digest = file_digest(stream, "sha256").hexdigest()
    return Package(bundle, path, path.stat().st_size, sum(each.size for each in members), digest)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One build at a time in a folder; whoever comes second waits, and then finds everything done."""
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
