"""Downloads: who gets the bytes, who the login page, who nothing; addresses for any name; uploads."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import urlsplit

import httpx2 as httpx
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from slack_sdk import WebClient

from sandbox.file_shapes import THUMBS, address_name
from sandbox.pictures import SIZE_LIMIT, size, thumb
from sandbox.testing import Control
from tests.sandbox.asking import BOT, USER, desk
from tests.sandbox.refusals import refused
from tests.sandbox.samples import picture

BEARER = {"Authorization": f"Bearer {BOT}"}
NAMES = [
    "a/b.jpg", "..", "../../etc/passwd", "a\\b.jpg", "?x=1#y.jpg", "100%.jpg", "%2F..%2F.jpg", 'say "x".jpg',
    "ünïcode 😀.jpg", "  .jpg", ".jpg", "CON.JPG", "a;b&c=d.jpg", "x" * 200 + ".jpg", "line\u2028break.jpg",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_file_of_any_name_can_be_fetched_from_its_address(shared: Control, name: str) -> None:
    data = picture(size=(40, 30))
    shared.call("switches", strip_exif=False)
    (file,) = shared.post((name, data))["message"]["files"]
    for key in ("url_private", "url_private_download"):
        answer = httpx.get(file[key], headers=BEARER)
        assert (answer.status_code, answer.content) == (200, data)
        assert urlsplit(file[key]).path.isascii()
    assert httpx.get(file["thumb_64"], headers=BEARER).headers["content-type"] == "image/jpeg"


@examples(deadline=None)
@given(st.text(max_size=60))
def test_a_name_in_an_address_is_one_plain_segment(name: str) -> None:
    found = address_name(name)
    assert found
    assert set(found) <= set("abcdefghijklmnopqrstuvwxyz0123456789._-")
    assert found.strip(".") == found
    assert address_name(found) == found


def test_a_name_of_slacks_own_kind_stays_as_it_is() -> None:
    assert address_name("img_2041-b.jpg") == "img_2041-b.jpg"


@pytest.mark.parametrize("side", [*THUMBS])
def test_every_thumbnail_that_is_named_is_there(shared: Control, side: int) -> None:
    (file,) = shared.post(("a.jpg", picture(size=(1200, 900))))["message"]["files"]
    data = httpx.get(file[f"thumb_{side}"], headers=BEARER).content
    assert max(size(data)) == min(side, 1200)


@pytest.mark.parametrize(
    "name", ["x.jpg", "x_0.jpg", "x_-5.jpg", "x_99999999999.jpg", "x_64.jpg.jpg", "x_６４.jpg"]
)
def test_no_other_thumbnail_is(shared: Control, name: str) -> None:
    (id,) = shared.post(("a.jpg", picture()))["files"]
    address = f"{shared.url}/files-tmb/T0SANDBOX1-{id}/{name}"
    assert httpx.get(address, headers=BEARER).status_code == 404


def test_a_file_that_is_no_picture_has_no_thumbnail(shared: Control) -> None:
    (file,) = shared.post(("a.jpg", b"\xff\xd8\xff no picture"))["message"]["files"]
    assert "thumb_64" not in file
    address = f"{shared.url}/files-tmb/T0SANDBOX1-{file['id']}/a_64.jpg"
    assert httpx.get(address, headers=BEARER).status_code == 404


@pytest.mark.parametrize("wanted", ["bytes=0-9", "bytes=5-", "bytes=-5", "bytes=9-5", "lines=1"])
def test_who_asks_for_a_part_gets_the_whole(shared: Control, wanted: str) -> None:
    (file,) = shared.post(("a.bin", bytes(range(200))))["message"]["files"]
    answer = httpx.get(file["url_private_download"], headers=BEARER | {"Range": wanted})
    assert (answer.status_code, len(answer.content)) == (200, 200)
    assert int(answer.headers["content-length"]) == file["size"] == 200


def test_a_large_file_comes_back_byte_for_byte(shared: Control) -> None:
    data = hashlib.shake_128(b"noise").digest(6_000_000)
    (file,) = shared.post(("a.bin", data))["message"]["files"]
    assert httpx.get(file["url_private_download"], headers=BEARER).content == data


@pytest.mark.parametrize(
    ("token", "kind"),
    [(BOT, "image/jpeg"), (USER, "image/jpeg"), ("xapp-sandbox-app", "text/html"), ("", "text/html")],
)
def test_which_token_opens_a_file(shared: Control, token: str, kind: str) -> None:
    (file,) = shared.post(("a.jpg", picture()))["message"]["files"]
    answer = httpx.get(file["url_private"], headers={"Authorization": f"Bearer {token}"} if token else {})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(kind)


def test_a_bot_that_was_taken_out_of_a_private_channel_loses_its_files(sandbox: Control) -> None:
    (file,) = sandbox.post(("a.jpg", picture()), channel="G0PRIVATE1")["message"]["files"]
    assert httpx.get(file["url_private"], headers=BEARER).status_code == 200
    sandbox.call("remove_bot", channel="G0PRIVATE1")
    assert httpx.get(file["url_private"], headers=BEARER).status_code == 404


def test_after_the_token_was_revoked_there_is_only_the_login_page(sandbox: Control) -> None:
    (file,) = sandbox.post(("a.jpg", picture()))["message"]["files"]
    sandbox.call("revoke_token")
    assert "Sign in" in httpx.get(file["url_private"], headers=BEARER).text
    sandbox.call("reinstall")
    assert httpx.get(file["url_private"], headers=BEARER).headers["content-type"] == "image/jpeg"


@pytest.mark.parametrize("kind", ["svg", "html", "txt"])
def test_no_upload_is_ever_shown_as_a_page(shared: Control, kind: str) -> None:
    (file,) = shared.post((f"a.{kind}", b"<svg onload=alert(1)><script>alert(1)</script>"))["message"][
        "files"
    ]
    for address, headers in ((file["url_private"], BEARER), (f"{shared.url}/sandbox/files/{file['id']}", {})):
        answer = httpx.get(address, headers=headers)
        assert answer.headers["content-disposition"].startswith("attachment")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "html" not in answer.headers["content-type"]


def uploaded(client: WebClient, name: str, data: bytes) -> str:
    place = client.files_getUploadURLExternal(filename=name, length=len(data))
    assert httpx.post(place["upload_url"], content=data).text == f"OK - {len(data)}"
    return str(place["file_id"])


def test_a_refused_completion_can_be_repeated(sandbox: Control, client: WebClient) -> None:
    id = uploaded(client, "a.jpg", picture())
    with refused("file_not_found"):
        client.files_completeUploadExternal(files=[{"id": id}, {"id": "F0NOTHERE1"}], channel_id="C0PICTURES")
    client.files_completeUploadExternal(files=[{"id": id}], channel_id="C0PICTURES")
    sandbox.wait(lambda control: control.messages(), 60)
    with refused("file_not_found"):
        client.files_completeUploadExternal(files=[{"id": id}])


def test_a_file_that_is_named_twice_is_shared_once(sandbox: Control, client: WebClient) -> None:
    id = uploaded(client, "a.jpg", picture())
    client.files_completeUploadExternal(files=[{"id": id}, {"id": id}], channel_id="C0PICTURES")
    (message,) = sandbox.wait(lambda control: control.messages(), 60)
    assert [file["id"] for file in message["files"]] == [id]


def test_an_address_without_its_bytes_completes_nothing(client: WebClient, sandbox: Control) -> None:
    place = client.files_getUploadURLExternal(filename="a.jpg", length=5)
    with refused("file_not_found"):
        client.files_completeUploadExternal(files=[{"id": place["file_id"]}])


def bmp(width: int, height: int) -> bytes:
    header = picture("BMP")
    return header[:18] + width.to_bytes(4, "little") + height.to_bytes(4, "little") + header[26:]


@pytest.mark.parametrize(("width", "height"), [(16_384, 12_288), (20_000, 10_000)])
def test_a_200_megapixel_photo_is_measured_whatever_else_the_process_does(width: int, height: int) -> None:
    assert size(bmp(width, height)) == (width, height)
    assert thumb(bmp(width, height), 50) == b""


def test_a_size_beyond_belief_is_none() -> None:
    side = int(SIZE_LIMIT**0.5)
    assert size(bmp(side, side)) == (side, side)
    assert size(bmp(side + 1, side + 1)) == (0, 0)


@examples(deadline=None, max_examples=30)
@given(
    st.dictionaries(st.sampled_from(["id", "title", "x"]), st.none() | st.text(max_size=5) | st.integers())
)
def test_no_list_of_files_breaks_a_completion(item: dict[str, Any]) -> None:
    with desk() as house:
        assert not house.ask("files.completeUploadExternal", {"files": [item, item]})["ok"]
