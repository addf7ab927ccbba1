"""The payload's error correction: 64 bits and a checksum as 240 symbols, read back from doubtful ones.

A tail-biting convolutional code of rate 1/3 and constraint length 9, its generators 557, 663 and 711 (octal)
those of 3GPP TS 25.212, section 4.2.3.1. The decoder is Viterbi's, run around the circle twice. It weighs
each symbol by how sure it is, where packages for Reed-Solomon and BCH codes see bits: so a
fainter mark does. The checksum is the 16-bit CRC of CCITT.
"""

from binascii import crc_hqx
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

PAYLOAD_BITS = 64
BITS = PAYLOAD_BITS + 16
SYMBOLS = 3 * BITS

_MEMORY = 8
_STATES = 2**_MEMORY
_LEAD = 40
"""Bits by which decoding overlaps at both ends of the circle; after five memories its start is forgotten."""
_REGISTERS = np.arange(2 * _STATES)
_OUT = np.array(
    [[1 - 2 * ((int(r) & g).bit_count() % 2) for r in _REGISTERS] for g in (0o557, 0o663, 0o711)],
    dtype=np.float64,
)
"""(3, 512): the three symbols, +1 or -1, that leave a register; its newest bit is the highest."""


@dataclass(frozen=True, slots=True)
class Word:
    """What was decoded, and the symbols that would have been sent for it."""

    payload: int
    symbols: NDArray[np.float64]
    intact: bool
    """Whether the checksum agrees."""


def encode(payload: int) -> NDArray[np.float64]:
    """The 240 symbols, +1 or -1, of a payload from 0 to 2**64 - 1. Raises ``ValueError`` beyond that."""
    if not 0 <= payload < 2**PAYLOAD_BITS:
        raise ValueError(f"A payload has {PAYLOAD_BITS} bits; {payload} does not fit.")
    data = payload.to_bytes(PAYLOAD_BITS // 8, "big")
    return _symbols(np.unpackbits(np.frombuffer(data + _checksum(data), dtype=np.uint8)))


def decode(softness: NDArray[np.float64]) -> Word:
    """The likeliest payload for 240 real numbers, each a symbol times how sure it is, plus noise."""
    bits = _likeliest(softness.reshape(BITS, 3) @ _OUT)
    whole = np.packbits(bits).tobytes()
    data, checksum = whole[: PAYLOAD_BITS // 8], whole[PAYLOAD_BITS // 8 :]
    return Word(int.from_bytes(data, "big"), _symbols(bits), checksum == _checksum(data))


def _checksum(data: bytes) -> bytes:
    return crc_hqx(data, 0xFFFF).to_bytes(2, "big")


def _symbols(bits: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Tail-biting: the register starts with the last bits, so that no bit is less protected than another."""
    registers = sum(np.roll(bits, age).astype(np.intp) << (_MEMORY - age) for age in range(_MEMORY + 1))
    return np.ascontiguousarray(_OUT[:, registers].T).reshape(-1)


def _likeliest(gains: NDArray[np.float64]) -> NDArray[np.uint8]:
    """The 80 bits of the best path; ``gains`` (80, 512) says what each register would explain at each bit."""
    circle = np.arange(-_LEAD, BITS + _LEAD) % BITS
    best = np.zeros(_STATES)
    came = np.empty((len(circle), _STATES), dtype=np.bool_)
    for step, gain in enumerate(gains[circle]):
        even, odd = (np.concatenate((best, best)) + gain).reshape(_STATES, 2).T
        np.greater(odd, even, out=came[step])
        best = np.maximum(even, odd)
    return _walked_back(came, int(best.argmax()))[_LEAD : _LEAD + BITS]


def _walked_back(came: NDArray[np.bool_], state: int) -> NDArray[np.uint8]:
    bits = np.empty(len(came), dtype=np.uint8)
    for step in range(len(came) - 1, -1, -1):
        bits[step] = state >> (_MEMORY - 1)
        state = (state << 1 | int(came[step, state])) & (_STATES - 1)
    return bits
