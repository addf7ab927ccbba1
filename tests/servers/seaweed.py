"""SeaweedFS: an S3 server on loopback that checks every signature, in a process of its own (.ci/tools)."""

import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tests.servers.needed import BIN, need

PROGRAM = BIN / "weed"
START_SECONDS = 60.0
REGION, ACCESS, SECRET = "eu-west-1", "loupe-tests", "no secret at all"
IDENTITY = {
    "name": "loupe",
    "credentials": [{"accessKey": ACCESS, "secretKey": SECRET}],
    "actions": ["Admin", "Read", "Write", "List", "Tagging"],
}
BUCKET = "inbox"
"""Made at the start."""
SERVICES = ("master", "volume", "filer", "s3")


@dataclass(frozen=True)
class Seaweed:
    """A running SeaweedFS."""

    url: str

    @property
    def environment(self) -> dict[str, str]:
        """The settings by which boto3 finds it, and nothing else."""
        return {
            "AWS_ENDPOINT_URL_S3": self.url,
            "AWS_ACCESS_KEY_ID": ACCESS,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_DEFAULT_REGION": REGION,
        }

    def client(self) -> Any:
        """A boto3 client; never asks anybody but SeaweedFS."""
        config = Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            connect_timeout=5,
            retries={"total_max_attempts": 1},
        )
        return boto3.session.Session().client(
            "s3",
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=ACCESS,
            aws_secret_access_key=SECRET,
            config=config,
        )


@contextmanager
def seaweed(folder: Path) -> Iterator[Seaweed]:
    """SeaweedFS on free ports, with its state and log below ``folder``."""
    need(PROGRAM)
    ports = _free_ports(2 * len(SERVICES))
    identities = folder / "identities.json"
    identities.write_text(json.dumps({"identities": [IDENTITY]}))
    named = [f"-{service}.port{kind}={ports.pop()}" for service in SERVICES for kind in ("", ".grpc")]
    s3 = next(each for each in named if each.startswith("-s3.port=")).partition("=")[2]
    command = [str(PROGRAM), "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-s3",
               f"-s3.config={identities}", "-s3.iam=false", "-volume.max=100", "-master.volumeSizeLimitMB=64",
               "-master.telemetry=false", "-master.electionTimeout=1s", "-s3.port.iceberg=0",
               "-s3.port.lance=0", *named]  # fmt: skip
    clean = {n: v for n, v in os.environ.items() if not n.startswith(("AWS_", "LOUPE_")) and "proxy" not in n}
    with (folder / "seaweed.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=clean, stdout=log, stderr=log)
        try:
            running = Seaweed(f"http://127.0.0.1:{s3}")
            _ready(running, process)
            yield running
        finally:
            process.kill()
            process.wait()


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def _ready(running: Seaweed, process: "subprocess.Popen[bytes]") -> None:
    """Wait until it keeps an object: the volume server comes last."""
    client, until = running.client(), time.monotonic() + START_SECONDS
    while not _keeps(client):
        assert process.poll() is None, "SeaweedFS ended"
        assert time.monotonic() < until, "SeaweedFS does not answer"
        time.sleep(0.1)


def _keeps(client: Any) -> bool:
    try:
        client.create_bucket(Bucket=BUCKET)
    except BotoCoreError:
        return False
    except ClientError as fault:
        if "BucketAlready" not in str(fault):
            return False
    try:
        client.put_object(Bucket=BUCKET, Key="ready", Body=b"yes")
    except (BotoCoreError, ClientError):
        return False
    return True
