"""`loupe up` as a person runs it: a process of its own, connected to a sandbox or bringing its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.error import URLError
from urllib.request import urlopen

import psutil

from sandbox.config import SandboxConfig
from sandbox.testing import Control

LOUPE = (sys.executable, "-m", "loupe")
HOME = Path(__file__).parents[1]
READY_SECONDS = 60.0
END_SECONDS = 20.0
POLL_SECONDS = 0.05
OURS = ("LOUPE_", "SLACK_", "AWS_")
Found = TypeVar("Found")


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """This process's environment without any setting of Loupe's, and what is given."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    path = os.pathsep.join(p for p in (given.get("PYTHONPATH", ""), str(HOME)) if p)
    return {**clean, **given, "PYTHONPATH": path}


def slack(control: Control, config: SandboxConfig, *, socket_mode: bool = False) -> dict[str, str]:
    """The settings that connect Loupe to a sandbox."""
    found = {"SLACK_API_URL": control.api_url, "SLACK_BOT_TOKEN": config.bot_token}
    found["SLACK_SIGNING_SECRET"] = config.signing_secret
    return found | ({"SLACK_APP_TOKEN": config.app_token} if socket_mode else {})


def free_port() -> int:
    """A port that nobody listens on, nor on the one after it."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            try:
                second.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port


@dataclass
class Up:
    """A running `loupe up`."""

    process: subprocess.Popen[bytes]
    data: Path
    port: int
    log: Path

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def ready(self) -> bool:
        """Does it take requests?"""
        try:
            with urlopen(f"{self.url}/readyz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    def processes(self) -> list[psutil.Process]:
        """Every process of it, itself first."""
        top = psutil.Process(self.process.pid)
        return [top, *top.children(recursive=True)]

    def part(self, name: str) -> psutil.Process | None:
        """The process of one part: web, bot, worker, clock, sandbox."""
        return next((p for p in self.processes() if name == part_of(p)), None)

    def workers(self) -> list[psutil.Process]:
        """The processes in which actors run."""
        return [p for p in self.processes() if part_of(p) == "spawned"]

    def words(self) -> str:
        """Everything it has said."""
        return self.log.read_text("utf-8", "replace")

    def end(self) -> int:
        """Ask it to end; its exit status. Whatever does not end is ended."""
        family = self.processes() if self.process.poll() is None else []
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(END_SECONDS)
        finally:
            for left in family:
                kill(left)
            self.process.wait()


def kill(process: psutil.Process) -> bool:
    """End it as kill -9 does; False when it had ended before."""
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return False
    return True


def lives(process: psutil.Process) -> bool:
    """Is it still running?"""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def part_of(process: psutil.Process) -> str:
    """web, bot, worker, clock or sandbox; ``spawned`` for a process in which actors run; else empty."""
    try:
        line = process.cmdline()
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return ""
    if any("spawn_main" in word for word in line):
        return "spawned"
    return line[3] if line[1:3] == ["-m", "loupe"] and len(line) > 3 else ""


@contextmanager
def up(folder: Path, settings: Mapping[str, str], arguments: Sequence[str] = ()) -> Iterator[Up]:
    """`loupe up` on a free port with its data below ``folder``, ready to take requests."""
    port, log = free_port(), folder / "log.jsonl"
    data = Path(settings.get("LOUPE_DATA", folder / "data"))
    command = [*LOUPE, "up", "--port", str(port), "--data", str(data), *arguments]
    with log.open("ab") as out:
        process = subprocess.Popen(command, cwd=folder, env=environment(settings), stdout=out, stderr=out)
    running = Up(process, data, port, log)
    try:
        until(lambda: running.ready() or process.poll() is not None, READY_SECONDS, "loupe up is not ready")
        if process.poll() is not None:
            raise RuntimeError(f"loupe up ended with status {process.returncode}:\n{running.words()}")
        yield running
    finally:
        running.end()


@contextmanager
def connected(
    folder: Path,
    control: Control,
    config: SandboxConfig,
    settings: Mapping[str, str] | None = None,
    *,
    socket_mode: bool = False,
) -> Iterator[Up]:
    """`loupe up` that takes everything the sandbox sends, over HTTP or Socket Mode."""
    with up(folder, slack(control, config, socket_mode=socket_mode) | dict(settings or {})) as running:
        if socket_mode:
            control.wait(lambda c: c.state()["sockets"], READY_SECONDS)
        else:
            control.call("request_url", url=f"{running.url}/slack/events")
        yield running


def until(look: Callable[[], Found], seconds: float, what: str) -> Found:
    """Look again and again until there is something; ``TimeoutError`` after so many seconds."""
    last = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() > last:
            raise TimeoutError(f"{what} after {seconds:.0f} s")
        time.sleep(POLL_SECONDS)
    return found
