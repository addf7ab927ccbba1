"""Cursor pagination. Source: docs.slack.dev/apis/web-api/pagination."""

from __future__ import annotations

import base64
from typing import TypeVar

from sandbox.api.call import Call
from sandbox.refusal import Refusal

Item = TypeVar("Item")


def page(call: Call, items: list[Item], default: int, most: int = 999) -> tuple[list[Item], str]:
    """The part of `items` that `cursor` and `limit` ask for, and the next cursor (empty at the end)."""
    size = max(1, min(most, call.number("limit", default)))
    start = _offset(call.text("cursor"))
    rest = start + size < len(items)
    return items[start : start + size], _cursor(start + size) if rest else ""


def _cursor(offset: int) -> str:
    return base64.b64encode(f"next:{offset}".encode()).decode()


def _offset(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        offset = int(base64.b64decode(cursor, validate=True).decode().removeprefix("next:"))
    except ValueError:
        raise Refusal("invalid_cursor") from None
    if offset < 0:
        raise Refusal("invalid_cursor")
    return offset
