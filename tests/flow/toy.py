"""A small chain of trivial actors, shaped like the real one: a fork, a join, an actor that may skip.

    arrival -> weigh -> paint -\
                    -> fold ----> wrap -> ship

What they do is steered by the picture's name: ``reject@weigh``, ``bug@fold``, ``skip@paint``, ``busy@paint``,
``closed@paint``, ``hang@fold``, ``die@fold``, ``nap@weigh``, ``gate@fold FILE`` (waits until there is such a
file). In the chain WRONG the second actor returns what it must not: ``nan@wrong``, ``other@wrong``,
``nothing@wrong``, ``list@wrong``, ``strange@wrong``, ``words@wrong``.
"""

import os
import signal
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from pipeline.actor import actor, declared_in
from pipeline.chain import Chain, chain
from pipeline.errors import Rejected, Transient
from pipeline.model import Source
from pipeline.results import Arrived, Failed, Result, Skipped


@dataclass(frozen=True, slots=True)
class Weighed(Result):
    name: str


@dataclass(frozen=True, slots=True)
class Painted(Result):
    name: str


@dataclass(frozen=True, slots=True)
class Folded(Result):
    name: str


@dataclass(frozen=True, slots=True)
class Wrapped(Result):
    layers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shipped(Result):
    ending: str


@dataclass(frozen=True, slots=True)
class Mislabelled(Result):
    labels: tuple[str, ...]
    weight: float


def _act(name: str, actor_name: str) -> None:
    verb, _, where = name.partition("@")
    if where.split(" ")[0] != actor_name:
        return
    if verb == "reject":
        raise Rejected("This parcel will never do.")
    if verb == "busy":
        raise Transient("The shop is closed.", retry_after=30)
    if verb == "closed":
        raise Transient("The shop is closed for good.")
    if verb == "bug":
        raise ZeroDivisionError("a bug")
    if verb == "gate":
        while not Path(where.partition(" ")[2]).exists():
            time.sleep(0.01)
    if verb == "nap":
        time.sleep(0.01)
    if verb == "hang":
        time.sleep(600)
    if verb == "die":
        os.kill(os.getpid(), signal.SIGKILL)


@actor(attempts=3)
def weigh(arrived: Arrived) -> Weighed:
    """Weigh the parcel."""
    _act(arrived.source.name, "weigh")
    return Weighed(arrived.source.name)


@actor(attempts=3)
def paint(weighed: Weighed) -> Painted | Skipped:
    """Paint it, if it wants to be painted."""
    _act(weighed.name, "paint")
    return Skipped("No colour wanted.") if weighed.name.startswith("skip@paint") else Painted(weighed.name)


@actor(attempts=3, timeout=0.5)
def fold(weighed: Weighed) -> Folded:
    """Fold it."""
    _act(weighed.name, "fold")
    return Folded(weighed.name)


@actor(attempts=3)
def wrap(painted: Painted | Skipped, folded: Folded) -> Wrapped:
    """Wrap it, painted or not."""
    return Wrapped((type(painted).__name__, folded.name))


@actor(attempts=3)
def ship(wrapped: Wrapped | Failed | Skipped) -> Shipped:
    """Ship whatever there is."""
    return Shipped(type(wrapped).__name__)


@actor(attempts=3)
def wrong(weighed: Weighed) -> Mislabelled:
    """Label it with what no label can hold, if asked to."""
    verb = weighed.name.partition("@")[0]
    if verb == "words":
        raise ValueError("\ud800 long" * 1000)
    odd = {
        "nan": Mislabelled(("x",), float("nan")),
        "other": weighed,
        "nothing": None,
        "list": Mislabelled(["x"], 1.0),  # type: ignore[arg-type]
        "strange": Mislabelled((object(),), 1.0),  # type: ignore[arg-type]
    }
    return cast(Mislabelled, odd.get(verb, Mislabelled(("x",), 1.0)))


_ALL = {each.name: each for each in declared_in(__name__)}
TOY: Chain = chain(each for each in _ALL.values() if each.name != "wrong")
WRONG: Chain = chain([_ALL["weigh"], _ALL["wrong"]])


def parcel(name: str) -> Source:
    """A source that carries nothing but a name."""
    return Source(kind="slack", name=name, locator="", team="T1", channel="C1", message=name, person="U1")


def without(*names: str) -> Chain:
    """The toy chain as a version of it that has no such actors."""
    return chain(each for each in TOY if each.name not in names)


def mended() -> Chain:
    """The toy chain with a higher version of fold that has no bug."""
    return chain(
        replace(a, function=lambda weighed: Folded(weighed.name), version=2) if a.name == "fold" else a
        for a in TOY
    )
