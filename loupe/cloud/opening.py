"""What an execution environment opens once, and anew when a secret was changed."""

from contextlib import suppress
from typing import Any, Protocol

from loupe import settings
from loupe.cloud import lines
from loupe.cloud.ground import Cloud, cloud
from loupe.cloud.secrets import renewed
from pipeline.adapters.aws_client import client
from pipeline.errors import LoupeError

Event = dict[str, Any]
"""What a function is called with, and what it answers."""


class Context(Protocol):
    """What Lambda tells a function about its invocation."""

    aws_request_id: str
    function_name: str
    invoked_function_arn: str
    memory_limit_in_mb: int

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the function is stopped."""


@renewed
def base() -> Cloud:
    """The ground that the environment names. Raises ``Misconfigured``, ``Unavailable``."""
    lines.start()
    return cloud(settings.load())


def ready() -> None:
    """Open what every function needs, while Lambda starts it with more processor than it has later.

    What fails here is tried again with the first event, which has somebody to tell.
    """
    with suppress(LoupeError):
        client("dynamodb")
        base()


def name(context: Context) -> str:
    """What a function calls itself when it claims something."""
    return f"{context.function_name}.{context.aws_request_id}"


def left(context: Context) -> float:
    """Seconds until the function is stopped."""
    return context.get_remaining_time_in_millis() / 1000
