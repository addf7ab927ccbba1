"""A real SMTP server (aiosmtpd) on a free port of this machine, that can be told how to behave."""

import asyncio
import contextlib
import socket
import ssl
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.mail.reading import parsed

HOST, OK = "127.0.0.1", "250 OK"
Rule = Callable[[str, int], str | None]
"""The answer to a mailbox or message, by mailbox and how often it was tried; None: taken."""


def takes(_mailbox: str, _times: int) -> str | None:
    return None


@dataclass
class Book:
    """What the server got, and how it answers. A handler of aiosmtpd."""

    at_rcpt: Rule = takes
    at_data: Rule = takes
    slow: float = 0.0
    """Seconds before it answers to a message."""
    breaks: set[str] = field(default_factory=set)
    """Where it closes the connection: ``connect``, ``rcpt``, ``before`` or ``after`` keeping a message."""
    got: list[tuple[str, bytes]] = field(default_factory=list)
    """Mailbox and message, in the order in which they came."""
    tried: Counter[str] = field(default_factory=Counter)
    peers: set[Any] = field(default_factory=set)
    """Connections, by their other end."""

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.peers.add(session.peer)
        self.tried[f"rcpt {address}"] += 1
        if "rcpt" in self.breaks:
            _cut(server)
        if refusal := self.at_rcpt(address, self.tried[f"rcpt {address}"]):
            return refusal
        envelope.rcpt_tos.append(address)
        return OK

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        (mailbox,) = envelope.rcpt_tos
        assert isinstance(envelope.content, bytes)
        self.tried[mailbox] += 1
        if "before" in self.breaks:
            _cut(server)
            return OK
        if refusal := self.at_data(mailbox, self.tried[mailbox]):
            return refusal
        self.got.append((mailbox, envelope.content))
        if self.slow:
            await asyncio.sleep(self.slow)
        if "after" in self.breaks:
            _cut(server)
        return OK

    def messages(self, mailbox: str) -> list[EmailMessage]:
        """What a mailbox got, read back."""
        return [parsed(whole) for to, whole in self.got if to == mailbox]

    def count(self) -> Counter[tuple[str, str]]:
        """How often each mailbox got each Message-ID."""
        return Counter((to, str(parsed(whole)["Message-ID"])) for to, whole in self.got)


def _cut(server: SMTP) -> None:
    assert isinstance(server.transport, asyncio.WriteTransport)
    server.transport.abort()


@contextlib.contextmanager
def served(book: Book, port: int = 0, **how: Any) -> Iterator[str]:
    """The server for as long as the block lasts: ``host:port``."""
    controller = Controller(book, hostname=HOST, port=port or free_port(), ready_timeout=20.0, **how)
    controller.start()
    try:
        yield f"{HOST}:{controller.port}"
    finally:
        controller.stop()


def free_port() -> int:
    """A port where nobody listens."""
    with socket.create_server((HOST, 0)) as probe:
        found: int = probe.getsockname()[1]
        return found


def lets_in(user: str, password: str) -> Callable[..., AuthResult]:
    """An authenticator of aiosmtpd, which repeats what it was told."""

    def checked(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
        assert isinstance(given, LoginPassword)
        fits = (given.login.decode(), given.password.decode()) == (user, password)
        words = None if fits else f"535 5.7.8 {given.password.decode()} is wrong"
        return AuthResult(success=fits, handled=fits, message=words)

    return checked


def guarded(certificate: tuple[str, str]) -> ssl.SSLContext:
    """TLS for the server, with a certificate and its key."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context
