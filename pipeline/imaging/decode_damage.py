"""Reads damaged files as far as they go.

Pillow would do part of this after ``ImageFile.LOAD_TRUNCATED_IMAGES = True``, a switch for the whole process:
other threads would then take broken files for whole ones. Here the same is done for one picture.
"""

import struct
import zlib
from typing import BinaryIO, cast

from PIL.Image import Image
from PIL.ImageFile import ImageFile

from pipeline.errors import Rejected

FAULTS = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    LookupError,
    TypeError,
    ArithmeticError,
    AttributeError,
    AssertionError,
    RuntimeError,
    MemoryError,
    struct.error,
    zlib.error,
)
"""What Pillow and its codecs raise on broken data: its parsers trust the file, so nearly anything."""

NOTHING_READ = "This picture's data is damaged, and nothing of it can be read."


def load(image: ImageFile) -> None:
    """Decode ``image`` in place. Rows that cannot be read stay black (grey in a JPEG).

    Raises ``Rejected`` when not one pixel came out.
    """
    try:
        image.load()
    except FAULTS as fault:
        image.tile = []
        if image._im is None or image.im.getbbox() is None:
            raise Rejected(NOTHING_READ) from fault
    # After a fault Pillow may still report the size from before the decoder stopped.
    image._size = image.im.size


def is_blank(picture: Image) -> bool:
    """Is every pixel the same? Then what was filled up is all there is."""
    levels = picture.convert("RGB").getextrema()
    return all(level[0] == level[1] for level in cast(tuple[tuple[int, int], ...], levels))


class Ended:
    """A JPEG stream that says "end of image" once when it runs out.

    Lets libjpeg finish: a progressive picture is shown from the scans that arrived; otherwise from none.
    """

    START = b"\xff\xd8"
    END = b"\xff\xd9"

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._said = False

    def read(self, size: int = -1) -> bytes:
        """Up to ``size`` bytes; the end marker once instead of the first empty answer."""
        if data := self._stream.read(size):
            return data
        if self._said or size == 0:
            return b""
        self._said = True
        return self.END

    def seek(self, offset: int, whence: int = 0) -> int:
        """As the stream's."""
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        """As the stream's."""
        return self._stream.tell()

    def close(self) -> None:
        """Leaves the stream to the one who opened it."""
