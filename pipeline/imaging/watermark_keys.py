"""Numbers that only the holder of a key can repeat: where a watermark is, and with which signs and phases.

SHAKE-256 (FIPS 202) stretches the key, so that the numbers are the same on every machine and in every
version of numpy, and nobody without the key can tell them from chance.
"""

from hashlib import shake_256
from math import tau

import numpy as np
from numpy.typing import NDArray

LAYOUT = b"watermark layout 1"
"""Changes whenever a mark made before could no longer be read."""


def words(key: bytes, purpose: str, count: int) -> NDArray[np.uint64]:
    """``count`` numbers, uniform over 0 to 2**64 - 1; for each ``purpose`` others.

    Raises ``ValueError`` for an empty key, which everybody holds.
    """
    if not key:
        raise ValueError("The watermark's key is empty.")
    fields = (LAYOUT, key, purpose.encode())
    seed = b"".join(len(field).to_bytes(4, "big") + field for field in fields)
    return np.frombuffer(shake_256(seed).digest(8 * count), dtype="<u8").astype(np.uint64)


def order(key: bytes, purpose: str, count: int) -> NDArray[np.intp]:
    """The numbers 0 to ``count`` - 1 in an order drawn by the key."""
    return np.argsort(words(key, purpose, count), kind="stable")


def signs(key: bytes, purpose: str, count: int) -> NDArray[np.float32]:
    """``count`` times +1 or -1."""
    return np.where(words(key, purpose, count) & np.uint64(1), 1, -1).astype(np.float32)


def phases(key: bytes, purpose: str, count: int) -> NDArray[np.float64]:
    """``count`` angles in radians, uniform over 0 to 2 pi."""
    return words(key, purpose, count).astype(np.float64) * (tau / 2**64)
