"""Originals: whole or in part, to their owner, as a file to keep; whatever is in them does nothing."""

import io
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loupe import uploads
from loupe.wiring import ports
from pipeline.ledger import Settled
from pipeline.results import Accepted, Archived, Failed, Removed, Result
from pipeline.visitors import Visitor
from tests.mine.album import HELD, Album, drawing
from web.originals import LONGEST, TYPES, disposition, file_name

POLYGLOT = b"GIF89a/*" + b"\x01\x00\x01\x00\x00\x00\x00" + b"*/=1;alert(document.domain)//;"
"""A picture to those who look for its first bytes, and a program to those who read on."""


@pytest.fixture
def album(tmp_path: Path) -> Album:
    return Album(tmp_path)


def entered(album: Album, ana: Visitor, data: bytes, kind: str = "JPEG", name: str = "hill.jpg") -> str:
    return album.picture(ana, name, **HELD | {"accept_image": album.keep(data, kind, 1, 1)})


def archived(album: Album, ana: Visitor) -> tuple[str, Accepted]:
    accepted = album.keep(drawing(), "JPEG", 320, 240)
    moved: dict[str, Result] = {
        "archive_original": Archived(accepted.key, 9, album.now),
        "remove_original": Removed(9),
    }
    image = album.picture(ana, **{"accept_image": accepted} | moved)
    with album.base.store.open(accepted.key) as stream:
        album.base.archive.put(accepted.key, stream)
    album.base.store.delete(accepted.key)
    return image, accepted


def test_the_owner_gets_the_very_bytes(album: Album) -> None:
    ana = album.visitor()
    data = drawing()
    answer = album.client(ana).get(f"/mine/{entered(album, ana, data)}/original")
    assert (answer.status_code, answer.content) == (200, data)
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["content-length"] == str(len(data))


def test_nothing_in_them_can_become_active(album: Album) -> None:
    ana = album.visitor()
    headers = album.client(ana).get(f"/mine/{entered(album, ana, POLYGLOT, 'GIF')}/original").headers
    assert headers["content-type"] == "image/gif"
    assert headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"] == "private, no-store"
    assert headers["content-disposition"].startswith("attachment; ")


def test_a_part_can_be_had(album: Album) -> None:
    ana = album.visitor()
    data = drawing()
    where = f"/mine/{entered(album, ana, data)}/original"
    client = album.client(ana)
    part = client.get(where, headers={"range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, data[10:20])
    assert part.headers["content-range"] == f"bytes 10-19/{len(data)}"
    assert client.get(where, headers={"range": f"bytes={len(data)}-"}).status_code == 416
    whole = client.get(where)
    resumed = client.get(where, headers={"range": "bytes=5-", "if-range": whole.headers["etag"]})
    assert resumed.content == data[5:]
    bare = client.head(where)
    assert (bare.status_code, bare.content) == (200, b"")
    assert bare.headers["content-length"] == str(len(data))


@pytest.mark.parametrize("kind", [*TYPES, "SVG", "HTML"])
def test_the_type_is_one_of_a_picture_or_none(album: Album, kind: str) -> None:
    ana = album.visitor()
    found = album.client(ana).get(f"/mine/{entered(album, ana, b'<svg/>', kind)}/original")
    assert found.headers["content-type"] == TYPES.get(kind, ("application/octet-stream",))[0]


def test_an_archived_original_can_be_asked_for(album: Album) -> None:
    ana = album.visitor()
    image, accepted = archived(album, ana)
    client = album.client(ana)
    told = client.get(f"/mine/{image}/original")
    assert told.status_code == 409
    assert "lies in the archive" in told.text
    assert "Ask for it back" in client.get(f"/mine/{image}").text
    assert client.post(f"/mine/{image}/restore", follow_redirects=False).status_code == 303
    assert "restore_original" in album.base.ledger.open_tasks(image)
    assert "on its way back" in client.get(f"/mine/{image}/original").text
    assert "on its way back" in client.get(f"/mine/{image}").text
    with album.base.archive.open(accepted.key) as stream:
        album.base.store.put(accepted.key, io.BytesIO(stream.read()))
    assert client.get(f"/mine/{image}/original").content == drawing()


def test_where_nothing_was_accepted_there_is_no_original(album: Album) -> None:
    ana = album.visitor()
    assert album.client(ana).get(f"/mine/{album.enter(ana)}/original").status_code == 404


@pytest.mark.parametrize(
    ("given", "format", "kept"),
    [
        ("hill.jpg", "JPEG", "hill.jpg"),
        ("hill.JPEG", "JPEG", "hill.JPEG"),
        ("evil.html", "JPEG", "evil.html.jpg"),
        ("evil.svg", "PNG", "evil.svg.png"),
        ("../../etc/passwd", "GIF", "passwd.gif"),
        ("C:\\Temp\\a.png", "PNG", "a.png"),
        ("a\u202egpj.exe", "JPEG", "agpj.exe.jpg"),
        ("two\r\nlines.jpg", "JPEG", "twolines.jpg"),
        ("", "HEIF", "original.heic"),
        ("...", "TIFF", "original.tif"),
        ("con.png", "PNG", "_con.png"),
        ("Łódź 日本.webp", "WEBP", "Łódź 日本.webp"),
        ("IMG", "SOMETHING", "IMG.bin"),
    ],
)
def test_a_file_has_a_name_that_does_no_harm(given: str, format: str, kept: str) -> None:
    assert file_name(given, format) == kept


@given(st.text(max_size=300), st.sampled_from([*TYPES, "SVG"]))
def test_whatever_the_name_the_header_is_well_formed(name: str, format: str) -> None:
    said = disposition(name, format)
    found = re.fullmatch(
        r"attachment; filename=\"([A-Za-z0-9 ._()-]+)\"; filename\*=UTF-8''([\w%!#$&+.^`|~-]+)", said
    )
    assert found, said
    assert said.isascii()
    assert len(unquote(found[2])) <= LONGEST + 6
    assert not set(unquote(found[2])) & set('/\\\r\n"')


HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


@pytest.mark.parametrize(
    ("name", "data"), [("a.jpg", HTML), ("a.png", SVG), ("a.svg", SVG), ("a.gif", POLYGLOT)]
)
def test_what_lies_about_its_type_is_not_taken_in_and_never_served(
    album: Album, name: str, data: bytes
) -> None:
    ana = album.visitor()
    desk = uploads.desk(album.base)
    ticket, _ = desk.hand_out(ana, name, "image/jpeg", len(data))
    draft = uploads.disk_box(album.base).begin()
    draft.write(memoryview(data))
    assert draft.keep(ticket.id)
    draft.end()
    image = desk.take(ticket.id)
    rejected = _looked_at(album, image)
    assert rejected.rejected
    album.settle(image, album.played(image) | {"accept_image": rejected})
    client = album.client(ana)
    assert client.get(f"/mine/{image}/original").status_code == 404
    assert f"/mine/{image}/original" not in client.get(f"/mine/{image}").text
    assert "It was not looked at" in client.get(f"/mine/{image}").text


def _looked_at(album: Album, image: str) -> Failed:
    """How the real actor that takes pictures in ends."""
    engine = replace(album.base.engine(), ports=ports(album.base))
    [work] = [each for each in engine.turn("real", want=9) if each.task.image == image]
    ended = engine.run(work)
    engine.ledger.release("real")
    assert isinstance(ended, Settled)
    assert isinstance(ended.row.result, Failed)
    return ended.row.result
