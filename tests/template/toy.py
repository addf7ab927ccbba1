"""One more actor, for tests."""

from dataclasses import dataclass

from pipeline import actor as declaring
from pipeline.actor import Actor
from pipeline.ports import Store
from pipeline.results import Accepted, Result


@dataclass(frozen=True, slots=True)
class Toyed(Result):
    name: str


def toy_about(accepted: Accepted, store: Store) -> Toyed:
    """Play with a picture."""
    return Toyed(accepted.key)


def toy(**options: float) -> Actor:
    """An actor as a file in handlers/ would declare it."""
    declaring.actor(**options)(toy_about)  # type: ignore[arg-type]
    return declaring.declared_in(__name__)[0]
