"""JSON as Slack takes it: nothing that could not be sent back again.

Python's reader lets pass what its writer, and every browser, then refuses: NaN, half a surrogate pair, and
arrays nested a thousand deep. One such message would make its whole channel unreadable.
"""

from __future__ import annotations

import json
from typing import Any

DEEPEST = 60
"""Levels; a table of rich text inside a container, the deepest that Block Kit knows, has about 20."""


def read_json(raw: bytes | str) -> Any:
    """The value; ValueError for what is no JSON, or none that can be answered with."""
    try:
        value = json.loads(raw, parse_constant=_no_number)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if _deeper(value, DEEPEST):
        raise ValueError("nested too deeply")
    json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    return value


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")


def _deeper(value: Any, levels: int) -> bool:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels < 0 or any(_deeper(part, levels - 1) for part in inside)
