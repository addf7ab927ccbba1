"""Sockets that give up at a deadline, however slowly the other side sends."""

import socket
import ssl
import time
from typing import Any


class _Timed(socket.socket):
    """What both kinds of socket have in common: each comes before its base, whose methods it bounds."""

    deadline = float("inf")
    """By ``time.monotonic``; after it every operation is a ``TimeoutError``."""

    def recv_into(self, *given: Any, **named: Any) -> int:
        """As ever, but not after the deadline."""
        self.settimeout(left(self.deadline))
        return super().recv_into(*given, **named)

    def sendall(self, *given: Any, **named: Any) -> None:
        """As ever, but not after the deadline."""
        self.settimeout(left(self.deadline))
        super().sendall(*given, **named)

    def __del__(self) -> None:
        """A kept connection ends with the thread that kept it."""
        self.close()


class TimedSocket(_Timed):
    """A plain socket with a deadline."""


class TimedSSLSocket(_Timed, ssl.SSLSocket):
    """A TLS socket with a deadline; for ``SSLContext.sslsocket_class``."""


def left(deadline: float) -> float | None:
    """Seconds until the deadline. Raises ``TimeoutError`` after it."""
    if deadline == float("inf"):
        return None
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise TimeoutError("the deadline has passed")
    return seconds
