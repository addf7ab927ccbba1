"""Parts of Loupe as processes of their own, on a data folder of the test's; each can be killed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.drop.places import Home

ROOT = Path(__file__).parents[2]
OURS = ("LOUPE_", "SLACK_", "AWS_")
STOP_SECONDS = 15.0


@dataclass
class House(Home):
    """A data folder with parts that run."""

    environment: dict[str, str] = field(default_factory=dict)
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, part: str, *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "loupe", part, "--data", str(self.data), *arguments]
        clean = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        known = {**clean, "PYTHONPATH": str(ROOT), **self.environment}
        with (self.data / f"{part}.log").open("ab") as log:
            process = subprocess.Popen(command, cwd=self.data, env=known, stdout=log, stderr=log)
        self.running.append(process)
        return process

    def log(self, part: str) -> str:
        return (self.data / f"{part}.log").read_text()

    def stop(self) -> None:
        for process in self.running:
            process.terminate()
        for process in self.running:
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def house(data: Path, **environment: str) -> Iterator[House]:
    """The house for as long as the block lasts."""
    home = House(data, environment=environment)
    try:
        yield home
    finally:
        home.stop()
