"""Files: their shape in messages, who may download them, how an app uploads, how they go."""

from __future__ import annotations

import io
from pathlib import Path

import httpx2 as httpx
import pytest
from PIL import Image
from slack_sdk import WebClient

from sandbox.testing import Control
from tests.sandbox.refusals import refused
from tests.sandbox.samples import GPS, picture, read_exif

BEARER = {"Authorization": "Bearer xoxb-sandbox-bot"}
PICTURES = "C0PICTURES"


def test_the_shape_of_a_shared_picture(shared: Control) -> None:
    posted = shared.post(("Tea.JPG", picture(size=(800, 600))), text="tea")
    message = posted["message"]
    (file,) = message["files"]
    assert message["subtype"] == "file_share"
    assert (file["mimetype"], file["filetype"], file["pretty_type"]) == ("image/jpeg", "jpg", "JPEG")
    assert (file["original_w"], file["original_h"]) == (800, 600)
    assert (file["thumb_360_w"], file["thumb_360_h"]) == (360, 270)
    assert file["file_access"] == "visible"
    assert file["mode"] == "hosted"
    assert file["url_private_download"].endswith(f"-{file['id']}/download/tea.jpg")


def test_several_pictures_in_one_message(shared: Control) -> None:
    posted = shared.post(("a.png", picture("PNG")), ("b.webp", picture("WEBP")), ("c.avif", picture("AVIF")))
    assert [file["mimetype"] for file in posted["message"]["files"]] == [
        "image/png",
        "image/webp",
        "image/avif",
    ]


@pytest.mark.parametrize(
    ("name", "data", "mimetype"),
    [
        ("lies.png", picture("JPEG"), "image/png"),
        ("noname", picture("JPEG"), "image/jpeg"),
        ("noname", picture("WEBP"), "image/webp"),
        ("notes.txt", b"hello", "text/plain"),
        ("what", b"\0\1\2", "application/octet-stream"),
    ],
)
def test_the_type_follows_the_name_then_the_bytes(
    shared: Control, name: str, data: bytes, mimetype: str
) -> None:
    (file,) = shared.post((name, data))["message"]["files"]
    assert file["mimetype"] == mimetype


def test_a_file_that_is_no_picture_has_no_size_in_pixels(shared: Control) -> None:
    (file,) = shared.post(("broken.jpg", b"\xff\xd8\xff nothing"))["message"]["files"]
    assert "original_w" not in file


def test_a_persons_upload_loses_its_exif(sandbox: Control) -> None:
    (file,) = sandbox.post(("a.jpg", picture()))["message"]["files"]
    assert not read_exif(httpx.get(file["url_private_download"], headers=BEARER).content).get_ifd(GPS)
    sandbox.call("switches", strip_exif=False)
    (file,) = sandbox.post(("a.jpg", picture()))["message"]["files"]
    assert httpx.get(file["url_private_download"], headers=BEARER).content == picture()


def test_info_knows_where_a_file_was_shared(shared: Control, client: WebClient) -> None:
    posted = shared.post(("a.jpg", picture()))
    file = client.files_info(file=posted["files"][0])["file"]
    assert file["channels"] == [PICTURES]
    assert file["shares"]["public"][PICTURES][0]["ts"] == posted["ts"]


@pytest.mark.parametrize("address", ["url_private", "url_private_download"])
def test_the_bot_downloads_the_bytes(shared: Control, address: str) -> None:
    (file,) = shared.post(("a.png", picture("PNG")))["message"]["files"]
    answer = httpx.get(file[address], headers=BEARER)
    assert answer.headers["content-type"] == "image/png"
    assert len(answer.content) == file["size"]


def test_a_thumbnail_for_the_same_token(shared: Control) -> None:
    (file,) = shared.post(("a.png", picture("PNG", (800, 400))))["message"]["files"]
    answer = httpx.get(file["thumb_360"], headers=BEARER)
    assert Image.open(io.BytesIO(answer.content)).size == (360, 180)
    assert answer.headers["content-type"] == "image/jpeg"
    assert httpx.get(file["thumb_360"]).headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer xoxb-wrong"}])
def test_everybody_else_gets_the_login_page_with_200(shared: Control, headers: dict[str, str]) -> None:
    (file,) = shared.post(("a.jpg", picture()))["message"]["files"]
    answer = httpx.get(file["url_private_download"], headers=headers)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "Sign in" in answer.text


