"""make_renditions and make_copies as the engine runs them: what they keep, under which keys, and what not."""

import io
import random
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image

from pipeline.adapters.tinypng import TinyPng
from pipeline.imaging.encode import decoded
from pipeline.imaging.watermark import embed, read
from pipeline.model import Rendition
from pipeline.results import Accepted, Copies, Failed, Release, Renditions, Skipped, WatermarkSeen
from tests.contract.tinypng_server import KEY, serving
from tests.flow.driving import eventually
from tests.unit.workshop import IMAGE, PAYLOAD, Here, Key, Workshop, encoded, photo

NAMED = {"art2560", "app512", "app108", "w150", "h150", "box50"}
KEYS = re.compile(rf"{IMAGE}/[a-z]+\d+-[0-9a-f]{{16}}\.(jpg|png|webp|avif)")
EARLIER = 0x0123_4567_89AB_CDEF


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path)


@pytest.fixture(scope="module")
def meadow() -> bytes:
    return encoded(photo("exif-orientation-examples--Landscape_6.jpg", 700), quality=92)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, meadow: bytes) -> tuple[Workshop, tuple[Rendition, ...]]:
    shop = Workshop(tmp_path_factory.mktemp("made"))
    return shop, shop.everything(meadow)


Made = tuple[Workshop, tuple[Rendition, ...]]


class TestFiles:
    def test_the_six_and_the_ladder_are_made_once_each(self, made: Made) -> None:
        names = [(each.name, each.format) for each in made[1]]
        assert len(names) == len(set(names))
        ladder = {(f"s{width}", format) for width in (320, 467) for format in ("JPEG", "WEBP", "AVIF")}
        assert set(names) == ladder | {(name, "JPEG") for name in NAMED}

    def test_keys_are_the_image_the_name_and_16_digits_of_the_content(self, made: Made) -> None:
        assert all(KEYS.fullmatch(each.key) for each in made[1])
        assert len({each.key for each in made[1]}) == len(made[1])

    def test_the_store_holds_exactly_what_is_told(self, made: Made) -> None:
        shop, files = made
        assert shop.kept() == sorted(f"renditions/{each.key}" for each in files)
        for each in files:
            data = shop.content(each)
            assert len(data) == each.bytes
            with Image.open(io.BytesIO(data)) as seen:
                assert (seen.size, seen.format) == ((each.width, each.height), each.format)

    def test_all_but_the_smallest_say_whose_they_are(self, made: Made) -> None:
        shop, files = made
        assert {each.name for each in files if not each.marked} <= {"box50", "app108"}
        for each in files:
            if each.width * each.height >= 12_000:
                assert read(Image.fromarray(decoded(shop.content(each))), Key().key).payload == PAYLOAD

    def test_a_second_run_changes_nothing(self, made: Made, meadow: bytes) -> None:
        shop, files = made
        assert shop.everything(meadow) == files
        assert len(shop.kept()) == len(files)

    def test_every_file_is_smaller_than_before(self, made: Made) -> None:
        assert all(each.bytes < each.bytes_uncompressed for each in made[1])


words = st.text(max_size=20)
held = st.builds(Release, st.sampled_from(["review", "held"]), words)


class TestWithheld:
    @settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @example(Release("held", ""), Failed("broken"))
    @given(held, st.one_of(st.builds(Failed, words), st.builds(Skipped, words)))
    def test_whoever_is_not_cleared_gets_nothing_whatever_else_is_known(
        self, workshop: Workshop, release: Release, seen: Failed | Skipped
    ) -> None:
        accepted = Accepted("0" * 64, "originals/none", "JPEG", 10, 10, 1)
        for found in (
            workshop.renditions(accepted, release, seen),
            workshop.copies(accepted, release, seen),
        ):
            assert found == Skipped(f"Shown to nobody: {release.reason}")
        assert workshop.kept() == []

    def test_who_asked_for_no_copies_gets_none_until_they_take_it_back(
        self, workshop: Workshop, meadow: bytes
    ) -> None:
        accepted = workshop.accept(meadow)
        workshop.notes.set(IMAGE, "withdraw")
        assert isinstance(workshop.renditions(accepted), Skipped)
        assert isinstance(workshop.copies(accepted), Skipped)
        assert workshop.kept() == []
        workshop.notes.clear(IMAGE, "withdraw")
        assert isinstance(workshop.renditions(accepted), Renditions)


class TestMarks:
    def test_a_picture_that_says_whose_it_is_keeps_saying_that(self, workshop: Workshop) -> None:
        picture = embed(photo("exif-orientation-examples--Landscape_6.jpg", 700), EARLIER, Key().key)
        data = encoded(picture, quality=90)
        seen = workshop.seen(data)
        assert seen.payload == f"{EARLIER:016x}"
        found = workshop.renditions(workshop.accept(data), seen=seen)
        assert isinstance(found, Renditions)
        assert found.payload is None
        for each in found.renditions:
            if each.width * each.height >= 12_000:
                mark = read(Image.fromarray(decoded(workshop.content(each))), Key().key)
                assert mark.payload == EARLIER, each.name

    @pytest.mark.parametrize(
        "seen",
        [
            Failed("broken"),
            Skipped("not looked at"),
            WatermarkSeen(found=True, confidence=70.0),
        ],
        ids=["failed", "skipped", "a mark that says nothing"],
    )
    def test_any_other_is_marked_with_its_own(
        self, workshop: Workshop, meadow: bytes, seen: WatermarkSeen | Failed | Skipped
    ) -> None:
        found = workshop.renditions(workshop.accept(meadow), seen=seen)
        assert isinstance(found, Renditions)
        assert found.payload == f"{PAYLOAD:016x}"


