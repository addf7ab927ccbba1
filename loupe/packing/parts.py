"""The parts that bundles are put together from: a distribution each, Loupe's own code, and what was prepared.

A part is compressed once, into a zip of its own in the cache, whatever number of bundles carry it.
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from hashlib import file_digest, sha256
from pathlib import Path

from loupe.packing import archive, prune
from loupe.packing.archive import Member, member
from loupe.packing.compiled import compiled
from loupe.packing.install import Installed
from loupe.packing.target import VERSION

HOME = Path(__file__).parents[2]
ROOMS = ("loupe", "bot", "web", "scheduler", "handlers", "pipeline")
"""The packages of Loupe that functions run."""
NOT_THERE = ("loupe/packing/", "loupe/template/")
"""What makes packages and templates, and so is in none."""


def distribution(one: Installed, cache: Path) -> Path:
    """The part of an installed distribution."""
    key = sha256(one.pin.text.encode())
    names = [name for name in one.files if prune.kept(one.pin.name, name)]
    return _part(cache, one.pin.name, key.hexdigest(), lambda: _files(one.root, names))


def own(cache: Path, home: Path = HOME) -> Path:
    """The part of Loupe's own code, and its version."""
    project = tomllib.loads((home / "pyproject.toml").read_text("utf-8"))
    names, key = own_names(home, project), sha256()
    for name in names:
        with (home / name).open("rb") as stream:
            key.update(f"{name}\0{file_digest(stream, 'sha256').hexdigest()}\n".encode())
    version = project["project"]["version"]
    about = f"loupe-{version}.dist-info/METADATA", f"Metadata-Version: 2.1\nName: loupe\nVersion: {version}\n"
    key.update(about[1].encode())

    def made() -> Iterator[Member]:
        yield member(about[0], about[1].encode())
        yield from _files(home, names)

    return _part(cache, "loupe", key.hexdigest(), made)


def own_names(home: Path, project: Mapping[str, object]) -> list[str]:
    """The files of Loupe's packages: modules, and what pyproject.toml names as their data."""
    data = project["tool"]["setuptools"]["package-data"]  # type: ignore[index]
    found = {file for room in ROOMS for file in (home / room).rglob("*.py")}
    for room in set(ROOMS) & data.keys():
        found |= {file for pattern in data[room] for file in (home / room).glob(pattern) if file.is_file()}
    names = sorted(file.relative_to(home).as_posix() for file in found)
    return [name for name in names if not name.startswith(NOT_THERE)]


def prepared(files: Mapping[str, Path], cache: Path) -> Path:
    """The part of files that were made at installation; by the name that they have in the package."""
    key = sha256()
    for name, file in sorted(files.items()):
        with file.open("rb") as stream:
            key.update(f"{name}\0{file_digest(stream, 'sha256').hexdigest()}\n".encode())
    name = "-".join(["prepared", *(Path(each).name.partition("-")[0] for each in sorted(files))])
    return _part(cache, name, key.hexdigest(), lambda: (member(n, f.read_bytes()) for n, f in files.items()))


def _files(root: Path, names: list[str]) -> Iterator[Member]:
    for name in names:
        yield member(name, (root / name).read_bytes())
    for name, code in compiled(root, names).items():
        yield member(name, code)


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
    modules = ("archive.py", "compiled.py", "compiling.py", "parts.py", "prune.py", "target.py")
    return sha256(b"".join(Path(__file__).with_name(name).read_bytes() for name in modules)).hexdigest()
