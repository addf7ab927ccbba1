"""HEIF and AVIF, box by box: which picture is meant, how it is turned and cut, what lies beside it."""

import io
import struct
from collections.abc import Mapping, Sequence

import pytest

from pipeline.errors import Rejected
from pipeline.imaging.metadata import stated
from pipeline.imaging.probe import Probed, probe
from tests.unit import exif_blocks as blocks

Item = tuple[bytes, bytes, bool]
"""Kind, content, hidden."""


def box(kind: bytes, *content: bytes) -> bytes:
    data = b"".join(content)
    return struct.pack(">I", 8 + len(data)) + kind + data


def full(kind: bytes, *content: bytes, version: int = 0) -> bytes:
    return box(kind, bytes([version, 0, 0, 0]), *content)


def ispe(width: int, height: int) -> bytes:
    return full(b"ispe", struct.pack(">II", width, height))


def irot(quarters: int) -> bytes:
    return box(b"irot", bytes([quarters]))


def clap(width: int, height: int) -> bytes:
    return box(b"clap", struct.pack(">8I", width, 1, height, 1, 0, 1, 0, 1))


def infe(number: int, item: Item) -> bytes:
    kind, _, hidden = item
    words = b"\0application/rdf+xml\0" if kind == b"mime" else b"\0"
    return box(b"infe", bytes([2, 0, 0, hidden]), struct.pack(">HH", number, 0), kind, words)


def heif(
    items: Sequence[Item],
    properties: Sequence[bytes],
    references: Mapping[bytes, tuple[int, int]] | None = None,
    brand: bytes = b"heic",
    primary: int = 1,
    owner: int = 1,
) -> io.BytesIO:
    """A file whose items lie in the meta box itself; all properties belong to item ``owner``."""
    places = b""
    idat = b""
    for number, (_, content, _) in enumerate(items, 1):
        places += struct.pack(">HHHHII", number, 1, 0, 1, len(idat), len(content))
        idat += content
    meta = full(
        b"meta",
        full(b"pitm", struct.pack(">H", primary)),
        full(b"iinf", struct.pack(">H", len(items)), *(infe(n, item) for n, item in enumerate(items, 1))),
        full(b"iloc", b"\x44\x00", struct.pack(">H", len(items)), places, version=1),
        box(
            b"iprp",
            box(b"ipco", *properties),
            full(
                b"ipma",
                struct.pack(">IHB", 1, owner, len(properties)),
                bytes(range(1, len(properties) + 1)),
            ),
        ),
        full(
            b"iref", *(box(kind, struct.pack(">HHH", a, 1, b)) for kind, (a, b) in (references or {}).items())
        ),
        box(b"idat", idat),
    )
    return io.BytesIO(box(b"ftyp", brand, b"\0\0\0\0", brand) + meta)


PICTURE: Item = (b"hvc1", b"pixels", False)


@pytest.mark.parametrize(
    ("properties", "size"),
    [
        ([ispe(400, 300)], (400, 300)),
        ([ispe(400, 300), irot(0)], (400, 300)),
        ([ispe(400, 300), irot(1)], (300, 400)),
        ([ispe(400, 300), irot(2)], (400, 300)),
        ([ispe(400, 300), irot(3)], (300, 400)),
        ([ispe(400, 300), clap(399, 299)], (399, 299)),
        ([ispe(400, 300), clap(399, 299), irot(1)], (299, 399)),
        ([ispe(400, 300), clap(9999, 9999)], (400, 300)),
    ],
)
def test_the_picture_is_cut_and_turned_as_its_properties_say(
    properties: list[bytes], size: tuple[int, int]
) -> None:
    assert probe(heif([PICTURE], properties)) == Probed("HEIF", *size, 1)


def test_the_primary_picture_is_the_one_that_is_measured() -> None:
    found = probe(heif([PICTURE, PICTURE], [ispe(40, 30)], primary=2, owner=2))
    assert (found.width, found.height, found.frames) == (40, 30, 2)


def test_a_primary_picture_that_does_not_exist_gives_way_to_the_first() -> None:
    assert probe(heif([PICTURE], [ispe(40, 30)], primary=9)) == Probed("HEIF", 40, 30, 1)


def test_a_primary_picture_without_properties_is_damaged() -> None:
    with pytest.raises(Rejected, match="damaged"):
        probe(heif([PICTURE, PICTURE], [ispe(40, 30)], primary=2))


def test_thumbnails_depth_maps_and_tiles_are_not_counted() -> None:
    items = [(b"grid", b"\0" * 8, False), PICTURE, PICTURE, PICTURE, (b"hvc1", b"x", True)]
    references = {b"dimg": (1, 2), b"thmb": (3, 1), b"auxl": (4, 1)}
    assert probe(heif(items, [ispe(40, 30)], references)).frames == 1


@pytest.mark.parametrize(("brand", "format"), [(b"heic", "HEIF"), (b"mif1", "HEIF"), (b"avif", "AVIF")])
def test_the_brand_tells_heif_from_avif(brand: bytes, format: str) -> None:
    assert probe(heif([PICTURE], [ispe(40, 30)], brand=brand)).format == format


def test_a_general_brand_with_avif_beside_it_is_avif() -> None:
    data = heif([PICTURE], [ispe(40, 30)]).getvalue()
    head = box(b"ftyp", b"mif1", b"\0\0\0\0", b"mif1", b"avif")
    assert probe(io.BytesIO(head + data[20:])).format == "AVIF"


@pytest.mark.parametrize("lead", [b"\0\0\0\0", b"\0\0\0\6Exif\0\0"])
def test_exif_lies_behind_its_prefix(lead: bytes) -> None:
    exif = lead + blocks.block({0x10F: blocks.text("Apple")})
    found = stated(heif([PICTURE, (b"Exif", exif, False)], [ispe(40, 30)]))
    assert found.camera.make == "Apple"


def test_xmp_is_an_item_with_its_own_content_type() -> None:
    xmp = blocks.packet("exif:GPSLatitude='10,30N' exif:GPSLongitude='20,30E'")
    found = stated(heif([PICTURE, (b"mime", xmp, False)], [ispe(40, 30)]))
    assert found.location is not None
    assert found.location.latitude == 10.5


@pytest.mark.parametrize(
    "file",
    [
        heif([], [ispe(40, 30)]),
        heif([PICTURE], []),
        heif([(b"hvc1", b"", False)], [ispe(40, 30)]),
        io.BytesIO(box(b"ftyp", b"heic", b"\0\0\0\0")),
    ],
    ids=["no item", "no size", "no bytes", "no meta box"],
)
def test_a_file_without_a_picture_is_damaged(file: io.BytesIO) -> None:
    with pytest.raises(Rejected, match="damaged"):
        probe(file)
