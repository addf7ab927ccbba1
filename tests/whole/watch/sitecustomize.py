"""Python loads this in every process of a test: it notes each attempt to reach another host."""

import ipaddress
import os
import sys

NOTES = "WATCHED_HOSTS"
"""Names the file for the notes, one host a line."""


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in ("", "localhost")


def _host(event: str, arguments: tuple[object, ...]) -> str:
    """Whom a call goes to; empty when it is no call to a host."""
    if event == "socket.getaddrinfo":
        return str(arguments[0] or "")
    if event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        return str(address[0]) if isinstance(address, tuple) else ""
    return ""


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if event.startswith("socket.") and not _is_loopback(host := _host(event, arguments)):
        with open(os.environ[NOTES], "a", encoding="utf-8") as notes:
            notes.write(f"{host}\n")


if NOTES in os.environ:
    sys.addaudithook(_watch)
