"""The invisible watermark for files on this machine: whose key, put it in, look for it."""

from pathlib import Path

from PIL import Image

from loupe import keys
from loupe.settings import Settings
from pipeline.errors import Misconfigured, Rejected
from pipeline.imaging.decode import upright
from pipeline.imaging.watermark import Mark, Strength, embed, read

FORMATS = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG", ".webp": "WEBP", ".avif": "AVIF"}
QUALITY = 90
ANY_SIZE = 1 << 20
"""Longer than any side: the picture is taken at its full size."""


def key(settings: Settings) -> bytes:
    """The key of this Loupe: LOUPE_WATERMARK_KEY, else one made once and kept in the data folder.

    Whoever loses it can no longer find the marks that were made with it. Raises ``Unavailable``.
    """
    if settings.watermark_key:
        return settings.watermark_key.get_secret_value().encode()
    return keys.kept(settings.data / "watermark.key", "The watermark's key")


def picture(path: Path, settings: Settings) -> Image.Image:
    """A file's picture, upright, at its full size. Raises ``Rejected`` with words."""
    try:
        with path.open("rb") as stream:
            return upright(stream, ANY_SIZE, settings.decode_memory << 20)
    except OSError as fault:
        raise Rejected(f"{path} cannot be read: {fault.strerror}.") from None


def mark(source: Path, target: Path, payload: int, settings: Settings) -> Mark:
    """Write ``source`` with ``payload`` in it to ``target``; what is then read from the finished file.

    Tries the usual strength and, where that does not hold in the file, the strong one. Raises
    ``Misconfigured`` for an ending that names no format, ``Rejected`` where the source is no picture.
    """
    format = FORMATS.get(target.suffix.lower())
    if format is None:
        raise Misconfigured(f"{target.name}: the ending must be one of {', '.join(FORMATS)}.")
    if target.exists() and target.samefile(source):
        raise Misconfigured(f"{target} is the original itself. Name another file for the marked copy.")
    plain, secret = picture(source, settings), key(settings)
    for strength in (Strength.USUAL, Strength.STRONG):
        embed(plain, payload, secret, strength).save(target, format, quality=QUALITY)
        found = read(picture(target, settings), secret)
        if found.payload == payload:
            break
    return found


def find(path: Path, settings: Settings) -> Mark:
    """What this Loupe's key finds in a file. Raises ``Rejected`` where it is no picture."""
    return read(picture(path, settings), key(settings))


def mark_text(found: Mark) -> str:
    """What was read of a watermark, on one line; its number as 16 hexadecimal digits."""
    if not found.found:
        return (
            f"no mark of this Loupe (chance of one like this in an unmarked picture: {found.false_alarm:.1g})"
        )
    number = "no number can be read" if found.payload is None else f"number {found.payload:016x}"
    return (
        f"marked, {number}, confidence {found.confidence:.0f} of 100,"
        f" {found.corrected_bits} of 240 symbols put right, {found.layer} layer"
    )
