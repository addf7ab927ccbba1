"""A sandbox for tests: in a thread of its own, on a free port, with a small client of its control API."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from sandbox.config import SandboxConfig
from sandbox.model import Json
from sandbox.outbound import send
from sandbox.server import server

START_SECONDS = 10.0
Found = TypeVar("Found")


class ControlError(Exception):
    """A control call that was refused; `error` is the refusal's name."""

    def __init__(self, answer: Json) -> None:
        super().__init__(str(answer))
        self.error = str(answer.get("error", ""))


class Control:
    """A client of the control API at `url`; every method waits for its answer. Usable from any thread."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.api_url = f"{url}/api/"

    def call(self, name: str, /, **body: Any) -> Json:
        """POST /sandbox/{name} with a JSON body; ControlError where it was refused."""
        return self._send(name, json.dumps(body).encode(), "application/json")

    def post(
        self,
        *files: tuple[str, bytes],
        channel: str = "C0PICTURES",
        user: str = "U0ADALOVE1",
        text: str = "",
        thread_ts: str = "",
    ) -> Json:
        """Post as a person: (name, bytes) of files, words, or both. Answers channel, ts, files, message."""
        fields = {"channel": channel, "user": user, "text": text, "thread_ts": thread_ts}
        body, content_type = multipart(fields, files)
        return self._send("post", body, content_type)

    def state(self) -> Json:
        """Everything there is to see, as /sandbox/state answers it."""
        return self._get("state")

    def summary(self) -> Json:
        """Numbers alone, quick however much was posted: under_way, sockets, calls, messages by channel."""
        return self._get("summary")

    def messages(self, channel: str = "C0PICTURES", since: str = "") -> list[Json]:
        """A channel's messages (from a timestamp on), oldest first, threads included."""
        found: list[Json] = self._get(f"messages/{channel}?since={since}")["messages"]
        return found

    def thread(self, ts: str, channel: str = "C0PICTURES") -> list[Json]:
        """The replies to a message."""
        return [m for m in self.messages(channel, since=ts) if m.get("thread_ts") == ts and m["ts"] != ts]

    def ephemeral(self, channel: str = "C0PICTURES") -> list[Json]:
        """What only one person sees in a channel; `only_for` says who."""
        found: list[Json] = self._get(f"messages/{channel}")["ephemeral"]
        return found

    def calls(self, method: str) -> list[Json]:
        """The journal of this Web API method."""
        found: list[Json] = self._get(f"calls/{method}")["calls"]
        return found

    def wait(self, look: Callable[[Control], Found], seconds: float = 10.0) -> Found:
        """Look again and again until there is something; AssertionError after `seconds`."""
        until = time.monotonic() + seconds
        while not (found := look(self)):
            if time.monotonic() > until:
                raise AssertionError(f"nothing within {seconds} s: last saw {found!r}")
            time.sleep(0.02)
        return found

    def settled(self, seconds: float = 20.0) -> None:
        """Wait until no delivery is under way."""
        self.wait(lambda control: control.summary()["under_way"] == 0, seconds)

    def _get(self, path: str) -> Json:
        answer: Json = send("GET", f"{self.url}/sandbox/{path}", b"", {}, 30).json()
        return answer

    def _send(self, name: str, body: bytes, content_type: str) -> Json:
        answer = send("POST", f"{self.url}/sandbox/{name}", body, {"Content-Type": content_type}, 60)
        parsed: Json = answer.json()
        if answer.status != 200:
            raise ControlError(parsed)
        return parsed


def multipart(fields: Mapping[str, str], files: tuple[tuple[str, bytes], ...]) -> tuple[bytes, str]:
    """A multipart/form-data body, each file as a part `file`, and its content type."""
    edge = uuid.uuid4().hex
    parts = []
    for name, value in fields.items():
        parts.append(f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode())
    for name, data in files:
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{quoted}"\r\n\r\n'
        parts.append(head.encode() + data + b"\r\n")
    return b"".join(parts) + f"--{edge}--\r\n".encode(), f"multipart/form-data; boundary={edge}"


@contextlib.contextmanager
def running(config: SandboxConfig | None = None) -> Iterator[Control]:
    """A running sandbox for the length of a `with`; yields its client."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    runner = server(config or SandboxConfig(), port)
    thread = threading.Thread(target=runner.run, kwargs={"sockets": [listener]}, name="sandbox", daemon=True)
    thread.start()
    until = time.monotonic() + START_SECONDS
    while not runner.started:
        if not thread.is_alive() or time.monotonic() > until:
            raise RuntimeError("the sandbox did not start")
        time.sleep(0.005)
    try:
        yield Control(f"http://127.0.0.1:{port}")
    finally:
        runner.should_exit = True
        thread.join(10)
        listener.close()
