"""One thing that `loupe doctor` looked at."""

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.errors import LoupeError


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, is it well, and the words about it: how to mend it where it is not."""

    name: str
    well: bool
    words: str


def tried(name: str, act: Callable[[], object], words: str) -> Finding:
    """Well unless ``act`` raises; then its error has the words."""
    try:
        act()
    except LoupeError as fault:
        return Finding(name, False, fault.words)
    return Finding(name, True, words)
