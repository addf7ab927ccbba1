"""Files that are not what they say, and files that are traps: each gets its own words."""

import struct
import zlib
from collections.abc import Iterator

import pytest

from sandbox.model import Json
from sandbox.testing import Control
from tests.whole.house import DIRECT, GENERAL, PICTURES, PRIVATE, House, drawing, house, photo

pytestmark = pytest.mark.xdist_group("whole-hostile")
LIMIT = 3_000_000
CHANNELS = (PICTURES, GENERAL, PRIVATE, DIRECT)
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it has this many pixels, all of them of one colour."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(bytes(1 << 16)))
    return b"\x89PNG\r\n\x1a\n" + head + pixels + chunk(b"IEND", b"")


FILES: dict[str, tuple[bytes, tuple[str, ...]]] = {
    "offer.jpg": (b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n" * 20, ("Not looked at", "PDF")),
    "page.png": (b"<!DOCTYPE html><html><body>Sign in</body></html>", ("Not looked at", "web page")),
    "empty.jpg": (b"", ("Not looked at", "empty")),
    "cut.jpg": (photo("pigallery2--sydney_opera_house.jpg")[:3000], ("cut.jpg",)),
    "bomb.png": (bomb(60_000, 60_000), ("Not looked at", "pixels")),
    "drawing.svg": (SVG, ("Not looked at", "SVG")),
    "noise.webp": (bytes(range(256)) * 40, ("Not looked at",)),
    "big.jpg": (drawing("big") + bytes(LIMIT), ("Not looked at", "MB")),
    "archive.heic": (b"PK\x03\x04" + bytes(3000), ("Not looked at",)),
    "video.jpg": (b"\0\0\0\x18ftypmp42" + bytes(4000), ("Not looked at",)),
}


@pytest.fixture(scope="module")
def besieged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, dict[str, Json]]]:
    """Loupe after all of these files were posted, each in a message of its own."""
    limits = {"LOUPE_MAX_BYTES": str(LIMIT)}
    with house(tmp_path_factory.mktemp("hostile"), settings=limits) as home:
        posts = {
            name: home.slack.post((name, data), channel=CHANNELS[n % 4])
            for n, (name, (data, _)) in enumerate(FILES.items())
        }
        yield home, posts


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_will_not_do_gets_a_card_that_says_why(
    besieged: tuple[House, dict[str, Json]], name: str
) -> None:
    home, posts = besieged
    home.says(posts[name], *FILES[name][1])


def test_after_all_of_them_a_good_picture_is_looked_at_and_nothing_is_parked(
    besieged: tuple[House, dict[str, Json]],
) -> None:
    home, posts = besieged
    for posted in posts.values():
        home.card(posted)
    home.says(home.post(drawing("good"), channel=GENERAL), "No nudity seen")
    health = home.slack.call("command", channel=PICTURES, user="U0ADALOVE1", line="/imgstatus health")
    assert "put aside" not in health["body"]["text"]


def test_a_text_file_in_a_channel_is_left_alone_and_answered_in_a_direct_message(
    besieged: tuple[House, dict[str, Json]],
) -> None:
    home, _ = besieged
    public = home.slack.post(("notes.txt", b"only words"), channel=GENERAL)
    direct = home.slack.post(("notes.txt", b"only words"), channel=DIRECT)
    home.says(direct, "I only look at pictures")
    assert home.replies(public) == []


def test_a_name_full_of_markup_cannot_speak_for_loupe(besieged: tuple[House, dict[str, Json]]) -> None:
    home, _ = besieged
    posted = home.slack.post(
        ("<!channel> *x* <@U0GRACEH01> <https:evil.example>.jpg", drawing("named")), channel=PRIVATE
    )
    text = home.says(posted, "No nudity seen")
    assert "<!channel>" not in text
    assert "<@U0GRACEH01>" not in text
    assert _mentions(home.slack) == []


def _mentions(slack: Control) -> list[str]:
    calls = [c["arguments"] for c in slack.state()["calls"] if c["method"] == "chat.postMessage"]
    return [str(c) for c in calls if "<!channel>" in str(c) or "<!here>" in str(c)]
