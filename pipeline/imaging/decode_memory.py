"""What decoding a picture will take, in bytes, known before it is done.

The factors per pixel were measured as peak memory on 12 MP files and rounded up (Pillow 13.0, libwebp 1.6,
libavif 1.4, libheif 1.23, libtiff 4.7).
"""

from typing import IO

from PIL.ImageFile import ImageFile

STORED = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2, "I;16L": 2, "I;16N": 2}
"""Bytes that Pillow keeps per pixel, by mode; 4 for all others."""

WEBP, AVIF, HEIF = 18, 13, 9
"""Measured: 16.6-17.2 (two canvases, the answer, the picture); 9.9-12.5; 7.8-7.9 for 8 bits without alpha."""
DEEP = 4
"""More for HEIF with more than 8 bits or with alpha (measured 9.7)."""
COEFFICIENT = 2
"""libjpeg keeps a whole picture of 16 bit coefficients when it comes in several scans."""

_BITS_PER_SAMPLE, _ROWS_PER_STRIP = 258, 278


def bytes_needed(image: ImageFile, coded: tuple[int, int] | None = None) -> int:
    """Bytes to decode ``image`` at the size it has; ``coded`` is its size in the file, before ``draft``."""
    width, height = image.size
    pixels = width * height
    kept = pixels * STORED.get(image.mode, 4)
    match image.format:
        case "JPEG" | "MPO":
            return kept + _coefficients(image, coded or image.size)
        case "TIFF":
            return kept + _strip(image)
        case "WEBP":
            return pixels * WEBP
        case "AVIF":
            return pixels * AVIF
        case "HEIF":
            deep = image.info.get("bit_depth", 8) > 8 or image.has_transparency_data
            return pixels * (HEIF + DEEP * deep)
    return kept


def _coefficients(image: ImageFile, coded: tuple[int, int]) -> int:
    layers: list[tuple[int, int, int, int]] = getattr(image, "layer", [])
    if not layers or not (image.info.get("progressive") or _split_in_scans(image.fp, len(layers))):
        return 0
    across = max(max(layer[1] for layer in layers), 1)
    down = max(max(layer[2] for layer in layers), 1)
    share = sum(layer[1] * layer[2] for layer in layers) / (across * down)
    return int(coded[0] * coded[1] * share * COEFFICIENT)


def _split_in_scans(stream: IO[bytes] | None, layers: int) -> bool:
    """Does the first scan of a JPEG hold only some of its layers? (ITU T.81, B.2.3)"""
    if stream is None:
        return False
    stream.seek(2)
    while len(head := stream.read(4)) == 4:
        if head[0] != 0xFF or head[1] == 0xFF:
            stream.seek(-3, 1)
        elif head[1] == 0xDA:
            return stream.read(1) != bytes([layers])
        else:
            stream.seek(int.from_bytes(head[2:], "big") - 2, 1)
    return False


def _strip(image: ImageFile) -> int:
    """What libtiff unpacks at a time: one strip, which may be the whole picture."""
    tags = getattr(image, "tag_v2", {})
    rows = min(image.size[1], tags.get(_ROWS_PER_STRIP, image.size[1]))
    bits = sum(tags.get(_BITS_PER_SAMPLE, (8,)))
    return int(image.size[0] * rows * bits) // 8
