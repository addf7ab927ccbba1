"""The upload site as processes of its own: a web part and a worker on a fresh data folder."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path

from playwright.sync_api import BrowserContext

from loupe import settings
from loupe import visits as people
from loupe.ground import Ground, ground

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data"
READY_SECONDS, STOP_SECONDS = 60.0, 15.0


@dataclass
class UploadSite:
    """A site on a port of its own; its parts can be killed and started again."""

    data: Path
    port: int
    environment: dict[str, str] = field(default_factory=dict)
    parts: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def base(self) -> Ground:
        return ground(settings.load(data=self.data, port=self.port))

    def start(self, part: str, *arguments: str) -> None:
        command = [sys.executable, "-m", "loupe", part, "--data", str(self.data), *arguments]
        known = {**os.environ, "PYTHONPATH": str(ROOT), "LOUPE_PORT": str(self.port), **self.environment}
        with (self.data / f"{part}.log").open("ab") as log:
            self.parts[part] = subprocess.Popen(command, cwd=self.data, env=known, stdout=log, stderr=log)

    def start_web(self) -> None:
        self.start("web", "--port", str(self.port))
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until:
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=2):
                    return
            except (OSError, HTTPException):
                time.sleep(0.05)
        raise AssertionError((self.data / "web.log").read_text())

    def kill(self, part: str) -> None:
        """As kill -9 does."""
        self.parts[part].kill()
        self.parts.pop(part).wait()

    def sign_in(self, context: BrowserContext, mailbox: str = "ana@example.org") -> str:
        """Let a browser in without a letter; the visitor's id."""
        known = people.visitors(self.base)
        visitor = next((each for each in known.all() if each.mailbox == mailbox), None)
        visitor = visitor or known.by_link(known.ask(mailbox, mailbox).token)
        assert visitor
        visits = people.visits(self.base)
        value = visits.cookie_for(visitor)
        context.add_cookies([{"name": visits.cookie, "value": value, "url": self.url}])
        return visitor.id

    def log(self, part: str = "web") -> str:
        return (self.data / f"{part}.log").read_text()

    def stop(self) -> None:
        for process in self.parts.values():
            process.terminate()
        for process in self.parts.values():
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def web_part(data: Path, **environment: str) -> Iterator[UploadSite]:
    """The site without a worker: pictures enter the ledger and stay as they came."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    site = UploadSite(data, port, environment)
    try:
        site.start_web()
        yield site
    finally:
        site.stop()


@contextmanager
def upload_site(data: Path, **environment: str) -> Iterator[UploadSite]:
    """The site with a worker, for as long as the block lasts."""
    with web_part(data, **environment) as site:
        site.start("worker", "--workers", "1")
        yield site
