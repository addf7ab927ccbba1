"""How small renditions get at the same look: bytes at equal SSIMULACRA2, over Pillow's progressive JPEG.

    python -m bench.renditions_bytes

Each photo is scaled to 1280 pixels, compressed at several qualities, and scored as a whole; bytes at a score
are read off the curve (logarithm of bytes over score, straight between two points).
"""

import io
from collections.abc import Callable, Iterator

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from bench.pictures import PHOTOS
from bench.rows import Row, table
from pipeline.imaging.encode import decoded
from pipeline.imaging.encode_png import plain_png, png
from pipeline.imaging.quality import Original
from pipeline.imaging.quality_search import TARGET
from pipeline.imaging.renditions import ENCODERS, render
from pipeline.imaging.renditions_canvas import on_canvas
from pipeline.imaging.renditions_plan import fitting, plan
from pipeline.imaging.renditions_source import original
from pipeline.imaging.resize import Sizes

WIDE = 1280
BUDGET = 512 << 20
NAMES = (
    "exifr--IMG_20180725_163423.jpg",
    "exifr--iptc-mess.jpg",
    "exif-orientation-examples--Landscape_6.jpg",
    "face_recognition--obama_and_biden.jpg",
)
PAPER = "sharp--alpha-paper.png"
SCORES = (60.0, TARGET)
TARGETS = {"JPEG": "at most 87", "AVIF": "at most 67", "WEBP": ""}

Encode = Callable[[Image.Image, int], bytes]


def progressive(picture: Image.Image, quality: int) -> bytes:
    """What the others are compared with."""
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, progressive=True, optimize=True)
    return out.getvalue()


CURVES: dict[str, tuple[Encode, tuple[int, ...]]] = {
    "Pillow": (progressive, (40, 58, 74, 86)),
    "JPEG": (ENCODERS["JPEG"][0].encode, (44, 62, 77, 88)),
    "WEBP": (ENCODERS["WEBP"][0].encode, (45, 66, 80, 90)),
    "AVIF": (ENCODERS["AVIF"][0].encode, (38, 54, 66, 78)),
}


def run() -> list[Row]:
    """Percentages of Pillow's bytes; the scores that the search arrives at; PNG with alpha over lossless."""
    found: dict[tuple[str, float], list[float]] = {}
    for name in NAMES:
        for key, share in _shares(photo(name)):
            found.setdefault(key, []).append(share)
    rows = [
        Row(f"{format} at SSIMULACRA2 {score:.0f} / Pillow", "%", tuple(shares), TARGETS[format])
        for (format, score), shares in found.items()
    ]
    return [*rows, _reached(), *_pngs()]


def photo(name: str) -> Image.Image:
    """Upright RGB, 1280 pixels wide."""
    with Image.open(PHOTOS / name) as image:
        whole = ImageOps.exif_transpose(image).convert("RGB")
    return whole.resize(fitting(whole.size, (WIDE, None)), Image.Resampling.LANCZOS)


def _shares(picture: Image.Image) -> Iterator[tuple[tuple[str, float], float]]:
    judge = Original(np.asarray(picture)[None])
    at = {name: _curve(picture, judge, *curve) for name, curve in CURVES.items()}
    for score in SCORES:
        for format in TARGETS:
            yield (format, score), 100 * at[format](score) / at["Pillow"](score)


def _curve(
    picture: Image.Image, judge: Original, encode: Encode, qualities: tuple[int, ...]
) -> Callable[[float], float]:
    """Bytes at a score."""
    files = [encode(picture, quality) for quality in qualities]
    scores = [judge.score(decoded(data)[None]) for data in files]
    logarithms = np.log([len(data) for data in files])
    return lambda score: float(np.exp(np.interp(score, scores, logarithms)))


def _reached() -> Row:
    """Scores of whole renditions, where the search saw tiles."""
    scores: list[float] = []
    for name in NAMES:
        with (PHOTOS / name).open("rb") as stream:
            picture = original(stream, BUDGET)
        sizes = Sizes(picture)
        specs = [spec for spec in plan(*picture.size, has_alpha=False) if 300 < spec.width <= WIDE]
        for each in render(picture, specs):
            judge = Original(np.asarray(on_canvas(sizes.at(each.spec.scaled), each.spec))[None])
            scores.append(judge.score(decoded(each.data)[None]))
    return Row("SSIMULACRA2 of what the search arrives at", "", tuple(scores), "at least 75")


def _pngs() -> Iterator[Row]:
    with Image.open(PHOTOS / PAPER) as image:
        paper = image.convert("RGBA").resize((512, 384), Image.Resampling.LANCZOS)
    clear = photo(NAMES[0]).resize((512, 384)).convert("RGBA")
    mask = Image.new("L", clear.size)
    ImageDraw.Draw(mask).ellipse((40, 30, 470, 350), fill=255)
    clear.putalpha(mask.filter(ImageFilter.GaussianBlur(8)))
    for name, picture in {"a drawing": paper, "a photo that fades out": clear}.items():
        share = 100 * len(png(picture)[0]) / len(plain_png(picture))
        yield Row(f"PNG with alpha of {name} / lossless", "%", (share,), "at most 40")


if __name__ == "__main__":
    print(table("Bytes of renditions", run()))
