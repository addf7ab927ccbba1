"""Ids: a GUID for programs (uuid7, RFC 9562) and a short one for people, such as IMG-7F3K.

The short id is the start of a base32 form (Crockford's alphabet: no I, L, O, U) of the GUID's random end.
It begins with four characters and grows only where four are taken.
"""

from collections.abc import Iterator

from uuid_utils import uuid7

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PREFIX = "IMG-"
MISREAD = str.maketrans("OIL", "011")


def new_image() -> str:
    """A fresh GUID, 36 characters; later ones sort after earlier ones."""
    return str(uuid7())


def candidates(image: str) -> Iterator[str]:
    """Short ids for a GUID, the shortest first."""
    number = int(image.replace("-", "")[-12:], 16)
    letters = "".join(ALPHABET[number >> 5 * i & 31] for i in range(9))
    for length in range(4, 10):
        yield PREFIX + letters[:length]


def normal(name: str) -> str:
    """A short id as people type it (``img-7f3k``, ``7F3K``, O for 0) in its one true form."""
    letters = name.strip().upper().removeprefix(PREFIX)
    return PREFIX + letters.translate(MISREAD)


def payload(image: str) -> int:
    """What an image's watermark says, 0 to 2**64 - 1: the random half of its GUID."""
    return int(image.replace("-", "")[-16:], 16)
