"""Falls back to the smaller copy that a file carries when the full picture does not fit into memory.

Only then: a small copy may show something else than the picture, so looking at the picture comes first.
"""

from PIL.ImageFile import ImageFile
from PIL.TiffImagePlugin import TiffImageFile

from pipeline.errors import Rejected
from pipeline.imaging.decode_memory import bytes_needed

PREVIEW_SIDE = 640
"""Pixels of the long side below which a copy says too little: the detectors look at 640."""

_PAGES = 16
"""Pages of a TIFF that are asked whether they are a smaller copy."""
_NEW_SUBFILE_TYPE, _REDUCED = 254, 1


def preview(image: ImageFile, wanted: tuple[int, int], budget: int) -> None:
    """Make ``image`` load its smallest copy of at least ``wanted`` pixels.

    Raises ``Rejected`` where there is none that fits into ``budget`` bytes.
    """
    width, height, needed = *image.size, bytes_needed(image)
    if image.format == "HEIF" and image.draft(None, wanted):
        return
    if isinstance(image, TiffImageFile) and _reduced_page(image, wanted, budget):
        return
    raise Rejected(
        f"This picture is {width} x {height} pixels; decoding it takes {needed >> 20} MB of memory and "
        f"{budget >> 20} MB are allowed. Post it smaller, or as a plain JPEG."
    )


def _reduced_page(image: TiffImageFile, wanted: tuple[int, int], budget: int) -> bool:
    """Go to the smallest page that calls itself a reduced copy and fits (TIFF 6.0, NewSubfileType bit 0)."""
    width, height = image.size
    fitting: list[tuple[int, int]] = []
    for page in range(1, min(image.n_frames, _PAGES)):
        image.seek(page)
        across, down = image.size
        alike = abs(across * height - down * width) <= 2 * max(width, height)
        reduced = image.tag_v2.get(_NEW_SUBFILE_TYPE, 0) & _REDUCED
        if reduced and alike and across >= wanted[0] and down >= wanted[1] and bytes_needed(image) <= budget:
            fitting.append((across * down, page))
    if not fitting:
        return False
    image.seek(min(fitting)[1])
    return True
