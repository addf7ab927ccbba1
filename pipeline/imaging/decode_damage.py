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


FIRST_BLOCK = 32
"""Pixels: a JPEG's largest block. A scan that breaks off at once leaves noise in it and grey beyond."""


def is_blank(picture: Image) -> bool:
    """Is every pixel the same, the first block aside? Then what was filled up is all there is."""
    seen = picture.convert("RGB")
    if max(seen.size) > FIRST_BLOCK:
        last = cast(tuple[int, int, int], seen.getpixel((seen.width - 1, seen.height - 1)))
        seen.paste(last, (0, 0, min(FIRST_BLOCK, seen.width), min(FIRST_BLOCK, seen.height)))
    levels = cast(tuple[tuple[int, int], ...], seen.getextrema())
    return all(low == high for low, high in levels)


class Ended:
    """A JPEG stream that says "end of image" once when it runs out.

    Lets libjpeg finish: a progressive picture is shown from the scans that arrived; otherwise from none.
    """

    START = b"\xff\xd8"
    END = b"\xff\xd9"

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.ran_out = False
        """Was more asked for than there is?"""

    def read(self, size: int = -1) -> bytes:
        """Up to ``size`` bytes; the end marker once instead of the first empty answer."""
        if data := self._stream.read(size):
            return data
        if self.ran_out or size == 0:
            return b""
        self.ran_out = True
        return self.END

    def seek(self, offset: int, whence: int = 0) -> int:
        """As the stream's."""
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        """As the stream's."""
        return self._stream.tell()

    def close(self) -> None:
        """Leaves the stream to the one who opened it."""
