"""Range requests (RFC 9110, section 14): one range of bytes, or the whole."""

import re

SINGLE = re.compile(r"bytes=\s*(?:(\d{1,4000})-(\d{0,4000})|-(\d{1,4000}))\s*", re.ASCII | re.IGNORECASE)
"""Longer numbers than Python reads are no ranges of any picture."""


class Unsatisfiable(ValueError):
    """The range begins behind the end."""


def chosen(header: str, size: int) -> tuple[int, int] | None:
    """The first byte and the one behind the last that a ``Range`` header asks for; None: send the whole.

    Anything but one well-formed range of bytes is passed over, as section 14.2 allows: several ranges are
    what a picture's reader has no use for, and a hundred overlapping ones are an attack. Raises
    ``Unsatisfiable``.
    """
    found = SINGLE.fullmatch(header)
    if not found:
        return None
    first, last, suffix = found.groups()
    if suffix is not None:
        if int(suffix) == 0:
            raise Unsatisfiable
        return max(0, size - int(suffix)), size
    begin, end = int(first), min(size, int(last) + 1) if last else size
    if last and int(last) < begin:
        return None
    if begin >= size:
        raise Unsatisfiable
    return begin, end
