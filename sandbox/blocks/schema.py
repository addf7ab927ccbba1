"""Small checks that compose: each takes a value and its JSON pointer and yields what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

NUMBER = re.compile(r"-?\d+(\.\d+)?")
Check = Callable[[Any, str], Iterator[str]]


def at(problem: str, pointer: str) -> str:
    """A problem in Slack's wording."""
    return f"{problem} [json-pointer:{pointer}]"


def string(most: int, least: int = 1) -> Check:
    """A string of `least` to `most` characters."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield at("must provide a string", pointer)
        elif len(value) > most:
            yield at(f"must be less than {most + 1} characters", pointer)
        elif len(value) < least:
            yield at(f"must be more than {least - 1} characters", pointer)

    return check


def one_of(*allowed: str) -> Check:
    """One of these words."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        if value not in allowed:
            yield at(f"must be one of: {', '.join(allowed)}", pointer)

    return check


def boolean(value: Any, pointer: str) -> Iterator[str]:
    """True or false."""
    if not isinstance(value, bool):
        yield at("must provide a boolean", pointer)


def number(value: Any, pointer: str) -> Iterator[str]:
    """A number, as such or as a string of digits."""
    spelled = isinstance(value, str) and NUMBER.fullmatch(value)
    if isinstance(value, bool) or not (spelled or isinstance(value, int | float)):
        yield at("must provide a number", pointer)


def anything(value: Any, pointer: str) -> Iterator[str]:
    """Whatever it is, it is right: for parts whose rules are not ours to know."""
    yield from ()


def web_address(most: int = 3000) -> Check:
    """An http or https address of at most `most` characters."""
    plain = string(most)

    def check(value: Any, pointer: str) -> Iterator[str]:
        found = list(plain(value, pointer))
        if not found and not value.startswith(("http://", "https://")):
            found = [at("invalid url", pointer)]
        yield from found

    return check


def array(item: Check, most: int, least: int = 1) -> Check:
    """A list of `least` to `most` items."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield at("must provide an array", pointer)
            return
        if len(value) > most:
            yield at(f"no more than {most} items allowed", pointer)
        if len(value) < least:
            yield at(f"no fewer than {least} items required", pointer)
        for index, element in enumerate(value):
            yield from item(element, f"{pointer}/{index}")

    return check


def record(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """An object with these fields and no others; `type` is left to whoever chose this check."""
    fields = {**required, **(optional or {})}

    def check(value: Any, pointer: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield at("must provide an object", pointer)
            return
        for name in required:
            if value.get(name) is None:
                yield at(f"missing required field: {name}", pointer)
        for name, part in value.items():
            if name in fields and part is not None:
                yield from fields[name](part, f"{pointer}/{name}")
            elif name not in fields and name != "type":
                yield at(f"invalid additional property: {name}", pointer)

    return check


def by_type(kinds: Mapping[str, Check]) -> Check:
    """An object checked by what its `type` says; a type not listed is unsupported here."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield at("must provide an object", pointer)
            return
        kind = value.get("type")
        if kind is None:
            yield at("missing required field: type", pointer)
        elif not isinstance(kind, str) or kind not in kinds:
            yield at(f"unsupported type: {kind}", f"{pointer}/type")
        else:
            yield from kinds[kind](value, pointer)

    return check


def both(first: Check, second: Check) -> Check:
    """Two checks of the same value."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        yield from first(value, pointer)
        yield from second(value, pointer)

    return check


def some_of(*names: str) -> Check:
    """At least one of these fields."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        if isinstance(value, dict) and not any(value.get(name) is not None for name in names):
            yield at(f"must provide one of: {', '.join(names)}", pointer)

    return check


def exactly_one_of(*names: str) -> Check:
    """One of these fields, no more."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        if isinstance(value, dict) and sum(value.get(name) is not None for name in names) != 1:
            yield at(f"must provide exactly one of: {', '.join(names)}", pointer)

    return check
