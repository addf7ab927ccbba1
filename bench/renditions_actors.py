"""What make_renditions and make_copies cost on a 12 MP photo, from the stored original to stored files.

    python -m bench.renditions_actors

Each actor runs in a process of its own, on one thread, as in two workers side by side.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.pictures import TWELVE_MEGAPIXELS
from bench.rows import Row, table
from handlers.make_copies import make_copies
from handlers.make_renditions import make_renditions
from pipeline.adapters.disk_store import DiskStore
from pipeline.model import RenditionFormat, Source
from pipeline.ports import Note, Wish
from pipeline.results import Accepted, Arrived, Copies, Release, Renditions, WatermarkSeen

ACTORS = {"make_renditions": make_renditions, "make_copies": make_copies}
ROUNDS = 3
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}
"""As workers set it; libvips is told by the code itself."""
PAYLOAD_AREA = 12_000
IMAGE = "0199aabb-ccdd-7eef-8123-456789abcdef"


class Nothing:
    """Nobody asked for anything."""

    def get(self, image: str, wish: Wish) -> Note | None:
        """No wish."""
        return None

    def set(self, image: str, wish: Wish, text: str = "", person: str = "") -> None:
        """Never asked for here."""
        raise NotImplementedError

    def clear(self, image: str, wish: Wish) -> None:
        """Never asked for here."""
        raise NotImplementedError


@dataclass(frozen=True)
class Key:
    """How pictures are marked."""

    key: bytes = b"a key for measuring"


class Here:
    """Everything is compressed on this machine."""

    decode_bytes = 1 << 30

    def compress(self, png: Callable[[], bytes], format: RenditionFormat) -> bytes | None:
        """No service."""
        return None


def run() -> list[Row]:
    """CPU seconds, wall seconds and peak megabytes by actor; then the files of both together."""
    runs = {actor: [_measured(actor) for _ in range(ROUNDS)] for actor in ACTORS}
    rows = [_row(actor, what, found) for actor, found in runs.items() for what in ("CPU", "wall", "peak")]
    files = [file for found in runs.values() for file in found[0]["files"]]
    before, after = (sum(file[way] for file in files) / 1e6 for way in ("before", "after"))
    roomy = [file["marked"] for file in files if file["pixels"] >= PAYLOAD_AREA]
    return [
        *rows,
        Row("files of both", "", (float(len(files)),)),
        Row("all files before compression", "MB", (before,)),
        Row("all files after compression", "MB", (after,)),
        Row("SSIMULACRA2 that qualities were chosen by", "", tuple(f["score"] for f in files), "at least 75"),
        Row("files whose mark was read back", "%", (100 * sum(f["marked"] for f in files) / len(files),)),
        Row("of those with room for 64 bits", "%", (100 * sum(roomy) / len(roomy),), "100"),
    ]


def _row(actor: str, what: str, found: list[dict[str, Any]]) -> Row:
    unit, name = ("MB", f"{actor}, peak memory") if what == "peak" else ("s", f"{actor}, {what}")
    return Row(name, unit, tuple(each[what] for each in found), "at most 2.5" if what == "CPU" else "")


def _measured(actor: str) -> dict[str, Any]:
    code = f"from bench.renditions_actors import measured; measured({actor!r})"
    environment = os.environ | ONE_THREAD
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    found: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return found


def measured(actor: str) -> None:
    """Run one actor in this process, and print what it cost and made as JSON."""
    with TemporaryDirectory() as folder:
        store = DiskStore(Path(folder))
        store.put("original", BytesIO(TWELVE_MEGAPIXELS.read_bytes()))
        cpu, wall = time.process_time(), time.perf_counter()
        made = ACTORS[actor](
            Arrived(IMAGE, "IMG-TEST", Source("file", "photo.jpg", "photo.jpg"), datetime.now(UTC)),
            Accepted("0" * 64, "original", "JPEG", 4048, 3036, TWELVE_MEGAPIXELS.stat().st_size),
            Release("cleared", "For measuring."),
            WatermarkSeen(found=False, confidence=0.0),
            Nothing(),
            store,
            Key(),
            Here(),
        )
        found = {"CPU": time.process_time() - cpu, "wall": time.perf_counter() - wall, "peak": _peak()}
    assert isinstance(made, Renditions | Copies)
    files = [
        {
            "pixels": each.width * each.height,
            "before": each.bytes_uncompressed,
            "after": each.bytes,
            "score": each.score or 100.0,
            "marked": each.marked,
        }
        for each in made.renditions
    ]
    print(json.dumps(found | {"files": files}))


def _peak() -> float:
    """Peak resident megabytes of this process (Linux)."""
    return int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) / 1024


if __name__ == "__main__":
    print(table("make_renditions and make_copies on a 12 MP photo", run()))
