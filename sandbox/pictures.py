"""What Slack notes about an uploaded file: its type and, for a picture, its size in pixels."""

from __future__ import annotations

import io
from typing import Any

import pillow_heif
from PIL import Image, ImageOps

EXTENSIONS = {
    "jpg": ("image/jpeg", "jpg"),
    "jpeg": ("image/jpeg", "jpg"),
    "mpo": ("image/jpeg", "jpg"),
    "png": ("image/png", "png"),
    "gif": ("image/gif", "gif"),
    "webp": ("image/webp", "webp"),
    "heic": ("image/heic", "heic"),
    "heif": ("image/heif", "heif"),
    "avif": ("image/avif", "avif"),
    "tif": ("image/tiff", "tiff"),
    "tiff": ("image/tiff", "tiff"),
    "bmp": ("image/bmp", "bmp"),
    "svg": ("image/svg+xml", "svg"),
    "pdf": ("application/pdf", "pdf"),
    "txt": ("text/plain", "text"),
    "mp4": ("video/mp4", "mp4"),
    "zip": ("application/zip", "zip"),
}
MAGIC = ((b"\xff\xd8\xff", "jpg"), (b"\x89PNG", "png"), (b"GIF8", "gif"), (b"BM", "bmp"), (b"%PDF", "pdf"))
UNREADABLE = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    RuntimeError,
    MemoryError,
    Warning,  # where a process turns warnings into errors
)
THUMB_LIMIT = 50_000_000
"""Pixels of which a thumbnail is made."""
SIZE_LIMIT = 1_000_000_000
"""Pixels beyond which a stated size is not believed."""

# Pillow's own guard warns at 89 million pixels, refuses at 179 million and cannot be set per call: real phone
# photos have 200 million. The limits above take its place.
Image.MAX_IMAGE_PIXELS = None


def file_type(name: str, data: bytes) -> tuple[str, str]:
    """(mimetype, filetype): from the name's ending, as Slack does, else from the first bytes."""
    ending = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if ending in EXTENSIONS:
        return EXTENSIONS[ending]
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return EXTENSIONS["webp"]
    sniffed = next((ending for magic, ending in MAGIC if data.startswith(magic)), "")
    return EXTENSIONS.get(sniffed, ("application/octet-stream", "binary"))


def size(data: bytes) -> tuple[int, int]:
    """(width, height) as stored, read from the header alone; (0, 0) where it is no readable picture."""
    try:
        width, height = _heif(data).size if _is_heif(data) else Image.open(io.BytesIO(data)).size
    except UNREADABLE:
        return (0, 0)
    return (width, height) if width * height <= SIZE_LIMIT else (0, 0)


def thumb(data: bytes, side: int) -> bytes:
    """A JPEG of the picture, upright, no side longer than `side`; empty where it cannot be made."""
    try:
        source: Any = _heif(data) if _is_heif(data) else Image.open(io.BytesIO(data))
        if source.size[0] * source.size[1] > THUMB_LIMIT:
            return b""
        image = source.to_pillow() if _is_heif(data) else source
        image.draft("RGB", (side, side))
        image = ImageOps.exif_transpose(image).convert("RGBA")
        image.thumbnail((side, side))
        white = Image.new("RGBA", image.size, "white")
        white.alpha_composite(image)
        out = io.BytesIO()
        white.convert("RGB").save(out, "JPEG", quality=80)
    except UNREADABLE:
        return b""
    return out.getvalue()


def _is_heif(data: bytes) -> bool:
    return data[4:8] == b"ftyp" and data[8:12] not in (b"avif", b"avis")


def _heif(data: bytes) -> Any:
    """The first picture of a HEIF file, opened without registering HEIF in Pillow."""
    return pillow_heif.open_heif(io.BytesIO(data))