class TestTrouble:
    @pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
    @pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "GIF", "TIFF"])
    def test_what_stops_early_comes_out_or_is_skipped_with_words(
        self, workshop: Workshop, format: str, share: float
    ) -> None:
        whole = encoded(photo("exif-orientation-examples--Landscape_6.jpg", 300), format)
        key = "originals/cut"
        workshop.store.put(key, io.BytesIO(whole[: int(len(whole) * share)]))
        accepted = Accepted("0" * 64, key, format, 200, 300, 1)
        for found in (workshop.renditions(accepted), workshop.copies(accepted)):
            if isinstance(found, Skipped):
                assert found.reason.endswith(".")
            else:
                assert isinstance(found, Renditions | Copies)
                assert found.renditions

    def test_what_does_not_fit_into_memory_is_skipped_with_a_way_out(self, workshop: Workshop) -> None:
        workshop.rendering = Here(decode_bytes=10 << 20)
        accepted = workshop.accept(encoded(Image.new("RGB", (3000, 3000)), "PNG"))
        found = workshop.renditions(accepted)
        assert isinstance(found, Skipped)
        assert "Post it smaller" in found.reason

    @pytest.mark.parametrize("size", [(1, 1), (1, 16384), (16384, 1), (40, 16384), (16384, 90), (3, 2000)])
    def test_strips_come_out_in_every_size_and_format(
        self, workshop: Workshop, size: tuple[int, int]
    ) -> None:
        files = workshop.everything(encoded(Image.linear_gradient("L").resize(size).convert("RGB"), "PNG"))
        assert {each.name for each in files} >= NAMED
        for each in files:
            assert decoded(workshop.content(each)).shape[:2] == (each.height, each.width)


def run_until(shop: Workshop, files: int) -> None:
    """Run both actors in a process of its own, and kill that once so many files are there."""
    command = [sys.executable, "-m", "tests.unit.workshop_process", str(shop.folder)]
    process = subprocess.Popen(command)
    try:
        eventually(lambda: len(shop.kept()) >= files or process.poll() is not None)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


class TestKilled:
    def test_a_run_that_is_killed_anywhere_leaves_only_what_the_next_makes_again(
        self, tmp_path: Path, made: Made, meadow: bytes
    ) -> None:
        """Also shows that other processes make the very same files."""
        shop = Workshop(tmp_path)
        shop.accept(meadow)
        (tmp_path / "photo.jpg").write_bytes(meadow)
        expected = {f"renditions/{each.key}" for each in made[1]}
        chance, seen = random.Random(5), set[int]()
        for _ in range(4):
            run_until(shop, chance.randrange(len(shop.kept()) + 1, len(expected)))
            seen.add(len(shop.kept()))
            assert set(shop.kept()) <= expected
            for key in shop.kept()[::2]:
                shop.store.delete(key)
        assert min(seen) < len(expected)
        assert {f"renditions/{each.key}" for each in shop.everything(meadow)} == expected
        assert set(shop.kept()) == expected


class TestTinyPng:
    def test_it_compresses_the_icons_within_the_month_and_the_rest_is_done_here(
        self, workshop: Workshop
    ) -> None:
        clear = photo("exif-orientation-examples--Landscape_6.jpg", 300).convert("RGBA")
        clear.putalpha(Image.linear_gradient("L").resize(clear.size))
        with serving() as server:
            server.echo = True
            workshop.rendering = Here(service=TinyPng(KEY, monthly=1, address=server.address))
            files = workshop.everything(encoded(clear, "PNG"))
        icons = {each.name: each for each in files if each.format == "PNG"}
        assert (server.count, icons["app512"].encoder) == (1, "TinyPNG")
        assert icons["app512"].marked
        assert "oxipng" in icons["app108"].encoder
        assert not any(each.encoder == "TinyPNG" for each in files if each.format != "PNG")

    def test_a_service_that_is_down_is_not_waited_for(self, workshop: Workshop) -> None:
        clear = Image.new("RGBA", (200, 100), (9, 90, 200, 100))
        with serving() as server:
            server.status = 503
            workshop.rendering = Here(service=TinyPng(KEY, address=server.address))
            files = workshop.everything(encoded(clear, "PNG"))
        assert [bool(sent) for _, _, sent in server.asked] == [False, True]  # the count, then one icon
        assert {each.name for each in files} >= NAMED

    def test_an_answer_that_is_no_picture_of_that_size_is_not_published(self, workshop: Workshop) -> None:
        clear = Image.new("RGBA", (200, 100), (9, 90, 200, 100))
        with serving() as server:
            for server.body in (b"<html>sorry</html>", encoded(Image.new("RGBA", (9, 9)), "PNG")):
                workshop.rendering = Here(service=TinyPng(KEY, address=server.address))
                files = workshop.everything(encoded(clear, "PNG"))
                assert server.count > 0
                assert not any(each.encoder == "TinyPNG" for each in files)

    def test_an_answer_with_metadata_is_not_published(self, workshop: Workshop) -> None:
        clear = Image.new("RGBA", (200, 100), (9, 90, 200, 100))
        exif = Image.Exif()
        exif[0x010E] = "where I live"
        with serving() as server:
            server.body = encoded(Image.new("RGBA", (512, 512)), "PNG", exif=exif)
            workshop.rendering = Here(service=TinyPng(KEY, address=server.address))
            files = workshop.everything(encoded(clear, "PNG"))
        assert not any(each.encoder == "TinyPNG" for each in files)
