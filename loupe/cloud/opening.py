"""What an execution environment opens once, and anew when a secret was changed."""

import os
from collections.abc import Callable
from functools import cache
from typing import Any, Generic, Protocol, TypeVar

from loupe import logs, settings
from loupe.cloud.ground import Cloud, cloud
from loupe.cloud.secrets import Secrets

Event = dict[str, Any]
"""What a function is called with, and what it answers."""
Made = TypeVar("Made")
_secrets = Secrets(os.environ)


class Context(Protocol):
    """What Lambda tells a function about its invocation."""

    aws_request_id: str
    function_name: str

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the function is stopped."""


def base() -> Cloud:
    """The ground, with today's secrets: another one once they were changed."""
    if _secrets.fill():
        _opened.cache_clear()
    return _opened()


class Once(Generic[Made]):
    """What is made once on each ground, when it is first asked for."""

    def __init__(self, make: Callable[[Cloud], Made]) -> None:
        self._make = make
        self._on: Cloud | None = None

    def __call__(self) -> Made:
        """It. Raises what ``base`` and the making raise."""
        ground = base()
        if ground is not self._on:
            self._made, self._on = self._make(ground), ground
        return self._made


def name(context: Context) -> str:
    """What a function calls itself when it claims something."""
    return f"{context.function_name}.{context.aws_request_id}"


def left(context: Context) -> float:
    """Seconds until the function is stopped."""
    return context.get_remaining_time_in_millis() / 1000


@cache
def _opened() -> Cloud:
    logs.start_part()
    return cloud(settings.load())
