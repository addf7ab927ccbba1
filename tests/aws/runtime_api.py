"""Lambda's side of a function: its Runtime API on loopback, before the official runtime client.

Each execution environment is a process of its own, `python -m awslambdaric HANDLER`, with a server of its
own, as AWS describes it in "Using the Lambda runtime API for custom runtimes" (runtimes-api), "Understanding
the Lambda execution environment lifecycle" (lambda-runtime-environment) and "Lambda quotas". The server needs
no thread: an environment only ever speaks while it starts and while it is invoked.
"""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from signal import Signals
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any, Self
from uuid import uuid4

ROOT = Path(__file__).parents[2]
API = "/2018-06-01/runtime"
INIT_SECONDS = 60.0
"""AWS gives 10 s; a machine that tests share may need more."""
LARGEST_EVENT = 6 << 20
"""Bytes of a synchronous invocation's event and of its result."""
REGION, ACCOUNT = "eu-west-1", "000000000000"
KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "LD_LIBRARY_PATH", "VIRTUAL_ENV")
"""What an environment takes over from this process; all else is given."""


class Throttled(Exception):
    """429 TooManyRequestsException: as many environments as the function may have are at work."""


@dataclass(frozen=True)
class Fault:
    """How an invocation failed, in the words in which AWS reports it."""

    type: str
    message: str

    @property
    def killed(self) -> bool:
        """The environment went with it."""
        return self.type.startswith(("Runtime.", "Sandbox."))


@dataclass(frozen=True)
class Answer:
    """What one invocation came to."""

    result: Any
    """The handler's own result; None where there is a fault."""
    fault: Fault | None
    ms: float
    """From the event's leaving to the last byte of the answer, without the start of a cold environment."""
    init_ms: float
    """From the start of the environment's process to its first question; 0 where it was warm."""
    lines: tuple[str, ...]
    """What was written to stdout and stderr meanwhile."""

    @property
    def cold(self) -> bool:
        """A new environment was started for it."""
        return self.init_ms > 0

    @property
    def metrics(self) -> list[dict[str, Any]]:
        """The lines in CloudWatch's embedded metric format."""
        found = [json.loads(line) for line in self.lines if line.startswith("{") and '"_aws"' in line]
        return [each for each in found if "CloudWatchMetrics" in each["_aws"]]


@dataclass(frozen=True)
class _Request:
    method: str
    path: str
    body: bytes


class _Connection:
    """One of the runtime client's connections."""

    def __init__(self, made: socket.socket) -> None:
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket, self._read = made, bytearray()

    def receive(self) -> bool:
        """Take in what came; False at its end."""
        with suppress(ConnectionError):
            came = self.socket.recv(1 << 16)
            self._read += came
            return bool(came)
        return False

    def request(self) -> _Request | None:
        """The next whole request."""
        head, end, body = bytes(self._read).partition(b"\r\n\r\n")
        if not end:
            return None
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {n.lower(): v.strip() for n, _, v in (line.partition(":") for line in lines)}
        length = int(headers.get("content-length", "0"))
        if len(body) < length:
            return None
        del self._read[: len(head) + 4 + length]
        method, path, _ = first.split(" ")
        return _Request(method, path, body[:length])

    def answer(self, status: str, headers: Mapping[str, str], body: bytes = b"") -> None:
        """One write for the whole of it."""
        lines = [f"HTTP/1.1 {status}", *(f"{n}: {v}" for n, v in headers.items())]
        head = "\r\n".join([*lines, "Content-Type: application/json", f"Content-Length: {len(body)}", "", ""])
        with suppress(ConnectionError):
            self.socket.sendall(head.encode() + body)


