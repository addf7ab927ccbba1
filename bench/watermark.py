"""What the watermark survives, how much it changes, what it costs, and whether it sees marks where none are.

    python -m bench.watermark

Photos are brought to three sizes, since smaller ones hold less; none is enlarged. Every attack starts from
the marked pixels; a mark counts as back when all 64 bits are right.
"""

import io
import math
import time
from collections.abc import Callable, Iterator
from functools import cache, partial

import numpy as np
from PIL import Image, ImageDraw
from PIL.Image import Resampling
from PIL.ImageFilter import GaussianBlur

from bench.pictures import PHOTOS
from bench.rows import Row, table
from pipeline.imaging.decode import upright
from pipeline.imaging.watermark import Strength, embed, read

Picture = Image.Image
Attack = Callable[[Picture], Picture]

KEY, OTHER_KEY = b"the key of the bench", b"somebody else's key"
PAYLOAD = 0x0123_4567_89AB_CDEF
SIDES = (2048, 1024, 512)
KEYS_TRIED = 20
ROUNDS = 9


def encoded(picture: Picture, format: str, quality: int) -> Picture:
    """The picture after a lossy file."""
    file = io.BytesIO()
    picture.save(file, format, quality=quality)
    with Image.open(file) as image:
        return image.convert("RGB")


def fitted(picture: Picture, side: int) -> Picture:
    """The picture at no more than ``side`` pixels each way."""
    small = picture.copy()
    small.thumbnail((side, side), Resampling.LANCZOS)
    return small


