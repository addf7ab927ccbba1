"""Keys that Loupe makes for itself and keeps in the data folder."""

import secrets
from pathlib import Path

from pipeline.errors import Unavailable

KEY_BYTES = 32
"""Of chance; the file holds them as hexadecimal digits."""


def kept(path: Path, whose: str) -> bytes:
    """The key at ``path``, made where there is none. Raises ``Unavailable`` with words that say ``whose``."""
    try:
        if not path.exists():
            _make(path)
        return path.read_bytes()
    except OSError as fault:
        raise Unavailable(f"{whose} cannot be kept at {path}: {fault.strerror}.") from None


def _make(path: Path) -> None:
    """Write a fresh key, whole before it bears its name; whoever was first stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{secrets.token_hex(8)}")
    draft.touch(mode=0o600)
    draft.write_text(secrets.token_hex(KEY_BYTES))
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return
    finally:
        draft.unlink()
