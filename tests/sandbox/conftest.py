"""A running sandbox and a real slack_sdk client for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings
from slack_sdk import WebClient

from sandbox.config import SandboxConfig
from sandbox.testing import Control, running
from tests.sandbox.recorder import Recorder, recording

settings.register_profile("shared CPU", deadline=None)
settings.load_profile("shared CPU")

QUICK = SandboxConfig(retry_delays=(0.05, 0.05, 0.05), ack_seconds=1.0, share_seconds=0.02)


@pytest.fixture(scope="module")
def shared() -> Iterator[Control]:
    """One sandbox for a module whose tests do not get in each other's way."""
    with running(SandboxConfig(enforce_rates=False, share_seconds=0.02)) as control:
        yield control


@pytest.fixture
def sandbox() -> Iterator[Control]:
    """A sandbox of the test's own, quick to retry."""
    with running(QUICK) as control:
        yield control


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with recording() as recorder:
        yield recorder


@pytest.fixture
def wired(sandbox: Control, recorder: Recorder) -> Control:
    """The sandbox with the recorder as its app's Request URL."""
    assert sandbox.call("request_url", url=recorder.url)["verified"]
    return sandbox


def bot(control: Control, token: str = "xoxb-sandbox-bot") -> WebClient:
    return WebClient(token=token, base_url=control.api_url)


@pytest.fixture
def client(request: pytest.FixtureRequest) -> WebClient:
    """The bot's client: of the test's own sandbox where it has one, else of the module's."""
    name = "sandbox" if "sandbox" in request.fixturenames else "shared"
    return bot(request.getfixturevalue(name))


@pytest.fixture
def admin(request: pytest.FixtureRequest) -> WebClient:
    """An admin's client, with a user token."""
    name = "sandbox" if "sandbox" in request.fixturenames else "shared"
    return bot(request.getfixturevalue(name), "xoxp-sandbox-admin")
