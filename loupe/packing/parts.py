"""The parts that bundles are put together from: a distribution each, Loupe's own code, and what was prepared.

A part is compressed once, into a zip of its own in the cache, whatever number of bundles carry it.
"""

import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

from loupe.packing import archive, prune
from loupe.packing.archive import Member, member
from loupe.packing.compiled import compiled
from loupe.packing.install import Installed
from loupe.packing.stripped import stripped
from loupe.packing.target import VERSION

HOME = Path(__file__).parents[2]
NOT_THERE = ("loupe/packing/", "loupe/template/")
"""What makes packages and templates, and so is in none."""


def distribution(one: Installed, cache: Path) -> Path:
    """The part of an installed distribution."""
    names = prune.kept(one.pin.name, one.files)
    return _part(cache, one.pin.name, one.pin.text, lambda: _members(one.root, names, lean=True))


def own(room: str, cache: Path, home: Path = HOME) -> Path:
    """The part of one of Loupe's packages; with ``loupe`` goes the version."""
    project = tomllib.loads((home / "pyproject.toml").read_text("utf-8"))
    names, version = own_names(room, home, project), project["project"]["version"]
    about = f"Metadata-Version: 2.1\nName: loupe\nVersion: {version}\n".encode()

    def made() -> Iterator[Member]:
        if room == "loupe":
            yield member(f"loupe-{version}.dist-info/METADATA", about)
        yield from _members(home, names, lean=False)

    return _part(cache, f"own-{room}", f"{version} {_digest({n: home / n for n in names})}", made)


def own_names(room: str, home: Path, project: Mapping[str, Any]) -> list[str]:
    """The files of a package: modules, and what pyproject.toml names as its data."""
    found = set((home / room).rglob("*.py"))
    for pattern in project["tool"]["setuptools"]["package-data"].get(room, ()):
        found |= {file for file in (home / room).glob(pattern) if file.is_file()}
    names = sorted(file.relative_to(home).as_posix() for file in found)
    return [name for name in names if not name.startswith(NOT_THERE)]


def prepared(files: Mapping[str, Path], cache: Path) -> Path:
    """The part of files that were made at installation; by the name that they have in the package."""
    name = "-".join(["prepared", *(Path(each).name.partition("-")[0] for each in sorted(files))])
    return _part(cache, name, _digest(files), lambda: (member(n, f.read_bytes()) for n, f in files.items()))


def _digest(files: Mapping[str, Path]) -> str:
    whole = sha256()
    for name, file in sorted(files.items()):
        with file.open("rb") as stream:
            whole.update(f"{name}\0{file_digest(stream, 'sha256').hexdigest()}\n".encode())
    return whole.hexdigest()


def _members(root: Path, names: Collection[str], *, lean: bool) -> Iterator[Member]:
    """Modules in their compiled form alone, all else as it is; what could not be compiled is left out."""
    for name, code in compiled(root, names, lean=lean).items():
        yield member(f"{name}c", code)
    for name in names:
        if not name.endswith(".py"):
            yield member(name, stripped((root / name).read_bytes()))


def _part(cache: Path, name: str, key: str, made: Callable[[], Iterator[Member]]) -> Path:
    """The part of this key, made unless it is there; older ones of the name are removed."""
    whole = sha256(f"{_rules()}\n{VERSION}\n{key}".encode()).hexdigest()[:16]
    path = cache / "parts" / name / f"{whole}.zip"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        for older in path.parent.glob("*.zip"):
            older.unlink()
        archive.write(path, made())
    return path


def _rules() -> str:
    """Changes with the code that says what a part is."""
    modules = ("archive", "compiled", "compiling", "parts", "prune", "stripped", "target")
    return sha256(b"".join(Path(__file__).with_name(f"{n}.py").read_bytes() for n in modules)).hexdigest()
