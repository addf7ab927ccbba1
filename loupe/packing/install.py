"""Installs distributions for Lambda into a folder, by pip, with every hash checked."""

import shutil
import subprocess
import sys
from collections.abc import Collection, Mapping
from csv import reader
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from packaging.utils import canonicalize_name

from loupe.packing.lock import Pin
from loupe.packing.target import VERSION, platforms
from pipeline.errors import Misconfigured, Unavailable

FROM_SOURCE = ("pyvips",)
"""Published without wheels; pure Python, which is checked once it is installed."""
SECONDS = 900


@dataclass(frozen=True, slots=True)
class Installed:
    """One distribution as pip laid it down."""

    pin: Pin
    root: Path
    files: tuple[str, ...]
    """Relative to ``root``; programs and manuals, which lie outside of it, are left out."""


def install(pins: Collection[Pin], cache: Path) -> Mapping[str, Installed]:
    """Each distribution by name, from ``cache`` where the same ones were installed for the same Python.

    Raises ``Unavailable`` where pip fails, ``Misconfigured`` where it built something for this machine.
    """
    text = "\n".join(pin.text for pin in pins) + "\n"
    key = sha256("\n".join([VERSION, *platforms(), text]).encode()).hexdigest()[:16]
    folder = cache / f"installed-{key}"
    if not folder.is_dir():
        for older in (*cache.glob("installed-*"), *cache.glob("draft-*")):
            shutil.rmtree(older)
        draft = cache / f"draft-{key}"
        draft.mkdir(parents=True)
        (wanted := cache / f"wanted-{key}.txt").write_text(text, "utf-8")
        _pip(wanted, draft)
        draft.rename(folder)
    by_name = {pin.name: pin for pin in pins}
    found: dict[str, Installed] = {}
    for home in folder.glob("*.dist-info"):
        name: str = canonicalize_name(home.name.removesuffix(".dist-info").rpartition("-")[0])
        found[name] = Installed(by_name[name], folder, _files(home))
    for source in set(FROM_SOURCE) & found.keys():
        _refuse_compiled(found[source])
    return found


def _pip(wanted: Path, target: Path) -> None:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    command += ["--no-deps", "--no-compile", "--require-hashes", "--only-binary=:all:"]
    command += [f"--no-binary={','.join(FROM_SOURCE)}", "--implementation=cp", f"--python-version={VERSION}"]
    command += [f"--platform={platform}" for platform in platforms()]
    command += ["--target", str(target), "--requirement", str(wanted)]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=SECONDS)
    except (subprocess.SubprocessError, OSError) as fault:
        stderr = getattr(fault, "stderr", None) or b""
        said = [line for line in stderr.decode(errors="replace").splitlines() if line.startswith("ERROR")]
        raise Unavailable(
            f"pip could not install what the packages carry: {' '.join(said[:2]) or fault}"
            " Check the network, and that requirements.lock has wheels for Linux on x86_64."
        ) from None


def _files(home: Path) -> tuple[str, ...]:
    """What the distribution's RECORD lists."""
    with (home / "RECORD").open(encoding="utf-8", newline="") as stream:
        names = [row[0] for row in reader(stream) if row]
    return tuple(sorted(name for name in names if not name.startswith(("..", "/"))))


def _refuse_compiled(one: Installed) -> None:
    if compiled := [name for name in one.files if name.endswith((".so", ".dylib", ".pyd"))]:
        raise Misconfigured(
            f"{one.pin.name} was compiled for this machine ({compiled[0]}), which need not fit Lambda's."
            " Uninstall libvips's development files, then build again."
        )
