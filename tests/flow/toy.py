"""A small chain of trivial actors, shaped like the real one: a fork, a join, an actor that may skip.

    arrival -> weigh -> paint -\
                    -> fold ----> wrap -> ship

What they do is steered by the picture's name: ``reject@weigh``, ``bug@fold``, ``skip@paint``, ``busy@paint``,
``hang@fold``, ``die@fold``.
"""

import os
import signal
import time
from dataclasses import dataclass

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


def _act(name: str, actor_name: str) -> None:
    verb, _, where = name.partition("@")
    if where.split(" ")[0] != actor_name:
        return
    if verb == "reject":
        raise Rejected("This parcel will never do.")
    if verb == "busy":
        raise Transient("The shop is closed.", retry_after=30)
    if verb == "bug":
        raise ZeroDivisionError("a bug")
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


TOY: Chain = chain(declared_in(__name__))


def parcel(name: str) -> Source:
    """A source that carries nothing but a name."""
    return Source(kind="slack", name=name, locator="", team="T1", channel="C1", message=name, person="U1")
