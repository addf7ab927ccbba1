"""A function's signature is its wiring; each mistake in it is refused with a sentence of its own."""

from collections.abc import Callable
from typing import Any, Optional, Protocol, Union

import pytest

from pipeline.actor import Actor, Awaited, actor, declared_in
from pipeline.errors import Declaration
from pipeline.results import Accepted, Arrived, Faces, Failed, Result, Skipped
from tests.flow import toy


class Scales(Protocol):
    def weigh(self) -> float: ...


class Shelf:
    """Not a port: a class of its own."""


class Unmarked(Result):
    """A result that is no dataclass."""


def declare(function: Callable[..., Any], **options: Any) -> Actor:
    actor(**options)(function)
    return next(a for a in declared_in(__name__) if a.name == function.__name__)


def test_results_are_awaited_and_ports_handed_in() -> None:
    def look(accepted: Accepted, faces: Faces | Failed, scales: Scales) -> toy.Weighed | Skipped:
        """Look at it.

        Twice.
        """
        raise NotImplementedError

    found = declare(look, timeout=3, memory=64, version=2, attempts=7, priority=9)
    assert found.awaits == {"accepted": Awaited(Accepted, ()), "faces": Awaited(Faces, (Failed,))}
    assert found.ports == {"scales": Scales}
    assert found.returns is toy.Weighed
    assert found.doc == "Look at it."
    numbers = (found.timeout, found.memory, found.version, found.attempts, found.priority)
    assert numbers == (3, 64, 2, 7, 9)


def test_the_function_stays_a_plain_function() -> None:
    def look(arrived: Arrived) -> toy.Weighed:
        return toy.Weighed("x")

    assert actor()(look) is look


@pytest.mark.parametrize("also", [Failed, Skipped])
def test_other_endings_are_taken_where_the_signature_says_so(also: type[Result]) -> None:
    def look(faces, arrived: Arrived) -> toy.Weighed:  # type: ignore[no-untyped-def]
        raise NotImplementedError

    look.__annotations__["faces"] = Union[Faces, also]  # noqa: UP007
    assert declare(look).awaits["faces"] == Awaited(Faces, (also,))


def untyped(thing, arrived: Arrived) -> toy.Weighed: ...  # type: ignore[no-untyped-def,empty-body]
def neither(arrived: Arrived, number: int) -> toy.Weighed: ...  # type: ignore[empty-body]
def own_class(arrived: Arrived, shelf: Shelf) -> toy.Weighed: ...  # type: ignore[empty-body]
def unstarted(scales: Scales) -> toy.Weighed: ...  # type: ignore[empty-body]
def two_at_once(found: Accepted | Faces) -> toy.Weighed: ...  # type: ignore[empty-body]
def only_endings(found: Failed | Skipped) -> toy.Weighed: ...  # type: ignore[empty-body]
def optional(found: Optional[Accepted]) -> toy.Weighed: ...  # type: ignore[empty-body]  # noqa: UP045
def anything(found: Result) -> toy.Weighed: ...  # type: ignore[empty-body]
def silent(arrived: Arrived): ...  # type: ignore[no-untyped-def]
def nothing(arrived: Arrived) -> None: ...
def fails(arrived: Arrived) -> toy.Weighed | Failed: ...  # type: ignore[empty-body]
def only_skips(arrived: Arrived) -> Skipped: ...  # type: ignore[empty-body]
def two_results(arrived: Arrived) -> toy.Weighed | toy.Painted: ...  # type: ignore[empty-body]
def a_port(arrived: Arrived) -> Scales: ...  # type: ignore[empty-body]
def unmarked(arrived: Arrived) -> Unmarked: ...  # type: ignore[empty-body]
def unknown(arrived: "Nobody") -> toy.Weighed: ...  # type: ignore[name-defined,empty-body]  # noqa: F821
def misspelt(arrived: "toy.Nobody") -> toy.Weighed: ...  # type: ignore[name-defined,empty-body]
def broken(arrived: "Arrived[") -> toy.Weighed: ...  # type: ignore[valid-type,empty-body]  # noqa: F722
def many(arrived: Arrived, *more: Accepted) -> toy.Weighed: ...  # type: ignore[empty-body]
def named(arrived: Arrived, **more: Scales) -> toy.Weighed: ...  # type: ignore[empty-body]
def by_place(arrived: Arrived, /) -> toy.Weighed: ...  # type: ignore[empty-body]
async def later(arrived: Arrived) -> toy.Weighed: ...  # type: ignore[empty-body]


TYPED, RETURNS = "neither a result nor a port", "it must return one result, or 'X | Skipped'; to fail, raise."


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (untyped, "give parameter 'thing' a type: a result or a port."),
        (neither, "parameter 'number' is <class 'int'>, neither a result nor a port."),
        (own_class, TYPED),
        (anything, TYPED),
        (unstarted, "it waits for no result, so nothing would ever start it."),
        (two_at_once, "parameter 'found' must be one result, besides it only Failed and Skipped."),
        (only_endings, "parameter 'found' must be one result, besides it only Failed and Skipped."),
        (optional, "parameter 'found' must be one result, besides it only Failed and Skipped."),
        (silent, RETURNS),
        (nothing, RETURNS),
        (fails, RETURNS),
        (only_skips, RETURNS),
        (two_results, RETURNS),
        (a_port, RETURNS),
        (unmarked, "its result Unmarked is not marked as a dataclass."),
        (unknown, "a type in its signature is not known: name 'Nobody' is not defined."),
        (
            misspelt,
            "a type in its signature is not known: module 'tests.flow.toy' has no attribute 'Nobody'.",
        ),
        (broken, "a type in its signature is not known: "),
        (many, "parameter 'more' must be a plain one, which can be given by name."),
        (named, "parameter 'more' must be a plain one, which can be given by name."),
        (by_place, "parameter 'arrived' must be a plain one, which can be given by name."),
        (later, "an actor is a plain function, not async; it has a process of its own."),
    ],
    ids=lambda given: getattr(given, "__name__", ""),
)
def test_a_mistake_in_the_signature_is_refused(function: Callable[..., Result], words: str) -> None:
    with pytest.raises(Declaration) as fault:
        actor()(function)
    assert fault.value.words.startswith(f"{function.__name__}: ")
    assert words in fault.value.words
    assert "\n" not in fault.value.words


@pytest.mark.parametrize("option", ["timeout", "memory", "version", "attempts"])
@pytest.mark.parametrize("value", [0, -1])
def test_numbers_that_would_never_let_it_run_are_refused(option: str, value: int) -> None:
    def look(arrived: Arrived) -> toy.Weighed: ...  # type: ignore[empty-body]

    with pytest.raises(Declaration) as fault:
        actor(**{option: value})(look)
    assert fault.value.words == f"look: {option} must be more than 0."


def test_what_was_refused_is_not_declared() -> None:
    names = {a.name for a in declared_in(__name__)}
    assert names.isdisjoint({"untyped", "silent", "later", "many"})
