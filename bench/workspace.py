"""A sandbox workspace with many channels, in a thread of this process, whose state can be counted cheaply."""

import contextlib
import socket
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from bench.running import until
from sandbox.config import SandboxConfig
from sandbox.model import Message
from sandbox.room import Room
from sandbox.server import server
from sandbox.testing import Control
from sandbox.workspace import BOT

START_SECONDS = 10.0
END_SECONDS = 10.0
RETRIES = (0.2, 1.0, 5.0, 15.0, 30.0)
"""Slack waits about 0, 60 and 300 s; here so much sooner, since parts are back sooner."""
LOOKING = "Looking at"
"""How a card begins that is not the verdict yet."""


@dataclass(frozen=True)
class Workspace:
    """A running workspace: its control client, and the room behind it for counting."""

    slack: Control
    config: SandboxConfig
    room: Room
    channels: Sequence[str]

    def threads(self) -> dict[str, list[Message]]:
        """Loupe's messages, by the message that they answer."""
        found: dict[str, list[Message]] = {}
        for channel in self.channels:
            for message in self._messages(channel):
                if message.user == BOT and message.thread_ts:
                    found.setdefault(message.thread_ts, []).append(message)
        return found

    def cards(self) -> dict[str, list[Message]]:
        """Those of them that say a verdict."""
        every = {
            ts: [m for m in said if not m.text.startswith(LOOKING)] for ts, said in self.threads().items()
        }
        return {ts: said for ts, said in every.items() if said}

    def _messages(self, channel: str) -> list[Message]:
        while True:
            try:
                return list(self.room.workspace.channels[channel].messages.values())
            except RuntimeError:  # the server's thread has just added one
                continue


@contextlib.contextmanager
def workspace(channels: int, config: SandboxConfig | None = None) -> Iterator[Workspace]:
    """A workspace with so many channels, Loupe a member of each, for the length of a `with`."""
    config = config or SandboxConfig(retry_delays=RETRIES)
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    port = listener.getsockname()[1]
    runner = server(config, port)
    room: Room = cast(Any, runner.config.app).state.room
    everyone = {user.id for user in room.workspace.people()} | {BOT}
    ids = [f"C0BENCH{n:03}" for n in range(channels)]
    for id in ids:
        room.workspace.add_channel(id, id.lower(), "channel", everyone)
    thread = threading.Thread(target=runner.run, kwargs={"sockets": [listener]}, name="sandbox", daemon=True)
    thread.start()
    until(lambda: runner.started, START_SECONDS, "the sandbox is not ready")
    try:
        yield Workspace(Control(f"http://127.0.0.1:{port}"), config, room, ids)
    finally:
        runner.should_exit = True
        thread.join(END_SECONDS)
        listener.close()
