"""The ``@actor`` decorator: a function's signature is its wiring.

    @actor(timeout=20, memory=1024)
    def detect_faces(accepted: Accepted, pictures: Pictures, detector: FaceDetector) -> Faces:

A parameter whose type is a result is awaited; ``Faces | Failed | Skipped`` also takes those endings.
A parameter whose type is a port (a Protocol) is handed in. The return type is the result it adds.
What cannot be wired is refused with a sentence when the module is imported.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import Parameter
from types import UnionType
from typing import Any, Protocol, TypeVar, Union, get_args, get_origin, get_type_hints

from pipeline.errors import Declaration
from pipeline.results import Failed, Result, Skipped

Function = Callable[..., Result]
Declared = TypeVar("Declared", bound=Function)
ENDINGS = (Failed, Skipped)
BY_NAME = (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)


@dataclass(frozen=True, slots=True)
class Awaited:
    """One result that an actor waits for, and which other endings it can go on with."""

    result: type[Result]
    accepts: tuple[type[Result], ...]


@dataclass(frozen=True, slots=True)
class Actor:
    """A declared actor: the function and everything that its signature says."""

    name: str
    function: Function
    doc: str
    awaits: Mapping[str, Awaited]
    ports: Mapping[str, type]
    returns: type[Result]
    timeout: float
    """Seconds until a run is stopped, its process with it."""
    memory: int
    """Megabytes a run may need."""
    version: int
    attempts: int
    """Runs before a failing one is parked."""
    priority: int
    """Lower runs first, whatever the image. Among equals the oldest image does: so give those that people
    wait for the same, and pictures come out in the order in which they went in."""


_declared: dict[str, Actor] = {}


def actor(
    *, timeout: float = 20, memory: int = 512, version: int = 1, attempts: int = 5, priority: int = 50
) -> Callable[[Declared], Declared]:
    """Declare the function as an actor; raises ``Declaration`` where it cannot be wired."""
    numbers = {"timeout": timeout, "memory": memory, "version": version, "attempts": attempts}

    def declare(function: Declared) -> Declared:
        name = function.__name__
        if wrong := [option for option, value in numbers.items() if value <= 0]:
            raise Declaration(f"{name}: {wrong[0]} must be more than 0.")
        awaits, ports = _parameters(function)
        _declared[f"{function.__module__}.{name}"] = Actor(
            name=name,
            function=function,
            doc=(inspect.getdoc(function) or "").split("\n")[0],
            awaits=awaits,
            ports=ports,
            returns=_returned(function),
            timeout=timeout,
            memory=memory,
            version=version,
            attempts=attempts,
            priority=priority,
        )
        return function

    return declare


def declared_in(module: str) -> list[Actor]:
    """The actors that the module of this name declared."""
    return [a for key, a in _declared.items() if key.rpartition(".")[0] == module]


def _hints(function: Function) -> dict[str, Any]:
    try:
        return get_type_hints(function)
    except (NameError, AttributeError, SyntaxError) as fault:
        raise Declaration(f"{function.__name__}: a type in its signature is not known: {fault}.") from None


def _parameters(function: Function) -> tuple[dict[str, Awaited], dict[str, type]]:
    hints, name = _hints(function), function.__name__
    if inspect.iscoroutinefunction(function):
        raise Declaration(f"{name}: an actor is a plain function, not async; it has a process of its own.")
    awaits: dict[str, Awaited] = {}
    ports: dict[str, type] = {}
    for parameter, declared in inspect.signature(function).parameters.items():
        if declared.kind not in BY_NAME:
            raise Declaration(
                f"{name}: parameter '{parameter}' must be a plain one, which can be given by name."
            )
        if parameter not in hints:
            raise Declaration(f"{name}: give parameter '{parameter}' a type: a result or a port.")
        kinds = _members(hints[parameter])
        if results := [k for k in kinds if _is_result(k)]:
            awaits[parameter] = _awaited(name, parameter, kinds, results)
        elif len(kinds) == 1 and _is_port(kinds[0]):
            ports[parameter] = kinds[0]
        else:
            raise Declaration(
                f"{name}: parameter '{parameter}' is {hints[parameter]}, neither a result nor a port."
            )
    if not awaits:
        raise Declaration(f"{name}: it waits for no result, so nothing would ever start it.")
    return awaits, ports


def _awaited(name: str, parameter: str, kinds: tuple[Any, ...], results: list[type[Result]]) -> Awaited:
    proper = [r for r in results if r not in ENDINGS]
    if len(proper) != 1 or len(results) != len(kinds):
        raise Declaration(
            f"{name}: parameter '{parameter}' must be one result, besides it only Failed and Skipped."
        )
    return Awaited(proper[0], tuple(r for r in results if r in ENDINGS))


def _returned(function: Function) -> type[Result]:
    kinds = _members(_hints(function).get("return", None))
    proper = [k for k in kinds if k is not Skipped]
    if len(proper) != 1 or not _is_result(proper[0]) or proper[0] is Failed:
        raise Declaration(
            f"{function.__name__}: it must return one result, or 'X | Skipped'; to fail, raise."
        )
    if "__dataclass_fields__" not in vars(proper[0]):
        raise Declaration(
            f"{function.__name__}: its result {proper[0].__name__} is not marked as a dataclass."
        )
    return proper[0]  # type: ignore[no-any-return]


def _members(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)


def _is_result(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Result) and kind is not Result


def _is_port(kind: Any) -> bool:
    return isinstance(kind, type) and Protocol in kind.__mro__ and getattr(kind, "_is_protocol", False)
