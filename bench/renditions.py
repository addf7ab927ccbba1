"""What six renditions of a 12 MP photo cost, beside libvips, ImageMagick, sharp and thumbor.

    python -m bench.renditions

All do the same: the six named renditions as plain JPEG of quality 80, on one thread. `make peers` installs
sharp and thumbor into bench/peers, and root gets ImageMagick by apt; what is not there is left out. How small
the files get is in ``bench.renditions_bytes``.
"""

import io
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np
import pyvips
from numpy.typing import NDArray
from PIL import Image

from bench import renditions_actors, renditions_bytes
from bench.pictures import TWELVE_MEGAPIXELS
from bench.rows import Row, table
from pipeline.imaging.encode import PlainJpeg
from pipeline.imaging.quality_ssim import ssim
from pipeline.imaging.renditions import Making, render
from pipeline.imaging.renditions_canvas import on_canvas
from pipeline.imaging.renditions_plan import Spec, plan
from pipeline.imaging.renditions_source import original
from pipeline.imaging.resize import Sizes

ROUNDS = 5
QUALITY = 80
BUDGET = 512 << 20
PEERS = Path(__file__).parent / "peers"
ONE_THREAD = {
    "VIPS_CONCURRENCY": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MAGICK_THREAD_LIMIT": "1",
    "OMP_NUM_THREADS": "1",
}
MAGICK = {
    "w150": ["-resize", "150x"],
    "box50": ["-resize", "50x50>"],
    "h150": ["-resize", "x150"],
    "app108": ["-resize", "108x108", "-background", "white", "-gravity", "center", "-extent", "108x108"],
    "app512": ["-resize", "512x512", "-background", "white", "-gravity", "center", "-extent", "512x512"],
    "art2560": ["-resize", "2560x1440^", "-gravity", "center", "-extent", "2560x1440"],
}
SHARP = """
const sharp = require('sharp'); sharp.concurrency(1); sharp.cache(false);
const file = process.argv[1], pad = {fit: 'contain', background: 'white'};
const ways = [[150], [50, 50, {fit: 'inside'}], [null, 150], [108, 108, pad], [512, 512, pad], [2560, 1440]];
(async () => { for (let n = 0; n < 6; n++) { const before = process.cpuUsage();
  for (const way of ways) await sharp(file).rotate().resize(...way).jpeg({quality: 80}).toBuffer();
  const used = process.cpuUsage(before); if (n) console.log((used.user + used.system) / 1000); } })();
"""
THUMBOR = """
import sys, time
from thumbor.config import Config
from thumbor.context import Context
from thumbor.engines.pil import Engine
data = open(sys.argv[1], "rb").read()
ways = [(150, 113), (50, 38), (200, 150), (108, 81), (512, 384), (2560, 1920)]
for n in range(6):
    before = time.process_time()
    for way in ways:
        engine = Engine(Context(config=Config(QUALITY=80)))
        engine.load(data, ".jpg")
        engine.resize(*way)
        if way[0] == 2560:
            engine.crop(0, 240, 2560, 1680)
        engine.read(".jpg", 80)
    if n:
        print((time.process_time() - before) * 1000)
"""


def six(making: Making) -> None:
    """The six named renditions of the photo."""
    with TWELVE_MEGAPIXELS.open("rb") as stream:
        photo = original(stream, BUDGET)
    for _ in render(photo, _named(plan(*photo.size, has_alpha=False)), making):
        pass


def everything() -> None:
    """All renditions and the candidates of the srcset, as they are published."""
    with TWELVE_MEGAPIXELS.open("rb") as stream:
        photo = original(stream, BUDGET)
    for _ in render(photo, plan(*photo.size, has_alpha=False)):
        pass


def libvips() -> None:
    """The same by libvips alone: six times thumbnail_buffer."""
    data = TWELVE_MEGAPIXELS.read_bytes()
    endless = 10_000_000
    for width, height in ((150, endless), (50, 50), (endless, 150), (108, 108), (512, 512)):
        pyvips.Image.thumbnail_buffer(data, width, height=height).jpegsave_buffer(Q=QUALITY)
    pyvips.Image.thumbnail_buffer(data, 2560, height=1440, crop="centre").jpegsave_buffer(Q=QUALITY)


OURS: dict[str, Callable[[], None]] = {
    "ours, JPEG 80": partial(six, Making(encoders={"JPEG": [PlainJpeg((QUALITY, QUALITY, QUALITY))]})),
    "libvips, six thumbnail_buffer": libvips,
    "ours, as published: searched, mozjpeg": partial(six, Making()),
}


def run() -> list[Row]:
    """CPU milliseconds on one thread, ratios, peak megabytes, and likeness to a Lanczos filter in floats."""
    timed = _timed()
    rows = [Row(f"{name}, CPU", "ms", tuple(values)) for name, values in timed.items()]
    ours = timed["ours, JPEG 80"]
    for other, most in (("libvips, six thumbnail_buffer", 50.0), ("ImageMagick, six commands", 5.0)):
        if other in timed:
            ratios = tuple(100 * mine / median(timed[other]) for mine in ours)
            rows.append(Row(f"ours / {other}", "%", ratios, f"at most {most:.0f}"))
    return [*rows, *renditions_actors.run(), *_peaks(), *_likeness(), *renditions_bytes.run()]


