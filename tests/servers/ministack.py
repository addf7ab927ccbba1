"""MiniStack: SNS and SQS on loopback, in a process of its own and an environment of its own (.ci/tools)."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import boto3
import pytest

from tests.servers.needed import BIN, need

PYTHON = BIN / "python"
SDK = BIN.parents[1] / "node" / "node_modules"
"""What Lambda's Node runtime carries (.ci/tools)."""
START_SECONDS = 30.0
REGION, ACCOUNT = "eu-west-1", "000000000000"
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": REGION}


@dataclass(frozen=True)
class MiniStack:
    """A running MiniStack."""

    url: str

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which every client of a process asks it."""
        return KEYS | {"AWS_ENDPOINT_URL": self.url, "AWS_REGION": REGION}

    @contextmanager
    def clients(self) -> Iterator[None]:
        """While this lasts, every client of this process asks it."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.environment.items():
                patch.setenv(name, value)
            yield

    def client(self, service: str) -> Any:
        """A boto3 client of a service; never asks anybody but MiniStack."""
        return boto3.session.Session().client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )


@contextmanager
def ministack(folder: Path, **more: str) -> Iterator[MiniStack]:
    """MiniStack on a free port, its state and log below ``folder``; functions inherit ``more`` variables.

    Functions in Node find the SDK of their runtime, because their code is unpacked below ``folder``, too.
    """
    need(PYTHON)
    (folder / "node_modules").symlink_to(SDK)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    given = {
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": "127.0.0.1",
        "MINISTACK_REGION": REGION,
        "STATE_DIR": str(folder / "state"),
        "S3_DATA_DIR": str(folder / "s3"),
        "TMPDIR": str(folder),
    }
    clean = {n: v for n, v in os.environ.items() if not n.startswith(("AWS_", "LOUPE_")) and "proxy" not in n}
    with (folder / "ministack.log").open("wb") as log:
        process = subprocess.Popen(
            [PYTHON, "-m", "ministack"], cwd=folder, env=clean | given | more, stdout=log, stderr=log
        )
        try:
            _ready(f"http://127.0.0.1:{port}", process)
            yield MiniStack(f"http://127.0.0.1:{port}")
        finally:
            process.kill()
            process.wait()


def _ready(url: str, process: "subprocess.Popen[bytes]") -> None:
    direct, until = build_opener(ProxyHandler({})), time.monotonic() + START_SECONDS
    while True:
        try:
            with direct.open(f"{url}/_ministack/health", timeout=2):
                return
        except (URLError, OSError):
            assert process.poll() is None, "MiniStack ended"
            assert time.monotonic() < until, "MiniStack does not answer"
            time.sleep(0.05)
