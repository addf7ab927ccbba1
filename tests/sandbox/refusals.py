"""How a test says that Slack refuses."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError


@contextlib.contextmanager
def refused(error: str) -> Iterator[dict[str, Any]]:
    """The call inside is refused with this error; the answer is in the dict afterwards."""
    answer: dict[str, Any] = {}
    with pytest.raises(SlackApiError) as caught:
        yield answer
    answer.update(caught.value.response.data)
    assert answer["ok"] is False
    assert answer["error"] == error
