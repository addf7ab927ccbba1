"""The packages as they are built, and unpacked once for all who run from them."""

import fcntl
import io
import os
import shutil
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from loupe.packing.building import FOLDER, Package, build
from pipeline.errors import Unavailable


@dataclass(frozen=True)
class Packages:
    """All packages, by their bundle."""

    built: Mapping[str, Package]

    def unpacked(self, bundle: str) -> Path:
        """A folder with what a package holds, named after its content; kept for the next run of tests."""
        one = self.built[bundle]
        home = FOLDER / "unpacked"
        home.mkdir(exist_ok=True)
        folder = home / f"{bundle}-{one.sha256[:16]}"
        with (home / f".{bundle}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not folder.is_dir():
                _forget(home, bundle)
                draft = home / f".{folder.name}"
                with zipfile.ZipFile(one.path) as zipped:
                    zipped.extractall(draft)
                draft.rename(folder)
        return folder

    def pointer(self, bundle: str) -> bytes:
        """A small zip that runs from the unpacked package, for who would unpack that one for each process."""
        home = str(self.unpacked(bundle))
        text = f"import sys\n\nsys.path.insert(0, {home!r})\n__path__ = [{home!r} + '/loupe']\n"
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as zipped:
            zipped.writestr("loupe/__init__.py", text)
        return packed.getvalue()


def packages() -> Packages:
    """Build what has changed; whoever does so at the same time waits for the other."""
    try:
        return Packages({one.bundle: one for one in build()})
    except Unavailable as fault:
        if not fault.words.startswith("pip "):
            raise
        if os.environ.get("CI") == "true":
            pytest.fail(fault.words)
        pytest.skip(fault.words)


def _forget(home: Path, bundle: str) -> None:
    for older in (*home.glob(f"{bundle}-*"), *home.glob(f".{bundle}-*")):
        shutil.rmtree(older)
