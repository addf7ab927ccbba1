"""Results as JSON text and back, by the name of their class."""

from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from pipeline.errors import Unknown
from pipeline.results import Result

_adapters: dict[type[Result], TypeAdapter[Any]] = {}


def kind(result: Result) -> str:
    """The name under which a result is kept."""
    return type(result).__name__


def dump(result: Result) -> str:
    """A result as JSON text; times as ISO 8601, tuples as arrays."""
    return _adapter(type(result)).dump_json(result).decode()


def load(name: str, body: str) -> Result:
    """The result that ``dump`` wrote. Raises ``Unknown`` for a class that is not (or no longer) like that."""
    found = _class(name)
    try:
        result: Result = _adapter(found).validate_json(body)
    except ValidationError as fault:
        first = fault.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise Unknown(
            f"The ledger holds a {name} that this version of Loupe cannot read: {where}: {first['msg']}."
        ) from None
    return result


def _adapter(found: type[Result]) -> TypeAdapter[Any]:
    if found not in _adapters:
        _adapters[found] = TypeAdapter(found)
    return _adapters[found]


@cache
def _class(name: str) -> type[Result]:
    pending = [Result]
    while pending:
        found = pending.pop()  # the newest first: slots=True leaves an older class of the same name behind
        if found.__name__ == name and found is not Result:
            return found
        pending += found.__subclasses__()
    raise Unknown(
        f"The ledger holds a result of the kind '{name}', which this version of Loupe does not know."
    )
