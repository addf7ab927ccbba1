"""Event patterns: what lets a record through to a function.

docs.aws.amazon.com/lambda, "Control which events Lambda sends to your function" (invocation-eventfiltering),
"Using event filtering with a DynamoDB event source" (with-ddb-filtering): ``exists`` asks for leaves alone.
"""

from collections.abc import Mapping, Sequence
from typing import Any

_MISSING = object()


def wanted(filters: Sequence[Mapping[str, Any]], record: Mapping[str, Any]) -> bool:
    """Does one of the patterns match, or is there none?"""
    return not filters or any(matches(each, record) for each in filters)


def matches(pattern: Mapping[str, Any], record: Any) -> bool:
    """Every key of a pattern must match. Raises ``ValueError`` for a pattern that AWS would refuse."""
    for name, rule in pattern.items():
        value = record.get(name, _MISSING) if isinstance(record, Mapping) else _MISSING
        if isinstance(rule, Mapping):
            if not matches(rule, value):
                return False
        elif not isinstance(rule, list):
            raise ValueError(f"'{name}' must be compared with a list, not with {rule}.")
        elif not any(_holds(each, value) for each in rule):
            return False
    return True


def _holds(rule: Any, value: Any) -> bool:
    if not isinstance(rule, Mapping):
        return value is not _MISSING and value == rule
    ((word, given),) = rule.items()
    match word:
        case "exists":
            leaf = value is not _MISSING and not isinstance(value, Mapping)
            return leaf is given
        case "prefix":
            return isinstance(value, str) and value.startswith(given)
        case "suffix":
            return isinstance(value, str) and value.endswith(given)
        case "anything-but":
            return value is not _MISSING and value not in (given if isinstance(given, list) else [given])
    raise ValueError(f"No comparison '{word}'.")
