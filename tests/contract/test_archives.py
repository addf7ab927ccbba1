"""What an archive promises beyond a store: it says when a thing can be read; and that on disk it is small and
checked."""

import io
import os
import shutil
import subprocess
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.adapters.s3_archive import S3Archive
from pipeline.adapters.zstd_archive import ZstdArchive
from pipeline.errors import Unavailable, Unknown
from tests.contract.storing import in_a_bucket

KEY = "originals/ab/cd/abcd"
FRAME = 13
"""Bytes that a Zstandard frame adds to what does not compress: RFC 8878, sections 3.1.1 and 3.1.1.2."""
BLOCK, BLOCK_HEADER = 128 << 10, 3
AnyArchive = ZstdArchive | S3Archive


@pytest.fixture
def archive(tmp_path: Path) -> ZstdArchive:
    return ZstdArchive(tmp_path / "archive")


def put(archive: ZstdArchive, data: bytes) -> Path:
    archive.put(KEY, io.BytesIO(data))
    return archive.folder / KEY


def damaged(path: Path) -> Iterator[bytes]:
    """The file with one byte of each of its parts turned, cut short, and with something behind it."""
    whole = path.read_bytes()
    for at in (0, 5, len(whole) // 2, len(whole) - 2):
        yield whole[:at] + bytes([whole[at] ^ 0x40]) + whole[at + 1 :]
    yield whole[: len(whole) // 2]
    yield whole[:-1]
    yield whole + b"more"
    yield b"something else"


@pytest.mark.parametrize("size", [0, 1, 1000, BLOCK, BLOCK + 1, 3_000_001])
def test_what_does_not_compress_grows_by_its_frame_alone(archive: ZstdArchive, size: int) -> None:
    put(archive, os.urandom(size))
    blocks = -(-size // BLOCK) + 1
    assert size <= archive.size(KEY) <= size + FRAME + blocks * BLOCK_HEADER


def test_what_compresses_takes_less(archive: ZstdArchive) -> None:
    path = put(archive, b"sky" * 1_000_000)
    assert archive.size(KEY) == path.stat().st_size < 10_000


@pytest.fixture(params=["zstd", "s3-archive"])
def any_archive(tmp_path: Path, request: pytest.FixtureRequest) -> AnyArchive:
    if request.param == "zstd":
        return ZstdArchive(tmp_path / "archive")
    found = in_a_bucket(request.param, request.getfixturevalue("amazon")).store
    assert isinstance(found, S3Archive)
    return found


def test_whatever_lies_there_can_be_read_at_once(any_archive: AnyArchive) -> None:
    any_archive.put(KEY, io.BytesIO(b"picture"))
    assert any_archive.ready(KEY) is None


def test_it_tells_what_a_thing_takes_up(any_archive: AnyArchive) -> None:
    any_archive.put(KEY, io.BytesIO(b"sky" * 1_000_000))
    assert 0 < any_archive.size(KEY) <= 3_000_000


def test_it_tells_since_when_it_has_a_thing(any_archive: AnyArchive) -> None:
    before = datetime.now(UTC)
    any_archive.put(KEY, io.BytesIO(b"picture"))
    assert any_archive.since(KEY).tzinfo == UTC
    assert abs(any_archive.since(KEY) - before) < timedelta(minutes=1)


@pytest.mark.parametrize("ask", ["ready", "size", "since"])
@pytest.mark.parametrize("key", ["missing", "originals", f"{KEY}/below"])
def test_what_is_not_there_is_unknown(any_archive: AnyArchive, ask: str, key: str) -> None:
    any_archive.put(KEY, io.BytesIO(b"picture"))
    with pytest.raises(Unknown, match=f"archive has nothing under '{key}'"):
        getattr(any_archive, ask)(key)


def test_damage_of_any_kind_is_found_when_it_is_read(archive: ZstdArchive) -> None:
    data = os.urandom(50_000) + b"sky" * 50_000
    path = put(archive, data)
    kinds = list(damaged(path))
    assert len(kinds) == 8
    for one in kinds:
        path.write_bytes(one)
        with (
            pytest.raises(Unavailable, match="copy under 'originals/ab/cd/abcd' is damaged"),
            archive.open(KEY) as stream,
        ):
            stream.read()


def test_a_closed_stream_leaves_no_file_open(archive: ZstdArchive) -> None:
    put(archive, b"picture")
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        with archive.open(KEY) as stream:
            stream.read()
        archive.size(KEY)
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_large_original_takes_little_memory(archive: ZstdArchive) -> None:
    """Python's own memory: the compressor's stays below its window of 4 MB times a constant."""

    class Long(io.RawIOBase):
        left = 64

        def read(self, size: int = -1) -> bytes:
            self.left -= 1
            return os.urandom(1 << 20) if self.left >= 0 else b""

    tracemalloc.start()
    archive.put(KEY, Long())  # type: ignore[arg-type]
    with archive.open(KEY) as stream:
        while stream.read(1 << 20):
            pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert archive.size(KEY) > 64 << 20
    assert peak < 8 << 20


def test_the_command_line_tool_reads_what_lies_there(archive: ZstdArchive, tmp_path: Path) -> None:
    tool = shutil.which("zstd")
    if not tool:
        if os.environ.get("CI") == "true":
            pytest.fail("zstd is missing; CI installs it")
        pytest.skip("zstd is not installed")
    path = put(archive, b"picture" * 1000)
    plain = subprocess.run([tool, "-dc", path], capture_output=True, check=True).stdout
    assert plain == b"picture" * 1000
