"""Whether a picture says where it was taken: the page's answer is that of exiftool for every test photo."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from starlette.applications import Starlette

from tests.browser.upload_site import DATA
from tests.web.serving import served
from web.assets import of_site, static_routes

pytestmark = pytest.mark.browser
TRUTH = json.loads((DATA / "truth.json").read_text())
ASK = "async (module) => (await import(module)).placed(document.querySelector('input').files[0])"


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """A page that can load the module and nothing else."""
    with served(Starlette(routes=static_routes())) as site, browser.new_context() as context:
        page = context.new_page()
        page.goto(site + of_site("phone.css"))
        page.set_content("<input type=file>")
        yield page


def placed(page: Page, path: Path) -> str:
    page.locator("input").set_input_files(path)
    said: str = page.evaluate(ASK, of_site("gps.js"))
    return said


@pytest.mark.parametrize("name", TRUTH)
def test_a_place_is_seen_where_exiftool_sees_one(page: Page, name: str) -> None:
    known = TRUTH[name]
    assert placed(page, DATA / name) == ("yes" if "lat" in known and "lon" in known else "no")


def test_zeros_that_a_phone_wrote_over_a_place_are_no_place(page: Page, tmp_path: Path) -> None:
    whole = (DATA / "exif-py--DSCN0010.jpg").read_bytes()
    degrees = bytes.fromhex("0000002b00000001"), bytes.fromhex("0000000b00000001")
    little = [bytes([*each[3::-1], *each[7:3:-1]]) for each in degrees]
    redacted = tmp_path / "redacted.jpg"
    for start in little:
        at = whole.find(start)
        assert at > 0
        whole = whole[:at] + bytes(24) + whole[at + 24 :]
    redacted.write_bytes(whole)
    assert placed(page, redacted) == "no"


@pytest.mark.parametrize(
    "content",
    [b"", b"GIF89a", b"\xff\xd8\xff\xe1\x00\x10Exif\0\0II*\0\xff\xff\xff\xff",
     b"\x89PNG\r\n\x1a\n" + b"\xff" * 8,
     b"\0\0\0\x18ftypheic\0\0\0\0\0\0\0\0\0\0\0\x10\0\0\0\x20meta" + bytes(24), b"\xff\xd8" + b"\xff" * 9000],
    ids=["empty", "gif", "jpeg cut off", "png of nonsense", "empty meta", "only filling"],
)  # fmt: skip
def test_what_is_damaged_or_unknown_is_never_said_to_have_a_place(
    page: Page, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "odd.jpg"
    path.write_bytes(content)
    assert placed(page, path) in ("no", "unknown")
