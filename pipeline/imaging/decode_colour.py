"""Brings any of Pillow's pixel modes to 8 bit sRGB, in bands so that no second full picture is ever held.

Shrinking comes first, in the picture's own colours: there are fewer pixels to convert then.
"""

from io import BytesIO

import numpy as np
from PIL import Image, ImageCms

BAND = 1 << 20
"""Pixels converted at a time: 4 MB of working memory."""

Range = tuple[float, float]

_SPACES = {"RGB": "RGB", "CMYK": "CMYK"}


def is_plain(image: Image.Image) -> bool:
    """Is there nothing to convert but a profile?"""
    return image.mode in _SPACES and not image.has_transparency_data


def shrunk(image: Image.Image, factor: int) -> Image.Image:
    """``image`` divided by ``factor`` with a box filter, as RGB on white, or as CMYK when it is CMYK.

    Sixteen bits are cut to their upper eight; whole numbers and floats are stretched over their own range.
    """
    width, height = image.size
    mode = "CMYK" if image.mode == "CMYK" else "RGB"
    small = Image.new(mode, (-(-width // factor), -(-height // factor)))
    limits = _range(image)
    rows = max(1, BAND // width // factor) * factor
    for top in range(0, height, rows):
        box = (0, top, width, min(height, top + rows))
        small.paste(_reduced(image, box, factor, limits), (0, top // factor))
    return small


def in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """RGB or CMYK ``image`` as RGB in sRGB, by its ICC ``profile``; a broken or foreign one is left out."""
    if profile:
        try:
            return _converted(image, profile)
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass
    return image if image.mode == "RGB" else image.convert("RGB")


def _converted(image: Image.Image, profile: bytes) -> Image.Image:
    source = ImageCms.ImageCmsProfile(BytesIO(profile))
    if source.profile.xcolor_space.strip() != _SPACES[image.mode]:
        raise ValueError("The profile is for other colours.")
    if image.mode == "RGB" and "srgb" in ImageCms.getProfileDescription(source).lower():
        return image
    converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    return image if converted is None else converted


def _reduced(image: Image.Image, box: tuple[int, int, int, int], factor: int, limits: Range) -> Image.Image:
    if is_plain(image) and factor > 1:
        return image.reduce(factor, box)
    band = _flat(image.crop(box), limits)
    return band.reduce(factor) if factor > 1 else band


def _flat(band: Image.Image, limits: Range) -> Image.Image:
    """RGB on white, or CMYK, from every mode that Pillow decodes to."""
    if band.mode in ("I", "F") or band.mode.startswith("I;16"):
        return _stretched(band, limits).convert("RGB")
    if band.mode == "LAB":
        return _from_lab(band)
    if band.has_transparency_data:
        clear = band.convert("RGBA")
        white = Image.new("RGB", band.size, "white")
        white.paste(clear, mask=clear.getchannel("A"))
        return white
    return band if band.mode == "CMYK" else band.convert("RGB")


def _range(image: Image.Image) -> Range:
    """The values that become black and white."""
    if image.mode.startswith("I;16"):
        return (0.0, 65535.0)
    if image.mode not in ("I", "F"):
        return (0.0, 255.0)
    low, high = (float(value) for value in image.getextrema())  # type: ignore[arg-type]
    for usual in (1.0, 255.0, 65535.0) if image.mode == "F" else (255.0, 65535.0):
        if low >= 0 and high <= usual:
            return (0.0, usual)
    return (low, high) if np.isfinite([low, high]).all() else (0.0, 1.0)


def _stretched(band: Image.Image, limits: Range) -> Image.Image:
    low, high = limits
    values = np.nan_to_num(np.asarray(band, dtype=np.float32), nan=low, posinf=high, neginf=low)
    levels = (values - low) * (255.0 / max(high - low, 1e-6))
    return Image.fromarray(np.clip(levels, 0, 255).astype(np.uint8))


def _from_lab(band: Image.Image) -> Image.Image:
    lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    converted = ImageCms.profileToProfile(band, lab, srgb, outputMode="RGB")
    return band.convert("RGB") if converted is None else converted
