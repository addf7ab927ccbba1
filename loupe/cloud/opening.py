"""What an execution environment opens once, and anew when a secret was changed."""

import os
from functools import cache
from typing import Any, Protocol

from loupe import logs, settings
from loupe.cloud.ground import Cloud, cloud
from loupe.cloud.secrets import Secrets

Event = dict[str, Any]
"""What a function is called with, and what it answers."""
_secrets = Secrets(os.environ)


class Context(Protocol):
    """What Lambda tells a function about its invocation."""

    aws_request_id: str
    function_name: str

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the function is stopped."""


def base() -> Cloud:
    """The ground, with today's secrets. What is kept beside it is kept per ground: it may be another one."""
    if _secrets.fill():
        _opened.cache_clear()
    return _opened()


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
