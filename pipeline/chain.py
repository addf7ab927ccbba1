"""The chain: all actors, in an order in which everyone comes after those it waits for.

Built from the actors' signatures alone; what does not fit together is refused with a sentence.
"""

import importlib
import pkgutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from types import ModuleType

from pipeline.actor import Actor, declared_in
from pipeline.errors import Declaration, Unknown
from pipeline.ledger import ARRIVAL
from pipeline.results import Arrived, Result


@dataclass(frozen=True, slots=True)
class Chain:
    """Actors in topological order, and who provides which result."""

    actors: tuple[Actor, ...]
    providers: Mapping[type[Result], str]

    def __iter__(self) -> Iterator[Actor]:
        return iter(self.actors)

    def get(self, name: str) -> Actor | None:
        """The actor of this name; None when this version of Loupe has none."""
        return next((each for each in self.actors if each.name == name), None)

    def actor(self, name: str) -> Actor:
        """The actor of this name. Raises ``Unknown``, naming those there are."""
        if found := self.get(name):
            return found
        raise Unknown(f"There is no actor '{name}'. There are: {', '.join(a.name for a in self.actors)}.")

    def awaited(self, actor: Actor) -> tuple[str, ...]:
        """The names of the rows that an actor waits for, in the order of its parameters."""
        return tuple(self.providers[a.result] for a in actor.awaits.values())

    def names(self) -> tuple[str, ...]:
        """All actors' names, in the chain's order."""
        return tuple(actor.name for actor in self.actors)

    def upto(self, names: Collection[str]) -> "Chain":
        """The chain of just these actors and of those they build on. Raises ``Unknown``."""
        wanted = {self.actor(name).name for name in names}
        for each in reversed(self.actors):
            if each.name in wanted:
                wanted.update(self.awaited(each))
        return Chain(tuple(a for a in self.actors if a.name in wanted), self.providers)


def chain(actors: Iterable[Actor]) -> Chain:
    """Wire actors. Raises ``Declaration`` for doubles, results nobody returns, and circles."""
    by_name: dict[str, Actor] = {}
    providers: dict[type[Result], str] = {Arrived: ARRIVAL}
    kinds = {Arrived.__name__: ARRIVAL}
    for each in actors:
        if each.name == ARRIVAL:
            raise Declaration(f"{each.name}: this name is taken by the row that starts the chain.")
        if each.name in by_name:
            raise Declaration(f"{each.name}: two actors have this name.")
        if each.returns in providers:
            other = providers[each.returns]
            raise Declaration(
                f"{each.name}: it returns {each.returns.__name__}, which {other} returns already."
            )
        if other := kinds.get(each.returns.__name__, ""):
            raise Declaration(
                f"{each.name}: it returns a {each.returns.__name__}, but {other}'s result has that name too."
            )
        by_name[each.name] = each
        kinds[each.returns.__name__] = each.name
        providers[each.returns] = each.name
    _all_provided(by_name, providers)
    return Chain(tuple(by_name[n] for n in _sorted(by_name, providers)), providers)


def discover(package: str = "handlers") -> Chain:
    """Import every module of a package of actors and wire what they declare."""
    home = importlib.import_module(package)
    names = sorted(m.name for m in pkgutil.iter_modules(home.__path__))
    return chain(_only_actor(importlib.import_module(f"{package}.{name}")) for name in names)


def _only_actor(module: ModuleType) -> Actor:
    name = module.__name__.rpartition(".")[2]
    found = declared_in(module.__name__)
    file = Path(module.__file__ or name).name
    if [a.name for a in found] != [name]:
        there = ", ".join(a.name for a in found) or "none"
        raise Declaration(f"{file}: it must declare exactly one actor, called {name}; it declares {there}.")
    return found[0]


def _all_provided(actors: Mapping[str, Actor], providers: Mapping[type[Result], str]) -> None:
    for each in actors.values():
        for parameter, awaited in each.awaits.items():
            if awaited.result not in providers:
                kind = awaited.result.__name__
                raise Declaration(
                    f"{each.name}: it waits for {kind} ('{parameter}'), which no actor returns."
                )


def _sorted(actors: Mapping[str, Actor], providers: Mapping[type[Result], str]) -> list[str]:
    graph = {n: [providers[w.result] for w in a.awaits.values()] for n, a in actors.items()}
    try:
        return [n for n in TopologicalSorter(graph).static_order() if n != ARRIVAL]
    except CycleError as circle:
        raise Declaration(f"These actors wait for each other: {' <- '.join(circle.args[1])}.") from None
