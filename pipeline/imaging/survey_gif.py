"""GIF: a walk over its blocks that counts pictures without unpacking one.

Source: GIF89a (CompuServe, 1990).
"""

from typing import BinaryIO

from pipeline.errors import Rejected
from pipeline.imaging.bytestream import CUT_OFF, at
from pipeline.imaging.survey import MAX_BLOCK, Survey

MAX_BLOCKS = 1_000_000
"""Blocks that are walked; a picture of 50 MB has some 200,000."""
PICTURE, EXTENSION, APPLICATION = b"\x2c", b"\x21", b"\xff"
XMP, XMP_TRAILER = b"\x0bXMP DataXMP", 257


def survey_gif(stream: BinaryIO) -> Survey:
    """Size and number of frames of a GIF. Raises ``Rejected`` where it has no picture."""
    screen = at(stream, 6, 7)
    if len(screen) < 7:
        raise Rejected(CUT_OFF)
    walk = _Walk(stream)
    walk.skip_palette(screen[4])
    walk.run()
    if not walk.frames or not walk.first:
        raise Rejected(CUT_OFF)
    left, top, width, height = (int.from_bytes(walk.first[i : i + 2], "little") for i in (0, 2, 4, 6))
    return Survey(
        format="GIF",
        width=max(int.from_bytes(screen[0:2], "little"), left + width),
        height=max(int.from_bytes(screen[2:4], "little"), top + height),
        frames=walk.frames,
        xmp=walk.xmp,
    )


class _Walk:
    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.left = MAX_BLOCKS
        self.frames = 0
        self.first = b""
        self.xmp: bytes | None = None

    def run(self) -> None:
        """Go over the blocks to the trailer, the end of the file or the limit."""
        while self.left > 0:
            self.left -= 1
            kind = self.stream.read(1)
            if kind == PICTURE:
                self._picture()
            elif kind == EXTENSION:
                self._extension()
            elif kind != b"\0":
                return

    def skip_palette(self, flags: int) -> None:
        """Pass over a colour table, where the flags announce one."""
        if flags & 0x80:
            self.stream.seek(3 << (flags & 7) + 1, 1)

    def _picture(self) -> None:
        head = self.stream.read(9)
        if len(head) < 9:
            return
        self.skip_palette(head[8])
        self.stream.seek(1, 1)
        if self._skip_blocks():
            self.frames += 1
            self.first = self.first or head

    def _extension(self) -> None:
        label, start = self.stream.read(1), self.stream.tell()
        if label == APPLICATION and self.stream.read(12) == XMP:
            self.xmp = self._packet()
        else:
            self.stream.seek(start)
        self._skip_blocks()

    def _packet(self) -> bytes:
        """XMP stands unpacked in a GIF, and a trailer leads block readers out of it (XMP part 3, 1.1.2)."""
        start = self.stream.tell()
        packet = self.stream.read(MAX_BLOCK)
        end = packet.find(b"\x01\xff\xfe")
        self.stream.seek(start + end + XMP_TRAILER if end >= 0 else start)
        return packet[: max(end, 0)]

    def _skip_blocks(self) -> int:
        """Pass over data blocks to the empty one that ends them; how many there were."""
        before = self.left
        while self.left > 0 and (size := self.stream.read(1)) and size[0]:
            self.left -= 1
            self.stream.seek(size[0], 1)
        return before - self.left