def halved(picture: Picture) -> Picture:
    """Half as wide, half as high."""
    return picture.resize((picture.width // 2, picture.height // 2), Resampling.LANCZOS)


def brighter(picture: Picture, times: float) -> Picture:
    """Every level times ``times``, clipped."""
    return picture.point([min(255, round(level % 256 * times)) for level in range(768)])


def cropped(picture: Picture, share: float) -> Picture:
    """Without a border that takes ``share`` of the width and of the height, half on each side."""
    across, down = round(picture.width * share / 2), round(picture.height * share / 2)
    return picture.crop((across, down, picture.width - across, picture.height - down))


def shifted(picture: Picture) -> Picture:
    """Without the first column and the first row."""
    return picture.crop((1, 1, picture.width, picture.height))


ATTACKS: dict[str, Attack] = {
    "nothing": lambda picture: picture,
    "JPEG 50": partial(encoded, format="JPEG", quality=50),
    "WebP 60": partial(encoded, format="WEBP", quality=60),
    "AVIF 50": partial(encoded, format="AVIF", quality=50),
    "half size": halved,
    "512 px and JPEG 75": lambda picture: encoded(fitted(picture, 512), "JPEG", 75),
    "brightness x1.1": partial(brighter, times=1.1),
    "brightness x0.9": partial(brighter, times=0.9),
    "Gaussian blur, sigma 1": lambda picture: picture.filter(GaussianBlur(1)),
    "one pixel cropped": shifted,
    "10 % cropped": partial(cropped, share=0.1),
    "as Slack: 1024 px and JPEG 80": lambda picture: encoded(fitted(picture, 1024), "JPEG", 80),
}
"""The promised ones."""

BEYOND: dict[str, Attack] = {
    "10 % cropped and JPEG 75": lambda picture: encoded(cropped(picture, 0.1), "JPEG", 75),
    "one pixel cropped and JPEG 60": lambda picture: encoded(shifted(picture), "JPEG", 60),
    "half size and JPEG 75": lambda picture: encoded(halved(picture), "JPEG", 75),
    "256 px and JPEG 80": lambda picture: encoded(fitted(picture, 256), "JPEG", 80),
    "150 px": partial(fitted, side=150),
    "10 % cropped and half size": lambda picture: halved(cropped(picture, 0.1)),
    "turned by 1 degree": lambda picture: picture.rotate(1, Resampling.BICUBIC),
}
"""Not promised: where the limits are."""


@cache
def photos(side: int) -> dict[str, Picture]:
    """The test photos that have about ``side`` pixels, at no more than those."""
    found = {}
    for path in sorted(PHOTOS.glob("*.[jwp][pen][gb]*")):
        picture = upright(io.BytesIO(path.read_bytes()), side, 400_000_000)
        if max(picture.size) >= 0.9 * side:
            found[path.stem.partition("--")[2]] = fitted(picture, side)
    return found


@cache
def textures() -> dict[str, Picture]:
    """Made-up pictures: noise as fine as it gets, noise as in nature, smooth, drawn, and written ones."""
    chance = np.random.default_rng(5)
    down, across = np.mgrid[:600, :800]
    waves = np.hypot(np.fft.fftfreq(600)[:, np.newaxis], np.fft.fftfreq(800)) + 1e-3
    natural = np.fft.ifft2(np.fft.fft2(chance.standard_normal((600, 800))) / waves).real
    drawn = {
        "noise": chance.integers(0, 256, (600, 800)),
        "natural noise": 128 + 40 * natural / natural.std(),
        "flat": np.full((600, 800), 120),
        "gradient": across * 255 / 800,
        "squares": (down // 20 + across // 20) % 2 * 200 + 20,
    }
    made = {
        name: Image.fromarray(np.clip(levels, 0, 255).astype(np.uint8)).convert("RGB")
        for name, levels in drawn.items()
    }
    return {**made, "text": _written()}


def _written() -> Picture:
    page = Image.new("RGB", (800, 600), "white")
    pen = ImageDraw.Draw(page)
    for line in range(40):
        pen.text((20, 15 * line), "the quick brown fox jumps over the lazy dog " * 3, fill="black")
    return page


def psnr(one: Picture, other: Picture) -> float:
    """Peak signal to noise ratio in dB over all colours."""
    difference = np.asarray(one, dtype=np.float64) - np.asarray(other, dtype=np.float64)
    return 10 * math.log10(255**2 / max(float(np.mean(difference**2)), 1e-9))


def survived(pictures: dict[str, Picture], attack: Attack) -> dict[str, str]:
    """For each picture "all", or how far it got: "mark" without its bits, or "-"."""
    outcome = {}
    for name, picture in pictures.items():
        mark = read(attack(picture), KEY)
        outcome[name] = "all" if mark.payload == PAYLOAD else "mark" if mark.found else "-"
    return outcome


@cache
def surveyed(side: int) -> tuple[str, dict[str, float]]:
    """The survival matrix of the photos at ``side`` pixels."""
    return matrix(f"Photos at {side} px", photos(side))


def matrix(title: str, originals: dict[str, Picture]) -> tuple[str, dict[str, float]]:
    """The survival matrix as text, and for each attack the share of pictures in % whose bits are all back."""
    marked = {name: embed(picture, PAYLOAD, KEY) for name, picture in originals.items()}
    lines, shares = [f"{title}: {', '.join(originals)}"], {}
    for name, attack in (ATTACKS | BEYOND).items():
        outcome = survived(marked, attack)
        shares[name] = 100 * list(outcome.values()).count("all") / len(outcome)
        lines.append(f"  {name:32} {shares[name]:4.0f} %  " + " ".join(f"{v:4}" for v in outcome.values()))
    distances = " ".join(f"{psnr(originals[name], marked[name]):4.1f}" for name in originals)
    return "\n".join([*lines, f"  {'PSNR in dB':40} {distances}"]), shares


def _icon(picture: Picture) -> Picture:
    icon, small = Image.new("RGB", (108, 108), "white"), fitted(picture, 108)
    icon.paste(small, ((108 - small.width) // 2, (108 - small.height) // 2))
    return icon


SMALL: dict[str, Attack] = {
    "150 wide": lambda picture: picture.resize((150, round(150 * picture.height / picture.width))),
    "108 x 108 on white": _icon,
    "within 72 x 72": partial(fitted, side=72),
    "within 50 x 50": partial(fitted, side=50),
}


def small() -> str:
    """Which marks are found in small pictures, and how many say their payload, as text."""
    lines = [f"Small pictures of {len(photos(1024))} photos: marks found (payloads read)"]
    for name, made in SMALL.items():
        for strength in (Strength.USUAL, Strength.STRONG):
            pictures = [embed(made(photo), PAYLOAD, KEY, strength) for photo in photos(1024).values()]
            files = {"PNG": pictures} | {
                f"JPEG {quality}": [encoded(picture, "JPEG", quality) for picture in pictures]
                for quality in (85, 75)
            }
            lines.append(f"  {name:20} {strength.name:7}" + "".join(_found(*file) for file in files.items()))
    return "\n".join(lines)


def _found(name: str, pictures: list[Picture]) -> str:
    marks = [read(picture, KEY) for picture in pictures]
    found, payloads = sum(mark.found for mark in marks), sum(mark.payload == PAYLOAD for mark in marks)
    return f"  {name} {found} ({payloads})"


def unmarked() -> Iterator[Picture]:
    """Everything without our mark: photos, textures, both small, and all of them with another key's mark."""
    for picture in [*photos(1024).values(), *photos(512).values(), *textures().values()]:
        for side in (700, 300, 100):
            small = fitted(picture, side)
            yield small
            yield embed(small, PAYLOAD, OTHER_KEY)


def false_alarms() -> tuple[int, int, float]:
    """Of how many readings how many saw a mark that is not there, and the strongest evidence among them."""
    keys = [f"key {number}".encode() for number in range(KEYS_TRIED)]
    chances = [read(picture, key).false_alarm for picture in unmarked() for key in keys]
    return len(chances), sum(chance <= 1e-6 for chance in chances), min(chances)


def timings() -> list[Row]:
    """CPU ms at one megapixel, all threads together: marking, reading a marked and an unmarked picture."""
    picture = next(iter(photos(2048).values())).resize((1155, 866))
    marked = embed(picture, PAYLOAD, KEY)
    steps: dict[str, tuple[Callable[[], object], str]] = {
        "embed at 1 MP, CPU": (lambda: embed(picture, PAYLOAD, KEY), "at most 60"),
        "read at 1 MP, marked, CPU": (lambda: read(marked, KEY), "at most 10"),
        "read at 1 MP, not marked, CPU": (lambda: read(picture, KEY), "at most 10"),
        "read at 1 MP, marked and cropped, CPU": (partial(read, cropped(marked, 0.1), KEY), "at most 10"),
    }
    return [Row(name, "ms", _timed(step), target) for name, (step, target) in steps.items()]


def _timed(step: Callable[[], object]) -> tuple[float, ...]:
    taken = []
    for _ in range(ROUNDS):
        start = time.process_time()
        step()
        taken.append((time.process_time() - start) * 1000)
    return tuple(taken)


def run() -> list[Row]:
    """Distance from the original, survival, cost and false alarms."""
    rows = [*timings()]
    for side in SIDES:
        originals = photos(side).values()
        distances = tuple(psnr(one, embed(one, PAYLOAD, KEY)) for one in originals)
        rows.append(Row(f"PSNR at {side} px", "dB", distances, "at least 46"))
        shares = surveyed(side)[1]
        rows += [
            Row(f"bits back at {side} px: {name}", "%", (shares[name],), _target(name)) for name in ATTACKS
        ]
    readings, alarms, _ = false_alarms()
    return [*rows, Row(f"false alarms in {readings} readings", "", (float(alarms),), "0")]


def _target(attack: str) -> str:
    return "at least 90" if attack.startswith("10 %") else "100"


if __name__ == "__main__":
    for side in SIDES:
        print(surveyed(side)[0])
    print(matrix("Made up", textures())[0])
    print(small())
    print(table("The watermark", run()))
