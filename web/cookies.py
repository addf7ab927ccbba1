"""Signed cookies: what this site wrote, and nobody else, and not too long ago.

For the whole site, out of reach of scripts, and not sent with requests that other sites make up, but for
links that are followed (RFC 6265bis: ``Path``, ``HttpOnly``, ``SameSite=Lax``).
"""

import hashlib
from dataclasses import dataclass, field

from itsdangerous import BadSignature, TimestampSigner
from starlette.requests import Request
from starlette.responses import Response


@dataclass(frozen=True, slots=True)
class Cookie:
    """One cookie."""

    plain: str
    """Its name, where no prefix stands before it."""
    key: bytes = field(repr=False)
    lasts: float
    """Seconds."""
    secure: bool
    """The site is reached by TLS."""

    @property
    def name(self) -> str:
        """Where there is TLS, one that no other host and no plain page can set (RFC 6265bis, 4.1.3)."""
        return f"__Host-{self.plain}" if self.secure else self.plain

    def value(self, said: str) -> str:
        """What the browser is given to keep."""
        return self._signer().sign(said).decode()

    def read(self, request: Request) -> str:
        """What it says; empty for one that is missing, forged or too old."""
        try:
            kept = self._signer().unsign(request.cookies.get(self.name, ""), max_age=int(self.lasts))
        except BadSignature:
            return ""
        return kept.decode("utf-8", "replace")

    def set(self, response: Response, said: str) -> Response:
        """Let the browser keep it."""
        response.set_cookie(
            self.name,
            self.value(said),
            max_age=int(self.lasts),
            path="/",
            secure=self.secure,
            httponly=True,
            samesite="lax",
        )
        return response

    def drop(self, response: Response) -> Response:
        """Let the browser forget it."""
        response.delete_cookie(self.name, path="/", secure=self.secure, httponly=True, samesite="lax")
        return response

    def _signer(self) -> TimestampSigner:
        return TimestampSigner(self.key, salt=self.plain, digest_method=hashlib.sha256)
