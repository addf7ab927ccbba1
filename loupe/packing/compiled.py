"""Compiles modules as they will lie on Lambda.

A package lies in a folder that cannot be written to, so what is not compiled beforehand is compiled at every
cold start. The compiled files lie in the place of their sources (PEP 3147, "sourceless"), which saves 3 MB of
each zip: a traceback tells file and line, without the line's text. They name no time and no folder of this
machine (PEP 552).
"""

import json
import os
import subprocess
import sys
from collections.abc import Collection, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from loupe.packing.target import ROOT
from pipeline.errors import Unavailable

SECONDS = 300
PROGRAM = Path(__file__).with_name("compiling.py")


def compiled(root: Path, names: Collection[str], *, lean: bool) -> dict[str, bytes]:
    """What each module below ``root`` compiles to, by the module's name.

    In a process of its own, always in the same order: what a compiled file looks like depends a little on
    what was compiled before it. What is no Python of this version is left out. ``lean``: as with
    ``python -OO``. Raises ``Unavailable``.
    """
    modules = sorted(name for name in names if name.endswith(".py"))
    with TemporaryDirectory() as folder:
        work = [(str(root / n), str(Path(folder, str(i))), f"{ROOT}/{n}") for i, n in enumerate(modules)]
        _run(work, lean)
        made = {name: Path(folder, str(i)) for i, name in enumerate(modules)}
        return {name: file.read_bytes() for name, file in made.items() if file.exists()}


def _run(work: Sequence[tuple[str, str, str]], lean: bool) -> None:
    command = [sys.executable, "-I", "-S", "-W", "ignore", str(PROGRAM), "2" if lean else "0"]
    same = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    try:
        given = json.dumps(work).encode()
        subprocess.run(command, input=given, check=True, capture_output=True, timeout=SECONDS, env=same)
    except (subprocess.SubprocessError, OSError) as fault:
        raise Unavailable(f"The modules of a package could not be compiled: {fault}") from None
