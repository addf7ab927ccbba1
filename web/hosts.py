"""Under which names a site is reached, and which pages are its own.

The page of another site can have its own name lead to this machine (DNS rebinding). The browser takes it
then for one site with ours; but ``Host`` still has that name, and that name is none of ours.
"""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.requests import Request


@dataclass(frozen=True, slots=True)
class Hosts:
    """The names of a site."""

    site: str
    """Its address, without a slash at the end."""
    open: bool = False
    """It listens to other machines and has no public address: any IP address leads here, but no name."""

    @property
    def secure(self) -> bool:
        """Is it reached by TLS?"""
        return self.site.startswith("https:")

    def knows(self, request: Request) -> bool:
        """Was the request sent to one of our names?"""
        host = name(request)
        return host == urlsplit(self.site).hostname or loopback(host) or (self.open and _is_ip(host))

    def origins(self, request: Request) -> frozenset[str]:
        """What ``Origin`` says of our pages; the request is one that we know.

        By a public address there is that one alone: a plain page under the same name is not ours.
        """
        host = request.headers.get("host", "").lower()
        local = loopback(name(request)) or self.open
        return frozenset({self.site, f"http://{host}"} if local else {self.site})


def loopback(host: str) -> bool:
    """Is it a name of this machine that no other can take?"""
    return host == "localhost" or (_is_ip(host) and ip_address(host).is_loopback)


def name(request: Request) -> str:
    """The name that a request was sent to, as ``Host`` says it, without the port; empty for what is none."""
    try:
        return urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    except ValueError:
        return ""


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
