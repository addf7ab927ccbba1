"""Public files on one machine: the web process serves them, and no cache stands in between."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LocalCdn:
    """``pipeline.ports.Cdn`` below one site, such as ``http://127.0.0.1:8080``."""

    site: str

    def address(self, path: str) -> str:
        """See ``Cdn.address``."""
        return f"{self.site}/i/{path}"

    def forget(self, image: str) -> None:
        """See ``Cdn.forget``: every answer is asked of the ledger, so there is nothing to drop."""