def test_without_files_read_even_the_bot_gets_it(sandbox: Control) -> None:
    (file,) = sandbox.post(("a.jpg", picture()))["message"]["files"]
    sandbox.call("scopes", remove=["files:read"])
    assert "Sign in" in httpx.get(file["url_private_download"], headers=BEARER).text


def test_the_login_page_by_redirect(sandbox: Control) -> None:
    (file,) = sandbox.post(("a.jpg", picture()))["message"]["files"]
    sandbox.call("switches", login_page="redirect", broken_downloads=True)
    answer = httpx.get(file["url_private_download"], headers=BEARER)
    assert answer.status_code == 302
    assert answer.headers["location"].startswith(sandbox.url)


def test_files_of_private_channels_are_not_there_for_strangers(shared: Control, client: WebClient) -> None:
    (id,) = shared.post(("a.jpg", picture()), channel="G0SECRET01")["files"]
    with refused("file_not_found"):
        client.files_info(file=id)
    (mine,) = shared.post(("a.jpg", picture()), channel="G0PRIVATE1")["files"]
    assert client.files_info(file=mine)["file"]["groups"] == ["G0PRIVATE1"]


def test_a_deleted_file(shared: Control, client: WebClient) -> None:
    posted = shared.post(("a.jpg", picture()), text="words stay")
    (file,) = posted["message"]["files"]
    shared.call("delete_file", file=file["id"])
    with refused("file_deleted"):
        client.files_info(file=file["id"])
    assert httpx.get(file["url_private_download"], headers=BEARER).status_code == 404
    left = next(m for m in shared.messages() if m["ts"] == posted["ts"])
    assert left["files"] == [{"id": file["id"], "mode": "tombstone"}]


def test_a_bot_deletes_only_its_own_files(shared: Control, client: WebClient, admin: WebClient) -> None:
    (id,) = shared.post(("a.jpg", picture()))["files"]
    with refused("cant_delete_file"):
        client.files_delete(file=id)
    assert admin.files_delete(file=id)["ok"]
    with refused("file_not_found"):
        client.files_delete(file="F0NOTHERE1")


def test_an_upload_by_the_app(shared: Control, client: WebClient, tmp_path: Path) -> None:
    chart = tmp_path / "chart.png"
    chart.write_bytes(picture("PNG"))
    parent = shared.post(text="parent")["ts"]
    answer = client.files_upload_v2(
        file=str(chart), title="The week", channel=PICTURES, initial_comment="as asked", thread_ts=parent
    )
    assert answer["file"]["shares"] == {}
    (reply,) = shared.wait(lambda control: control.thread(parent))
    assert reply["text"] == "as asked"
    assert reply["files"][0]["title"] == "The week"
    assert client.files_info(file=answer["file"]["id"])["file"]["shares"]["public"][PICTURES]
    assert httpx.get(reply["files"][0]["url_private"], headers=BEARER).content == chart.read_bytes()


def test_two_uploads_in_one_message(shared: Control, client: WebClient) -> None:
    uploads = [{"content": "one", "filename": "1.txt"}, {"content": "two", "filename": "2.txt"}]
    answer = client.files_upload_v2(file_uploads=uploads, channel="C0GENERAL1")
    ids = [file["id"] for file in answer["files"]]
    message = shared.wait(lambda control: control.messages("C0GENERAL1"))[-1]
    assert [file["id"] for file in message["files"]] == ids


def test_an_upload_kept_to_oneself(client: WebClient) -> None:
    answer = client.files_upload_v2(content="x", filename="x.txt")
    assert client.files_info(file=answer["file"]["id"])["file"]["channels"] == []


def test_uploads_refused(client: WebClient) -> None:
    with refused("file_not_found"):
        client.files_completeUploadExternal(files=[{"id": "F0NOTHERE1", "title": "x"}])
    with refused("channel_not_found"):
        client.files_upload_v2(content="x", filename="x.txt", channel="G0SECRET01")
    with refused("not_in_channel"):
        client.files_upload_v2(content="x", filename="x.txt", channel="C0RANDOM01")
    with refused("invalid_arguments"):
        client.files_getUploadURLExternal(filename="x.txt", length=0)


def test_an_upload_address_that_was_not_given_out(shared: Control) -> None:
    assert httpx.post(f"{shared.url}/upload/v1/F0NOTHERE1", content=b"x").status_code == 404
