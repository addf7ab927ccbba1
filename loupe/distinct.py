"""Copies of a picture that differ in no pixel and no metadata, but in their bytes: each is a new file.

A mark of a few bytes goes where every program passes it over: a comment of a JPEG (ITU T.81, B.2.4.5), a text
of a PNG (w3.org/TR/png-3, 11.3.3.2), a chunk of a WebP's RIFF, a ``free`` box of HEIC and AVIF (ISO 14496-12,
8.1.2); behind the end of all others.
"""

import hashlib
import io
import os
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from pipeline.errors import Unavailable

PNG = b"\x89PNG\r\n\x1a\n"
AFTER_IHDR = len(PNG) + 25
"""The first chunk of a PNG: 4 bytes of length, 4 of its kind, 13 of data, 4 of a checksum."""
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of a copy: these bytes, or the file's from ``start`` to before ``stop``."""

    own: bytes = b""
    start: int = 0
    stop: int = 0

    def __len__(self) -> int:
        return len(self.own) or self.stop - self.start


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of a file, made while it is read."""

    path: Path
    pieces: tuple[Piece, ...]

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(len(piece) for piece in self.pieces)

    def open(self) -> BinaryIO:
        """Read it from its start; it can be sought in."""
        try:
            return cast(BinaryIO, io.BufferedReader(_Spliced(self.path.open("rb"), self.pieces), CHUNK))
        except OSError as fault:
            raise _unreadable(self.path, fault) from None

    def sha256(self) -> str:
        """The hash of its bytes."""
        digest = hashlib.sha256()
        with self.open() as stream:
            for chunk in iter(lambda: stream.read(CHUNK), b""):
                digest.update(chunk)
        return digest.hexdigest()


def same(path: Path) -> Copy:
    """The file as it is. Raises ``Unavailable``."""
    return Copy(path, (Piece(stop=_measured(path)[1]),))


def distinct(path: Path, mark: str) -> Copy:
    """A copy that carries a mark (ASCII, 200 characters at most). Raises ``Unavailable``."""
    head, size = _measured(path)
    return Copy(path, tuple(piece for piece in _marked(head, size, mark.encode("ascii")) if len(piece)))


def _marked(head: bytes, size: int, mark: bytes) -> Sequence[Piece]:
    if head.startswith(b"\xff\xd8"):
        comment = b"\xff\xfe" + (len(mark) + 2).to_bytes(2) + mark
        return Piece(stop=2), Piece(comment), Piece(start=2, stop=size)
    if head.startswith(PNG):
        return Piece(stop=AFTER_IHDR), Piece(_text(mark)), Piece(start=AFTER_IHDR, stop=size)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        end = min(size, 8 + int.from_bytes(head[4:8], "little"))
        mark += b"\0" * (len(mark) % 2)
        chunk = b"mark" + len(mark).to_bytes(4, "little") + mark
        grown = (end - 8 + len(chunk)).to_bytes(4, "little")
        return (
            Piece(stop=4),
            Piece(grown),
            Piece(start=8, stop=end),
            Piece(chunk),
            Piece(start=end, stop=size),
        )
    if head[4:8] == b"ftyp":
        return Piece(stop=size), Piece((len(mark) + 8).to_bytes(4) + b"free" + mark)
    return Piece(stop=size), Piece(mark)


def _text(mark: bytes) -> bytes:
    body = b"tEXtComment\0" + mark
    return (len(body) - 4).to_bytes(4) + body + zlib.crc32(body).to_bytes(4)


def _measured(path: Path) -> tuple[bytes, int]:
    """The first bytes of a file, and how many it has."""
    try:
        with path.open("rb") as file:
            return file.read(12), os.fstat(file.fileno()).st_size
    except OSError as fault:
        raise _unreadable(path, fault) from None


def _unreadable(path: Path, fault: OSError) -> Unavailable:
    return Unavailable(f"{path} cannot be read: {fault.strerror}.")


class _Spliced(io.RawIOBase):
    """Pieces, read one behind the other."""

    def __init__(self, file: BinaryIO, pieces: Sequence[Piece]) -> None:
        self._file, self._pieces, self._at = file, pieces, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        size = sum(map(len, self._pieces))
        self._at = max(0, offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: size}[whence])
        return self._at

    def readinto(self, buffer: object) -> int:
        room = memoryview(buffer)  # type: ignore[arg-type]  # as the base class has it
        for piece, skip in self._left():
            count = min(len(room), len(piece) - skip)
            if piece.own:
                room[:count] = piece.own[skip : skip + count]
            else:
                self._file.seek(piece.start + skip)
                found = self._file.read(count)
                count = len(found)
                room[:count] = found
            self._at += count
            return count
        return 0

    def close(self) -> None:
        self._file.close()
        super().close()

    def _left(self) -> Iterator[tuple[Piece, int]]:
        """The piece in which the next byte stands, and how much of it has been read."""
        before = 0
        for piece in self._pieces:
            if self._at < before + len(piece):
                yield piece, self._at - before
                return
            before += len(piece)
