"""How the Web API says no."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """A call that Slack answers with `ok: false`: the error's name and what goes beside it.

    Source: docs.slack.dev/apis/web-api, "Evaluating responses".
    """

    def __init__(self, error: str, **extra: Any) -> None:
        super().__init__(error)
        self.error = error
        self.extra = extra


class RateLimited(Exception):
    """A call that came too soon: HTTP 429 and Retry-After in whole seconds.

    Source: docs.slack.dev/apis/web-api/rate-limits.
    """

    def __init__(self, seconds: int) -> None:
        super().__init__(f"retry after {seconds} s")
        self.seconds = seconds


class Broken(Exception):
    """An injected failure of Slack itself: answered with this HTTP status and no JSON."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status
