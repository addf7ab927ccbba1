"""The one way out for news: HTTP that goes to public addresses alone, unless a setting names the host.

Resolving, checking and connecting are one step, so that a name cannot lead elsewhere between the look and
the call (DNS rebinding). Redirects are not followed; the environment's proxies and .netrc are not asked;
answers are read up to a bound and a deadline. Addresses of webhooks are capabilities: words name scheme and
host alone.
"""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import certifi
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, LocationParseError
from urllib3.util import Url, parse_url

from pipeline.adapters.public_addresses import is_public
from pipeline.adapters.timed_sockets import TimedSocket, TimedSSLSocket, left
from pipeline.errors import Transient

LIMIT = 64 << 10
"""Bytes of an answer that are read."""
SECONDS = 15.0
"""For everything: resolving, connecting, sending and the whole answer."""
HEADERS = {"User-Agent": "Loupe", "Accept-Encoding": "identity"}
Resolve = Callable[[str, int], list[tuple[Any, ...]]]


class Forbidden(Transient):
    """An address that news must not go to."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


@lru_cache(maxsize=256)
def shown(url: str) -> str:
    """Scheme and host of an address, all of it that may be told."""
    try:
        found = parse_url(url)
    except LocationParseError:
        return "an address that cannot be read"
    port = f":{found.port}" if found.port else ""
    return f"{found.scheme}://{found.host}{port}"


@lru_cache(maxsize=256)
def host_of(url: str) -> str:
    """The host of an address as it is compared: ASCII, lower case, without a final dot or brackets."""
    try:
        return (parse_url(url).host or "").rstrip(".").strip("[]").lower()
    except LocationParseError:
        return ""


def resolved(host: str, port: int) -> list[tuple[Any, ...]]:
    """Where a host is, as ``socket.getaddrinfo`` says."""
    return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))


def trusting() -> ssl.SSLContext:
    """TLS by the authorities that this system and certifi know; SSL_CERT_FILE may name others."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


class GuardedHttp:
    """Asks hosts, several threads at once; a connection is kept by each thread.

    ``named``: hosts that are allowed although they are private or lack TLS. Every method raises
    ``Transient``.
    """

    def __init__(
        self,
        named: Collection[str] = (),
        *,
        context: ssl.SSLContext | None = None,
        resolve: Resolve = resolved,
        seconds: float = SECONDS,
    ) -> None:
        self._named = frozenset(host_of(f"https://{_bracketed(host)}") for host in named)
        self._context, self._resolve, self._seconds = context or trusting(), resolve, seconds
        self._context.sslsocket_class = TimedSSLSocket
        self._local = threading.local()

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send a body. Where a kept connection turns out to be closed, it is sent on a new one."""
        return self._ask("POST", url, body, headers)

    def get(self, url: str) -> Answer:
        """Fetch a document."""
        return self._ask("GET", url, None, {})

    def look(self, url: str) -> None:
        """Resolve and check an address without connecting."""
        found = self._allowed(url)
        self._addresses(found, _port(found))

    def _ask(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        found = self._allowed(url)
        deadline = time.monotonic() + self._seconds
        try:
            connection, kept = self._connection(found, deadline)
            try:
                return self._asked(connection, method, found, body, headers, deadline)
            except (http.client.RemoteDisconnected, ConnectionError):
                if not kept:
                    raise
            connection, _ = self._connection(found, deadline)
            return self._asked(connection, method, found, body, headers, deadline)
        except Transient:
            raise
        except (OSError, HTTPError, http.client.HTTPException) as fault:
            raise Transient(_words(shown(url), fault)) from None

    def _allowed(self, url: str) -> Url:
        try:
            found = _parsed(url)
        except LocationParseError:
            raise Forbidden("The address cannot be read.") from None
        if found.scheme not in ("https", "http") or not found.host or found.auth is not None:
            raise Forbidden("The address must begin with https:// and a host, without a user's name.")
        if found.scheme == "http" and host_of(url) not in self._named:
            raise Forbidden(f"{shown(url)} lacks TLS, and LOUPE_NEWS_HOSTS does not name it.")
        return found

    def _connection(self, url: Url, deadline: float) -> tuple[HTTPConnection, bool]:
        """A connection that is open, and whether it was kept from before."""
        kept: dict[str, HTTPConnection] = self._local.__dict__.setdefault("kept", {})
        origin = shown(url.url)
        known = kept.pop(origin, None)
        if known is not None and known.is_connected:
            kept[origin] = known
            return known, True
        if known is not None:
            known.close()
        kept[origin] = self._open(url, deadline)
        return kept[origin], False

    def _open(self, url: Url, deadline: float) -> HTTPConnection:
        host, port = (url.host or "").strip("[]"), _port(url)

        made: HTTPConnection
        if url.scheme == "https":
            made = HTTPSConnection(host, port, ssl_context=self._context, timeout=left(deadline))
        else:
            made = HTTPConnection(host, port, timeout=left(deadline))
        # The one place where urllib3 makes a socket: it resolves nothing by itself.
        made._new_conn = lambda: _dialled(self._addresses(url, port), deadline)  # type: ignore[method-assign]
        made.connect()
        return made

    def _addresses(self, url: Url, port: int) -> list[tuple[Any, ...]]:
        """Everything that the host resolves to, all of it allowed."""
        origin = shown(url.url)
        try:
            found = self._resolve((url.host or "").strip("[]"), port)
        except (OSError, UnicodeError):
            raise Transient(f"{origin} cannot be found.") from None
        if not found:
            raise Transient(f"{origin} cannot be found.")
        if host_of(url.url) not in self._named and not all(is_public(str(each[4][0])) for each in found):
            raise Forbidden(f"{origin} is not a public address, and LOUPE_NEWS_HOSTS does not name it.")
        return found

    def _asked(
        self,
        connection: HTTPConnection,
        method: str,
        url: Url,
        body: bytes | None,
        headers: Mapping[str, str],
        deadline: float,
    ) -> Answer:
        connection.sock.deadline = deadline  # type: ignore[union-attr]  # of TimedSocket
        try:
            connection.request(method, url.request_uri, body, {**HEADERS, **headers}, preload_content=False)
            answer = connection.getresponse()
            text = answer.read(LIMIT, decode_content=False)
            whole = len(text) < LIMIT
        except BaseException:
            connection.close()
            raise
        if not whole or answer.headers.get("connection", "").lower() == "close":
            connection.close()
        return Answer(answer.status, {n.lower(): v for n, v in answer.headers.items()}, text)


_parsed = lru_cache(maxsize=256)(parse_url)


def _dialled(addresses: list[tuple[Any, ...]], deadline: float) -> socket.socket:
    """A connection to the first of these addresses that answers."""
    fault: OSError = ConnectionError("no address")
    for family, kind, protocol, _name, address in addresses:
        made = TimedSocket(family, kind, protocol)
        try:
            made.settimeout(left(deadline))
            made.connect(address)
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return made
        except OSError as found:
            made.close()
            fault = found
    raise fault


def _port(url: Url) -> int:
    return url.port or (443 if url.scheme == "https" else 80)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def _words(origin: str, fault: Exception) -> str:
    if isinstance(fault, ssl.SSLCertVerificationError):
        return f"{origin} has a certificate that does not prove who it is."
    if isinstance(fault, TimeoutError):
        return f"{origin} did not answer in time."
    if isinstance(fault, ConnectionRefusedError):
        return f"{origin} refused the connection."
    return f"{origin} broke off ({type(fault).__name__})."