class Environment:
    """One execution environment: a process, and the server that it asks for work."""

    def __init__(self, handler: str, env: Mapping[str, str], memory: int, log: Path) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self._look = DefaultSelector()
        self._look.register(self._server, EVENT_READ)
        self._waiting: _Connection | None = None
        """The connection on which it asked for its next event."""
        self.began = time.perf_counter()
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "awslambdaric", handler], cwd=ROOT, stdout=out, stderr=out,
                env=self._environment(handler, env, memory), start_new_session=True,
            )  # fmt: skip
        self._log = log.open("rb")
        self._pid = os.pidfd_open(self.process.pid)
        self._look.register(self._pid, EVENT_READ)

    def _environment(self, handler: str, env: Mapping[str, str], memory: int) -> dict[str, str]:
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        host, port = self._server.getsockname()
        return (
            kept
            | {"AWS_LAMBDA_RUNTIME_API": f"{host}:{port}", "_HANDLER": handler, "LAMBDA_TASK_ROOT": str(ROOT)}
            | {
                "AWS_LAMBDA_FUNCTION_NAME": handler.replace(".", "-"),
                "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            }
            | {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(memory), "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand"}
            | {"AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION, "TZ": ":UTC", "PYTHONPATH": str(ROOT)}
            | dict(env)
        )

    def start(self) -> Fault | None:
        """Wait until it asks for work."""
        request = self._next(time.monotonic() + INIT_SECONDS)
        if request is None:
            return self.ended() or Fault("Sandbox.Timedout", f"Init did not end in {INIT_SECONDS:.0f} s")
        if request.path == f"{API}/invocation/next":
            return None
        said = json.loads(request.body)
        self.kill()
        return Fault(said.get("errorType", "Runtime.Unknown"), said.get("errorMessage", ""))

    def invoke(self, event: bytes, name: str, timeout: float, kill_after: float | None) -> Any:
        """The result or the ``Fault`` of one event; after some faults the environment is gone."""
        assert self._waiting is not None, "not started"
        identity, until = str(uuid4()), time.monotonic() + timeout
        headers = {
            "Lambda-Runtime-Aws-Request-Id": identity,
            "Lambda-Runtime-Deadline-Ms": str(int((time.time() + timeout) * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}",
            "Lambda-Runtime-Trace-Id": f"Root=1-{int(time.time()):08x}-{uuid4().hex[:24]};Sampled=0",
        }
        killed_at = time.monotonic() + kill_after if kill_after is not None else until
        self._waiting.answer("200 OK", headers, event)
        self._waiting, asked = None, f"{API}/invocation/{identity}"
        request = self._next(min(until, killed_at))
        if request is None and (fault := self.ended()):
            return fault
        if request is None:
            self.kill()
            if killed_at < until:
                return Fault(
                    "Runtime.ExitError", f"RequestId: {identity} Error: Runtime exited: signal: killed"
                )
            words = f"RequestId: {identity} Error: Task timed out after {timeout:.2f} seconds"
            return Fault("Sandbox.Timedout", words)
        if request.path == f"{asked}/response":
            return json.loads(request.body)
        assert request.path == f"{asked}/error", request.path
        said = json.loads(request.body)
        return Fault(said["errorType"], said["errorMessage"])

    def ready(self) -> bool:
        """Has it asked for its next event, or does so within a second?"""
        if self._waiting is None:
            self._next(time.monotonic() + 1.0)
        return self._waiting is not None

    def ended(self) -> Fault | None:
        """How its process ended, if it did."""
        if (status := self.process.poll()) is None:
            return None
        words = f"signal: {Signals(-status).name}" if status < 0 else f"exit status {status}"
        return Fault("Runtime.ExitError", f"Runtime exited with error: {words}")

    def lines(self) -> tuple[str, ...]:
        """What it wrote since this was asked last."""
        return tuple(self._log.read().decode("utf-8", "replace").splitlines())

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        self.process.kill()
        self.process.wait()

    def close(self) -> None:
        """Kill it and let go of everything."""
        self.kill()
        for key in list(self._look.get_map().values()):
            if isinstance(key.data, _Connection):
                key.data.socket.close()
        self._look.close()
        self._server.close()
        self._log.close()
        os.close(self._pid)

    def _next(self, until: float) -> _Request | None:
        """Its next request, answered unless it asks for work; None when it ended, or the time is over."""
        while (left := until - time.monotonic()) > 0:
            ready = {key.fileobj: key.data for key, _ in self._look.select(left)}
            if self._server in ready:
                connection = _Connection(self._server.accept()[0])
                self._look.register(connection.socket, EVENT_READ, connection)
            for connection in filter(None, ready.values()):
                if not connection.receive():
                    self._look.unregister(connection.socket)
                    connection.socket.close()
                elif request := connection.request():
                    return self._answered(connection, request)
            if ready.keys() == {self._pid}:
                self.process.wait()
                return None
        return None

    def _answered(self, connection: _Connection, request: _Request) -> _Request:
        if request.method == "GET":
            assert request.path == f"{API}/invocation/next", request.path
            self._waiting = connection
        else:
            connection.answer("202 Accepted", {}, b'{"status":"OK"}')
        return request


@dataclass
class Function:
    """A function as Lambda keeps it: as many environments as are needed at once, up to ``concurrency``.

    ``env`` is its environment, ``timeout`` seconds, ``memory`` MB (told, not enforced). Threads may share it.
    """

    handler: str
    env: Mapping[str, str] = field(default_factory=dict)
    timeout: float = 3.0
    memory: int = 128
    concurrency: int = 1000
    name: str = ""
    starts: int = 0
    """Environments started so far."""

    def __post_init__(self) -> None:
        self.name = self.name or self.handler.replace(".", "-")
        self._folder = TemporaryDirectory(prefix="loupe-function-")
        self._idle: list[Environment] = []
        self._busy: list[Environment] = []
        self._lock = Lock()

    def invoke(self, event: object, *, kill_after: float | None = None) -> Answer:
        """Run the handler on an event; ``kill_after``: SIGKILL so many seconds after it got it.

        Raises ``Throttled`` where ``concurrency`` is reached.
        """
        body = json.dumps(event).encode()
        assert len(body) <= LARGEST_EVENT
        environment, cold = self._taken()
        init_ms, result = 0.0, None
        try:
            if cold:
                result = environment.start()
                init_ms = (time.perf_counter() - environment.began) * 1000
            began = time.perf_counter()
            if result is None:
                result = environment.invoke(body, self.name, self.timeout, kill_after)
            ms = (time.perf_counter() - began) * 1000
            lines = environment.lines()
        finally:
            self._back(environment)
        fault = result if isinstance(result, Fault) else None
        return Answer(None if fault else result, fault, ms, init_ms, lines)

    def pids(self) -> list[int]:
        """The processes of the environments that are there."""
        with self._lock:
            return [each.process.pid for each in (*self._idle, *self._busy) if each.process.poll() is None]

    def cpu(self) -> float:
        """Seconds of processor time that its living environments have taken."""
        ticks = 0
        for pid in self.pids():
            with suppress(OSError):
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def memory_used(self) -> float:
        """MB of the largest of its living environments, at its largest."""
        most = 0
        for pid in self.pids():
            with suppress(OSError, StopIteration):
                lines = Path(f"/proc/{pid}/status").read_text().splitlines()
                most = max(most, int(next(line for line in lines if line.startswith("VmHWM")).split()[1]))
        return most / 1024

    def close(self) -> None:
        """End its environments."""
        with self._lock:
            ending, self._idle, self._busy = [*self._idle, *self._busy], [], []
        for each in ending:
            each.close()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _taken(self) -> tuple[Environment, bool]:
        with self._lock:
            while self._idle:
                environment = self._idle.pop()
                if environment.ended() or not environment.ready():
                    environment.close()
                    continue
                self._busy.append(environment)
                return environment, False
            if len(self._busy) >= self.concurrency:
                raise Throttled(f"{self.name}: Rate Exceeded.")
            self.starts += 1
            log = Path(self._folder.name) / f"{self.starts}.log"
            environment = Environment(self.handler, self.env, self.memory, log)
            self._busy.append(environment)
            return environment, True

    def _back(self, environment: Environment) -> None:
        with self._lock:
            if environment not in self._busy:
                return
            self._busy.remove(environment)
            if environment.ended() is None:
                self._idle.append(environment)
                return
        environment.close()
