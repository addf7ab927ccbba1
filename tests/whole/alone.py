"""Run inside a network namespace of its own: Loupe and its sandbox, three pictures, and what came of them.

unshare --net python -m tests.whole.alone FOLDER
"""

import fcntl
import socket
import struct
import subprocess
import sys
from pathlib import Path

from bench.running import LOUPE, environment, up
from tests.whole.house import drawing, watching

SIOCSIFFLAGS = 0x8914  # netdevice(7)
UP_AND_RUNNING = 0x1 | 0x40


def loopback_up() -> None:
    """A new namespace has nothing but a loopback device that is switched off."""
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", UP_AND_RUNNING))


def main(folder: Path) -> int:
    """Print what `loupe load --json` says."""
    loopback_up()
    photos = folder / "photos"
    photos.mkdir()
    for n in range(3):
        (photos / f"{n}.jpg").write_bytes(drawing(n))
    with up(folder, watching(folder)) as running:
        address = f"http://127.0.0.1:{running.port + 1}"
        command = [
            *LOUPE,
            "load",
            str(photos),
            "--count",
            "3",
            "--url",
            address,
            "--patience",
            "40",
            "--json",
        ]
        return subprocess.run(command, env=environment({}), cwd=folder).returncode


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
