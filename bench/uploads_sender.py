"""Sends files to a door, as lean as can be: ``-m bench.uploads_sender``, what to send as JSON on stdin.

Given are the port, how many at a time, and for each file its path, the fields of its form (none: the body is
the file) and its bytes. Told, as one line of JSON, are how long it took in all, and for each file how long,
its status and its sha256.
"""

import json
import socket
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from queue import SimpleQueue
from random import Random
from threading import Thread
from typing import Any

BOUNDARY = "----loupe-bench-5e0c1b7a"
FORM = f"multipart/form-data; boundary={BOUNDARY}"
NOISE = 8 << 20
"""Bytes that files are cut from; longer files repeat them."""
TAIL = f"\r\n--{BOUNDARY}--\r\n".encode()


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one file."""

    seconds: float
    status: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """A file on its way: what goes before it on the wire, itself in pieces, what goes behind it."""

    head: bytes
    pieces: Sequence[memoryview]
    tail: bytes
    sha256: str


def main() -> None:
    """Prepare everything, then send."""
    asked = json.load(sys.stdin)
    noise = Random(1).randbytes(NOISE)
    parcels = [_parcel(number, each, noise) for number, each in enumerate(asked["files"])]
    waiting = SimpleQueue[int]()
    for number in range(len(parcels)):
        waiting.put(number)
    sent: dict[int, Sent] = {}
    threads = [
        Thread(target=_send, args=(asked["port"], parcels, waiting, sent)) for _ in range(asked["at_once"])
    ]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    print(json.dumps({"seconds": seconds, "sent": [asdict(sent[n]) for n in range(len(parcels))]}))


def _parcel(number: int, given: Mapping[str, Any], noise: bytes) -> Parcel:
    first = number.to_bytes(16)
    pieces, left = [memoryview(first)], given["bytes"] - len(first)
    while left > 0:
        pieces.append(memoryview(noise)[: min(left, NOISE)])
        left -= len(pieces[-1])
    digest = sha256()
    for piece in pieces:
        digest.update(piece)
    before, tail = (_form(given["fields"]), TAIL) if given["fields"] else (b"", b"")
    length = len(before) + given["bytes"] + len(tail)
    kind = FORM if given["fields"] else "application/octet-stream"
    lines = [f"POST {given['path']} HTTP/1.1", "Host: 127.0.0.1", f"Content-Type: {kind}"]
    head = "\r\n".join([*lines, f"Content-Length: {length}", "", ""])
    return Parcel(head.encode() + before, pieces, tail, digest.hexdigest())


def _form(fields: Mapping[str, str]) -> bytes:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    parts.append(f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n')
    return "".join([*parts, "Content-Type: image/jpeg\r\n\r\n"]).encode()


def _send(port: int, parcels: Sequence[Parcel], waiting: "SimpleQueue[int]", sent: dict[int, Sent]) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while not waiting.empty():
            try:
                number = waiting.get_nowait()
            except Exception:  # another thread was faster
                return
            parcel, began = parcels[number], time.perf_counter()
            connection.sendall(parcel.head)
            for piece in parcel.pieces:
                connection.sendall(piece)
            connection.sendall(parcel.tail)
            status = _status(connection)
            sent[number] = Sent(time.perf_counter() - began, status, parcel.sha256)


def _status(connection: socket.socket) -> int:
    """Of an answer without a body, or with a short one."""
    text = b""
    while b"\r\n\r\n" not in text:
        more = connection.recv(65_536)
        if not more:
            raise ConnectionError(f"The door closed: {text!r}")
        text += more
    return int(text.split(b" ", 2)[1])


if __name__ == "__main__":
    main()
