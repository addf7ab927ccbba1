"""Which way is up, by EXIF 2.32 tag 0x0112."""

from PIL import Image
from PIL.ExifTags import Base
from PIL.Image import Transpose

from pipeline.imaging.decode_damage import FAULTS

_TURNS = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}


def orientation(image: Image.Image) -> int:
    """The turn that ``image`` still needs, 1-8; 1 where the file says nothing, or nothing readable.

    HEIF pictures come turned from libheif, which follows the container's irot and imir; pillow-heif sets the
    EXIF tag to 1 and keeps the old value as ``original_orientation``, which must not be applied again. For
    AVIF Pillow sets the tag from irot and imir. TIFF is turned by Pillow on loading, which removes the tag.
    """
    if image.format == "HEIF":
        return 1
    try:
        stated = image.getexif().get(Base.Orientation, 1)
    except FAULTS:
        return 1
    return stated if stated in _TURNS else 1


def turned(picture: Image.Image, source: Image.Image) -> Image.Image:
    """``picture`` turned as its ``source`` file states."""
    method = _TURNS.get(orientation(source))
    return picture if method is None else picture.transpose(method)
