"""One running sandbox: its state, its switches and the ways out to the app and to open pages."""

from __future__ import annotations

import time
from collections import deque

from sandbox.config import SandboxConfig
from sandbox.delivery.post_office import PostOffice
from sandbox.feed import Feed
from sandbox.interactions.hooks import Hooks
from sandbox.interactions.offered import Offered
from sandbox.interactions.triggers import Triggers
from sandbox.model import Json
from sandbox.rates import Injections, Rates
from sandbox.switches import Switches
from sandbox.workspace import Workspace


class Room:
    """Everything one sandbox consists of; handed to every method, interaction and control call.

    `calls` is a journal of the latest 5,000 Web API calls: method, ok, error, ms since the start, arguments
    that a test asks about (never the token).
    """

    def __init__(self, config: SandboxConfig) -> None:
        self.config = config
        self.workspace = Workspace(config)
        self.switches = Switches(strip_exif=config.strip_exif, enforce_rates=config.enforce_rates)
        self.rates = Rates()
        self.injections = Injections()
        self.feed = Feed()
        self.triggers = Triggers(config.trigger_seconds)
        self.hooks = Hooks(config)
        self.offered = Offered()
        self.post_office = PostOffice(config, self.switches)
        self.calls: deque[Json] = deque(maxlen=5000)
        self.counted = 0
        self._started = time.monotonic()

    def note_call(self, method: str, error: str, arguments: Json) -> None:
        """Write one Web API call into the journal."""
        self.counted += 1
        kept = {name: value for name, value in arguments.items() if name != "token"}
        at = round((time.monotonic() - self._started) * 1000)
        self.calls.append({"method": method, "ok": not error, "error": error, "at_ms": at, "arguments": kept})

    def changed(self, channel: str) -> None:
        """Tell open pages that this channel looks different now."""
        self.feed.publish({"type": "channel", "channel": channel})
