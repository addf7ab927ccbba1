"""Renditions are marked so that nobody sees it; what says that it is marked was read back from its bytes."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from pipeline.imaging import renditions_marking
from pipeline.imaging.encode import PlainJpeg
from pipeline.imaging.quality_sample import sample
from pipeline.imaging.renditions import ENCODERS, Making, Rendered, render
from pipeline.imaging.renditions_marking import LOOKED_AT, UNSEEN, Canvas, Marker
from pipeline.imaging.renditions_plan import Spec, plan
from pipeline.imaging.renditions_source import Original, original
from pipeline.imaging.watermark import Strength, embed, read, reading_side

PHOTOS = Path(__file__).parents[1] / "data"
KEY, PAYLOAD, EARLIER = b"a key", 0x0123_4567_89AB_CDEF, 0xFEED_FACE_CAFE_BEEF
OURS = Marker(KEY, PAYLOAD)
KEPT = Marker(KEY, EARLIER, kept=True)
BUDGET = 256 << 20


def photo(name: str, side: int) -> Image.Image:
    with Image.open(PHOTOS / name) as image:
        image.draft("RGB", (side, side))
        whole = image.convert("RGB")
    whole.thumbnail((side, side), Image.Resampling.LANCZOS)
    return whole


@pytest.fixture(scope="module")
def meadow() -> Image.Image:
    """A photo in which the usual mark is not seen."""
    return photo("exif-orientation-examples--Landscape_6.jpg", 900)


@pytest.fixture(scope="module")
def sunrise() -> Image.Image:
    """A dark and smooth one, in which it is."""
    return photo("hugo--sunrise.webp", 640)


def source_of(picture: Image.Image) -> Original:
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return original(stream, BUDGET)


def specs_of(source: Original) -> tuple[Spec, ...]:
    return plan(*source.size, source.has_alpha, source.animated)


def quick(marker: Marker | None, quality: int = 85) -> Making:
    """One encoder and one quality for all formats."""
    fixed = (PlainJpeg((quality, quality, quality)),)
    return Making(marker=marker, encoders=dict.fromkeys(ENCODERS, fixed))


def jpegs(picture: Image.Image, making: Making) -> dict[str, Rendered]:
    source = source_of(picture)
    specs = [spec for spec in specs_of(source) if spec.format == "JPEG"]
    return {each.spec.name: each for each in render(source, specs, making)}


def opened(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as image:
        return image.convert("RGBA" if image.has_transparency_data else "RGB")


def decibels(one: Image.Image, other: Image.Image) -> float:
    apart = np.asarray(one, np.float64) - np.asarray(other, np.float64)
    return float(10 * np.log10(255**2 / np.mean(apart**2)))


def strengths(monkeypatch: pytest.MonkeyPatch) -> list[Strength]:
    """Notes how strongly is marked from now on."""
    noted: list[Strength] = []

    def noting(
        picture: Image.Image, payload: int, key: bytes, strength: Strength = Strength.USUAL
    ) -> Image.Image:
        noted.append(strength)
        return embed(picture, payload, key, strength)

    monkeypatch.setattr(renditions_marking, "embed", noting)
    return noted


class TestStrength:
    def test_a_photo_is_marked_at_the_usual_strength(self, meadow: Image.Image) -> None:
        first = Canvas(lambda: meadow, OURS).first.picture
        assert first.tobytes() == embed(meadow, PAYLOAD, KEY).tobytes()

    def test_where_that_would_be_seen_it_is_marked_gently(self, sunrise: Image.Image) -> None:
        assert sample(sunrise).likeness(embed(sunrise, PAYLOAD, KEY)) < UNSEEN
        first = Canvas(lambda: sunrise, OURS).first.picture
        assert first.tobytes() == embed(sunrise, PAYLOAD, KEY, Strength.GENTLE).tobytes()
        assert sample(sunrise).likeness(first) >= UNSEEN

    @pytest.mark.parametrize("side", [512, 1024])
    @pytest.mark.parametrize(
        "name",
        [
            "exif-orientation-examples--Landscape_6.jpg",
            "exifr--IMG_20180725_163423.jpg",
            "exifr--iptc-mess.jpg",
            "face_recognition--two_people.jpg",
            "hugo--sunrise.webp",
        ],
    )
    def test_no_photo_shows_its_mark(self, name: str, side: int) -> None:
        plain = photo(name, side)
        first = Canvas(lambda: plain, OURS).first.picture
        assert decibels(plain, first) >= 46
        assert sample(plain).likeness(first) >= UNSEEN

    def test_in_small_pictures_nobody_looks_for_it(self, sunrise: Image.Image) -> None:
        small = sunrise.resize((LOOKED_AT - 1, 300))
        first = Canvas(lambda: small, OURS).first.picture
        assert first.tobytes() == embed(small, PAYLOAD, KEY).tobytes()

    def test_stronger_ones_are_only_made_when_asked_for(
        self, sunrise: Image.Image, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        noted = strengths(monkeypatch)
        versions = Canvas(lambda: sunrise, OURS).versions()
        next(versions)
        assert noted == [Strength.USUAL, Strength.GENTLE]
        next(versions)
        next(versions)
        assert noted == [Strength.USUAL, Strength.GENTLE, Strength.STRONG]
        assert next(versions, None) is None

    def test_each_is_made_once_for_all_formats(
        self, meadow: Image.Image, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        noted = strengths(monkeypatch)
        canvas = Canvas(lambda: meadow, OURS)
        pairs = zip(canvas.versions(), canvas.versions(), strict=True)
        assert all(one is other for one, other in pairs)
        assert noted == [Strength.USUAL, Strength.STRONG]


@dataclass
class Wiping:
    """An encoder that blurs the mark away until it was asked so often."""

    asked: int
    qualities: tuple[int, int, int] = (85, 85, 85)
    name: str = "wiping"
    pictures: list[Image.Image] = field(default_factory=list)

    def encode(self, picture: Image.Image, quality: int, whole: int = 0) -> bytes:
        self.pictures.append(picture)
        shown = picture.reduce(8).resize(picture.size) if len(self.pictures) <= self.asked else picture
        return PlainJpeg((quality, quality, quality)).encode(shown, quality)


def wiped(picture: Image.Image, times: int) -> tuple[Wiping, Rendered]:
    source, encoder = source_of(picture), Wiping(times)
    [spec] = [spec for spec in specs_of(source) if (spec.name, spec.format) == ("app512", "JPEG")]
    making = Making(marker=OURS, encoders={"JPEG": (encoder,)})
    [made] = render(source, [spec], making)
    return encoder, made


class TestReadBack:
    def test_what_is_marked_says_so_and_what_says_so_is_marked(self, meadow: Image.Image) -> None:
        made = jpegs(meadow, quick(OURS))
        assert {name for name, each in made.items() if not each.marked} <= {"box50", "app108"}
        for each in made.values():
            mark = read(opened(each.data), KEY)
            right = mark.payload == PAYLOAD if each.width * each.height >= 12_000 else mark.found
            assert each.marked == right, each.spec.name

    def test_nothing_is_marked_without_a_marker(self, meadow: Image.Image) -> None:
        assert not any(each.marked for each in jpegs(meadow, quick(None)).values())

    def test_a_mark_that_did_not_hold_is_made_again_more_strongly(self, meadow: Image.Image) -> None:
        encoder, made = wiped(meadow, 1)
        assert len(encoder.pictures) == 2
        assert made.marked
        assert read(opened(made.data), KEY).payload == PAYLOAD

    def test_one_that_never_holds_goes_out_with_the_faintest_mark_and_says_so(
        self, meadow: Image.Image
    ) -> None:
        encoder, made = wiped(meadow, 99)
        usual, strong = encoder.pictures
        assert not made.marked
        assert made.data == Wiping(99).encode(usual, 85)
        assert usual.tobytes() != strong.tobytes()

    def test_the_wrong_payload_is_not_the_right_mark(self, meadow: Image.Image) -> None:
        data = PlainJpeg((90, 90, 90)).encode(embed(meadow, EARLIER, KEY), 90)
        assert not OURS.is_in(data)
        assert KEPT.is_in(data)

    def test_a_small_file_need_only_show_that_there_is_a_mark(self, meadow: Image.Image) -> None:
        small = meadow.resize((108, 108))
        out = io.BytesIO()
        embed(small, PAYLOAD, KEY).save(out, "PNG")
        assert OURS.is_in(out.getvalue())
        plain = io.BytesIO()
        small.save(plain, "PNG")
        assert not OURS.is_in(plain.getvalue())

    def test_a_mark_in_the_pixels_alone_is_found_by_the_look_at_full_size(self, meadow: Image.Image) -> None:
        piece = embed(meadow.resize((1800, 1200)), PAYLOAD, KEY).crop((100, 60, 1700, 1140))
        assert OURS.is_in(PlainJpeg((92, 92, 92)).encode(piece, 92))

    def test_the_key_is_in_no_repr(self) -> None:
        assert "a key" not in repr(OURS)


def pieces() -> Iterator[tuple[str, Image.Image]]:
    """A marked picture, whole and cut, as people post it again."""
    marked = embed(photo("exif-orientation-examples--Landscape_6.jpg", 1200), EARLIER, KEY)
    yield "whole", marked
    yield "cut", marked.crop((60, 40, marked.width - 60, marked.height - 40))


class TestKept:
    @pytest.mark.parametrize(("way", "picture"), list(pieces()), ids=["whole", "cut"])
    def test_renditions_keep_the_mark_that_the_picture_came_with(
        self, way: str, picture: Image.Image
    ) -> None:
        made = jpegs(picture, quick(KEPT))
        assert {name for name, each in made.items() if not each.marked} <= {"box50", "app108"}
        read_again = {n: read(opened(e.data), KEY).payload for n, e in made.items() if e.width >= 500}
        assert set(read_again.values()) == {EARLIER}, way

    def test_what_still_carries_it_is_not_touched(self, meadow: Image.Image) -> None:
        marked = embed(meadow, EARLIER, KEY)
        made = jpegs(marked, quick(KEPT))["s600"]
        assert made.data == PlainJpeg((85, 85, 85)).encode(marked, 85)

    def test_it_is_never_ours(self, meadow: Image.Image) -> None:
        made = jpegs(embed(meadow, EARLIER, KEY), quick(KEPT))
        assert not any(OURS.is_in(each.data) for each in made.values() if each.width * each.height >= 12_000)


class TestReadingSide:
    @pytest.mark.parametrize(
        ("size", "side"),
        [((4048, 3036), 640), ((2560, 1440), 640), ((400, 300), 400), ((1000, 16383), 5898), ((1, 1), 1)],
    )
    def test_the_shorter_side_has_room_for_the_waves_where_the_picture_has(
        self, size: tuple[int, int], side: int
    ) -> None:
        assert reading_side(size) == side
        assert reading_side(size[::-1]) == side


class TestTransparency:
    def test_opaque_and_clear_copies_are_marked_apart(self, meadow: Image.Image) -> None:
        clear = meadow.resize((600, 400)).convert("RGBA")
        mask = Image.new("L", clear.size, 0)
        ImageDraw.Draw(mask).ellipse((5, 5, 595, 395), fill=255)
        clear.putalpha(mask)
        source = source_of(clear)
        ladder = [spec for spec in specs_of(source) if spec.name == "s600"]
        made = {each.format: each for each in render(source, ladder, Making(marker=OURS))}
        assert all(each.marked for each in made.values())
        assert {format: opened(each.data).mode for format, each in made.items()} == {
            "JPEG": "RGB",
            "WEBP": "RGBA",
            "AVIF": "RGBA",
        }
