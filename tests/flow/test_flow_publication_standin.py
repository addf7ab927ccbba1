"""What stands in for making renditions keeps the promises that the real one keeps."""

import hashlib
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from pipeline.adapters.disk_store import DiskStore
from pipeline.imaging.renditions_marking import Marker
from pipeline.model import Rendition, RenditionFormat
from pipeline.publication import staged
from pipeline.rendering import SUFFIX, made
from tests.flow.publishing import Taste, quick
from web.public import FILE

IMAGE = "0190a0a0-0000-7000-8000-000000000001"
Maker = Callable[..., Iterator[Rendition]]


class Plainly:
    decode_bytes = 100 << 20

    def compress(self, png: Callable[[], bytes], format: RenditionFormat) -> bytes | None:
        return None


@pytest.fixture
def store(tmp_path: Path) -> DiskStore:
    found = DiskStore(tmp_path)
    data = BytesIO()
    Image.linear_gradient("L").resize((40, 30)).convert("RGBA").save(data, "PNG")
    found.put("originals/ab", BytesIO(data.getvalue()))
    return found


@pytest.mark.parametrize("maker", [made, quick(Taste())], ids=["real", "played"])
@pytest.mark.parametrize("formats", [{"JPEG", "PNG"}, {"WEBP", "AVIF"}], ids=["renditions", "copies"])
def test_each_rendition_is_staged_under_its_content_and_can_be_addressed(
    store: DiskStore, maker: Maker, formats: set[RenditionFormat]
) -> None:
    found = list(maker(IMAGE, "originals/ab", formats, Marker(b"key", 1), store, Plainly()))
    assert {each.format for each in found} <= formats
    assert len(found) >= 2
    assert sorted(store.keys(staged(IMAGE))) == sorted(staged(each.key) for each in found)
    for each in found:
        with store.open(staged(each.key)) as stream:
            data = stream.read()
        assert len(data) == each.bytes
        digest = hashlib.sha256(data).hexdigest()[:16]
        assert each.key == f"{IMAGE}/{each.name}-{digest}.{SUFFIX[each.format]}"
        assert FILE.fullmatch(f"/i/{each.key}")
        assert each.url == ""


@pytest.mark.parametrize("maker", [made, quick(Taste())], ids=["real", "played"])
def test_making_them_again_gives_the_same_files(store: DiskStore, maker: Maker) -> None:
    one, two = (
        [each.key for each in maker(IMAGE, "originals/ab", {"JPEG"}, Marker(b"key", 1), store, Plainly())]
        for _ in range(2)
    )
    assert one == two
