"""Webhooks on loopback in a process of their own, as lean as they can be: ``-m bench.hooks COUNT SLOW``.

Each listens on a port of its own and answers 204; the last ``SLOW`` ones take five seconds for it. The
ports are printed as one line of JSON; for a line ``count`` on stdin, how much each has heard, and for
``tell`` what and when.
"""

import asyncio
import json
import sys
import time

ANSWER = b"HTTP/1.1 204 Taken\r\nContent-Length: 0\r\n\r\n"
SLOW_SECONDS = 5.0
ID = b"webhook-id: "


class Hook(asyncio.Protocol):
    """One connection."""

    def __init__(self, heard: list[tuple[float, str]], wait: float) -> None:
        self._heard, self._wait, self._text = heard, wait, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember whom to answer."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each request that is complete."""
        self._text += data
        while (end := self._text.find(b"\r\n\r\n")) >= 0:
            head = self._text[:end].lower()
            length = int(head.partition(b"content-length: ")[2].split(b"\r\n")[0])
            if len(self._text) < end + 4 + length:
                return
            self._heard.append((time.time(), head.partition(ID)[2][:36].decode()))
            self._text = self._text[end + 4 + length :]
            asyncio.get_running_loop().call_later(self._wait, self._answer)

    def _answer(self) -> None:
        if not self._transport.is_closing():
            self._transport.write(ANSWER)


async def serve(count: int, slow: int) -> None:
    """Listen until stdin ends."""
    loop, heard = asyncio.get_running_loop(), [list[tuple[float, str]]() for _ in range(count)]
    servers = [
        await loop.create_server(lambda n=n: Hook(heard[n], _wait(n, count, slow)), "127.0.0.1", 0)  # type: ignore[misc]
        for n in range(count)
    ]
    print(json.dumps([server.sockets[0].getsockname()[1] for server in servers]), flush=True)
    while asked := await loop.run_in_executor(None, sys.stdin.readline):
        print(json.dumps(heard if asked == "tell\n" else [len(each) for each in heard]), flush=True)


def _wait(number: int, count: int, slow: int) -> float:
    return SLOW_SECONDS if number >= count - slow else 0.0


if __name__ == "__main__":
    asyncio.run(serve(*map(int, sys.argv[1:])))
