"""What the findings on one 12 MP photo cost, beside one full decoding by Pillow in the same run.

    python -m bench.findings

Every round starts with nothing decoded; the models stay loaded, as in a worker.
"""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from PIL import Image

from bench.renditions_actors import Nothing
from bench.rows import Row, table
from handlers.detect_faces import detect_faces
from handlers.detect_nudity import CLOSE_SIDE, SIDE, detect_nudity
from handlers.find_place import find_place
from handlers.read_metadata import read_metadata
from handlers.read_watermark import read_watermark
from loupe.settings import load
from pipeline.adapters.geonames import GeoNames
from pipeline.adapters.onnx_faces import OnnxFaces
from pipeline.adapters.onnx_nudity import OnnxNudity
from pipeline.adapters.pictures import StoredPictures
from pipeline.model import Earlier, Location, Place, Source
from pipeline.ports import Gazetteer
from pipeline.results import Accepted, Arrived, Metadata

PHOTO = Path(__file__).parents[1] / "tests" / "data" / "exifr--IMG_20180725_163423.jpg"
ACCEPTED = Accepted("0" * 64, "photo", "JPEG", 4048, 3036, bytes=1)
ARRIVED = Arrived("photo", "IMG-0000", Source("file", "photo.jpg", "photo"), datetime(2026, 7, 2, tzinfo=UTC))
ROUNDS = 9


class Shelf:
    """A store that holds the photo under every key."""

    def open(self, key: str) -> BinaryIO:
        """The photo."""
        return PHOTO.open("rb")

    def put(self, key: str, stream: BinaryIO) -> None:
        """Never asked for here."""
        raise NotImplementedError

    def delete(self, key: str) -> None:
        """Never asked for here."""
        raise NotImplementedError

    def keys(self, prefix: str) -> Iterator[str]:
        """Never asked for here."""
        raise NotImplementedError


class Nobody:
    """The geocoder of a person who did not opt in."""

    def refine(self, location: Location, place: Place | None) -> Place | None:
        """The place as it is."""
        return place


class Strangers:
    """A ledger without images."""

    def of(self, payload: int) -> Earlier | None:
        """Nobody's."""
        return None


@dataclass(frozen=True)
class Key:
    """How pictures are marked."""

    key: bytes = b"a key for measuring"


@dataclass(frozen=True)
class Worker:
    """What a worker process builds once."""

    gazetteer: Gazetteer
    nudity: OnnxNudity
    faces: OnnxFaces

    def findings(self) -> None:
        """Everything that is found in the photo."""
        pictures = StoredPictures(Shelf())
        metadata = read_metadata(ARRIVED, ACCEPTED, Shelf(), pictures, load(), Nothing())
        assert isinstance(metadata, Metadata)
        find_place(metadata, self.gazetteer, Nobody())
        detect_nudity(ACCEPTED, pictures, self.nudity)
        detect_faces(ACCEPTED, pictures, self.faces)
        self.watermark(pictures)

    def watermark(self, pictures: StoredPictures) -> None:
        """Only whether there is a mark already."""
        read_watermark(ACCEPTED, pictures, Key(), Strangers())

    def models(self, picture: Image.Image) -> None:
        """Both models on a decoded picture; faces look three times, since the photo shows none."""
        self.nudity.score(picture)
        self.faces.faces(picture)

    def second_look(self) -> None:
        """What an unsure first nudity score costs on top."""
        self.nudity.score(StoredPictures(Shelf()).upright("photo", CLOSE_SIDE))


@contextmanager
def worker() -> Iterator[Worker]:
    """A worker with a cache folder of its own."""
    with TemporaryDirectory() as cache:
        yield Worker(GeoNames(Path(cache)), OnnxNudity(), OnnxFaces())


def full_decode() -> None:
    """What every program pays that looks at the whole photo."""
    with Image.open(PHOTO) as image:
        image.load()


def run() -> list[Row]:
    """CPU and wall milliseconds of the findings and of what they are compared with; peak megabytes."""
    with worker() as one:
        seen = StoredPictures(Shelf())
        picture = seen.upright("photo", SIDE)
        steps: dict[str, Callable[[], object]] = {
            "full decoding by Pillow": full_decode,
            "both models": lambda: one.models(picture),
            "read_watermark, once it is decoded": lambda: one.watermark(seen),
            "second look, when the first is not sure": one.second_look,
            "findings": one.findings,
        }
        timed = _rounds(steps)
    targets = {
        "findings": "at most 200",
        "read_watermark, once it is decoded": "at most 30",
    }
    rows = [
        Row(f"{name}, {kind}", "ms", tuple(values), targets.get(name, "") if kind == "CPU" else "")
        for name, by_kind in timed.items()
        for kind, values in by_kind.items()
    ]
    return [*rows, _beyond_models(timed), *_peaks()]


def _rounds(steps: dict[str, Callable[[], object]]) -> dict[str, dict[str, list[float]]]:
    timed: dict[str, dict[str, list[float]]] = {name: {"CPU": [], "wall": []} for name in steps}
    for number in range(ROUNDS + 1):
        for name, step in steps.items():
            cpu, wall = time.process_time(), time.perf_counter()
            step()
            if number:  # the first round loads the models and warms the caches
                timed[name]["CPU"].append((time.process_time() - cpu) * 1000)
                timed[name]["wall"].append((time.perf_counter() - wall) * 1000)
    return timed


def _beyond_models(timed: dict[str, dict[str, list[float]]]) -> Row:
    """The findings without the models, over one full decoding, round by round."""
    cpu = [timed[name]["CPU"] for name in ("findings", "both models", "full decoding by Pillow")]
    ratios = tuple((found - models) / decode for found, models, decode in zip(*cpu, strict=True))
    return Row("findings without models / full decoding, CPU", "x", ratios, "at most 1.5")


def _peaks() -> list[Row]:
    code = "from bench.findings import peaks; print(*peaks())"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    first, second = (float(word) for word in run.stdout.split())
    return [
        Row("peak memory of a process that found it all", "MB", (first,), "at most 220"),
        Row("peak memory with a second look", "MB", (second,), "at most 220"),
    ]


def peaks() -> tuple[float, float]:
    """Peak resident megabytes (Linux) of this process after the findings, and after a second look as well."""
    with worker() as one:
        one.findings()
        one.findings()
        usual = _resident_peak()
        one.second_look()
    return usual, _resident_peak()


def _resident_peak() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


if __name__ == "__main__":
    print(table("Findings on a 12 MP JPEG", run()))
