"""Python loads this in every process of Loupe under examination: it notes each host beyond this machine."""

import os
import sys


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else ""
    else:
        return
    if str(host or "") not in ("", "127.0.0.1", "localhost", "::1", "0.0.0.0"):
        with open(os.environ["EXAMINER_HOSTS"], "a", encoding="utf-8") as notes:
            notes.write(f"{host}\n")


if "EXAMINER_HOSTS" in os.environ:
    sys.addaudithook(_watch)