def _timed() -> dict[str, list[float]]:
    """By program, milliseconds of each round; all take turns, so that a busy moment hits all alike."""
    timed = _child("import json; from bench.renditions import rounds; print(json.dumps(rounds()))")
    if convert := _magick():
        timed["ImageMagick, six commands"] = list(_magick_rounds(convert))
    if (node := shutil.which("node")) and (found := _lines([node, "-e", SHARP, str(TWELVE_MEGAPIXELS)])):
        timed["sharp"] = found
    python = str(PEERS / ".venv/bin/python")
    if found := _lines([python, "-c", THUMBOR, str(TWELVE_MEGAPIXELS)]):
        timed["thumbor's engine"] = found
    return timed


def rounds() -> dict[str, list[float]]:
    """CPU milliseconds by way, in this process; the first round warms the caches."""
    timed: dict[str, list[float]] = {name: [] for name in OURS}
    for number in range(ROUNDS + 1):
        for name, step in OURS.items():
            before = time.process_time()
            step()
            if number:
                timed[name].append((time.process_time() - before) * 1000)
    return timed


def _child(code: str) -> dict[str, list[float]]:
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ | ONE_THREAD
    )
    found: dict[str, list[float]] = json.loads(run.stdout.splitlines()[-1])
    return found


def _lines(command: list[str]) -> list[float]:
    """The numbers that a program prints; none where it does not run."""
    surroundings = {**os.environ, **ONE_THREAD, "NODE_PATH": str(PEERS / "node_modules")}
    try:
        run = subprocess.run(command, capture_output=True, text=True, check=False, env=surroundings)
    except FileNotFoundError:
        return []
    return [float(line) for line in run.stdout.split()] if run.returncode == 0 else []


def _magick() -> str | None:
    """ImageMagick's convert."""
    places = ("/usr/bin/convert", shutil.which("convert") or "")
    if not any(map(_is_magick, places)) and os.getuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "install", "-y", "-qq", "imagemagick"], capture_output=True, check=False)
    return next(filter(_is_magick, places), None)


def _is_magick(place: str) -> bool:
    if not Path(place).is_file():
        return False
    run = subprocess.run([place, "-version"], capture_output=True, text=True, check=False)
    return run.stdout.startswith("Version: ImageMagick")


def _magick_rounds(convert: str) -> Iterator[float]:
    with TemporaryDirectory() as folder:
        for _ in range(ROUNDS):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            for name, way in MAGICK.items():
                target = str(Path(folder, f"{name}.jpg"))
                command = [
                    convert,
                    str(TWELVE_MEGAPIXELS),
                    "-auto-orient",
                    *way,
                    "-quality",
                    str(QUALITY),
                    target,
                ]
                subprocess.run(command, check=True, env=os.environ | ONE_THREAD)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            yield 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def _peaks() -> Iterator[Row]:
    kinds = {
        "six, JPEG 80": ("OURS['ours, JPEG 80']()", "at most 110"),
        "six, as published": ("OURS['ours, as published: searched, mozjpeg']()", "at most 110"),
        "everything, with WebP and AVIF": ("everything()", ""),
        "libvips, six thumbnail_buffer": ("libvips()", ""),
    }
    for name, (call, target) in kinds.items():
        code = f"import json; from bench.renditions import *; {call}; print(json.dumps({{'peak': [peak()]}}))"
        yield Row(f"peak memory: {name}", "MB", tuple(_child(code)["peak"]), target)


def peak() -> float:
    """Peak resident megabytes of this process (Linux)."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _likeness() -> list[Row]:
    """Of each of the six before compression, to the original scaled by a Lanczos filter in floats."""
    with TWELVE_MEGAPIXELS.open("rb") as stream:
        photo = original(stream, BUDGET)
    sizes, found = Sizes(photo), []
    for spec in _named(plan(*photo.size, has_alpha=False)):
        ours = np.asarray(on_canvas(sizes.at(spec.scaled), spec)).astype(np.float32)
        exact = reference(TWELVE_MEGAPIXELS.read_bytes(), spec)
        error = float(np.mean((ours.astype(np.float64) - exact) ** 2))
        found.append((10 * np.log10(255**2 / error), 100 * ssim(ours, exact)))
    decibels, alike = zip(*found, strict=True)
    return [
        Row("PSNR of the six against Lanczos in floats", "dB", decibels, "at least 40"),
        Row("SSIM of the six against Lanczos in floats", "%", alike, "at least 99"),
    ]


def reference(data: bytes, spec: Spec) -> NDArray[np.float32]:
    """The canvas (row, column, band) from a picture that is upright and sRGB, without any rounding."""
    with Image.open(io.BytesIO(data)) as image:
        bands = image.convert("RGB").split()
    whole = [np.asarray(b.convert("F").resize(spec.scaled, Image.Resampling.LANCZOS)) for b in bands]
    scaled = np.clip(np.dstack(whole), 0, 255)
    canvas = np.full((spec.height, spec.width, 3), 255, np.float32)
    top, left = (spec.height - scaled.shape[0]) // 2, (spec.width - scaled.shape[1]) // 2
    cut = scaled[max(0, -top) :, max(0, -left) :][: spec.height, : spec.width]
    canvas[max(0, top) :, max(0, left) :][: cut.shape[0], : cut.shape[1]] = cut
    return canvas


def _named(specs: tuple[Spec, ...]) -> list[Spec]:
    return [spec for spec in specs if not spec.name.startswith("s")]


if __name__ == "__main__":
    print(table("Renditions of a 12 MP JPEG", run()))
