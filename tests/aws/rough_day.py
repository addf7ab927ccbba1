"""A rough day for functions, as it is told to them: `tests.aws.rough` lets them have it."""

import json
import os
from dataclasses import dataclass, field, fields
from typing import Any


@dataclass(frozen=True)
class Poison:
    """A picture that one actor never survives, until a file shows that this was mended."""

    actor: str
    name: str
    """The picture's file name."""
    mended: str
    """A path."""
    how: str = "dies"
    """dies (the process is killed) or raises (a bug)."""


@dataclass(frozen=True)
class Day:
    """What is different."""

    requests: dict[str, Any] = field(default_factory=dict)
    """Fields of ``Rough``."""
    pause: float = 1.0
    """Scales what clients and runs wait before they try again."""
    margin: float | None = None
    """Seconds of a function's time that are kept for recording; None: as it is."""
    slack: float | None = None
    """Seconds by which a claim outlasts a function."""
    overdue: float | None = None
    """Seconds after which the sweep publishes a due run again."""
    quick: bool = False
    """Detectors that look at nothing take the place of the models; one rendition is made."""
    poison: tuple[Poison, ...] = ()


def today() -> Day:
    """As the environment says."""
    given = json.loads(os.environ.get("ROUGH", "{}"))
    poison = tuple(Poison(**each) for each in given.pop("poison", ()))
    assert given.keys() <= {each.name for each in fields(Day)}
    return Day(**given, poison=poison)
