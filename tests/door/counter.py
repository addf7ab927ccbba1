"""A counter where uploads are handed in: on this machine, or in a bucket. But for its box it is the same."""

from __future__ import annotations

import dataclasses
import io
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from PIL import Image
from starlette.applications import Starlette

from loupe import site, uploads
from loupe.ground import Ground, ground
from loupe.settings import load
from pipeline import ports
from pipeline.adapters.s3_box import S3Box
from pipeline.adapters.sqlite_twins import SqliteTwins
from pipeline.adapters.upload_incoming import UploadIncoming
from pipeline.chain import chain
from pipeline.engine import Engine
from pipeline.tickets import Box, Form, Ticket, new_id
from pipeline.uploading import Desk
from pipeline.visitors import Visitor
from tests.flow.driving import work_off
from tests.servers.seaweed import BUCKET, Seaweed
from tests.web.serving import served

ANA, BEN = Visitor("V00000000000000aa", "ana@example.org"), Visitor("V00000000000000bb", "ben@example.org")
CODE = re.compile(r"<Code>(\w+)</Code>")
LIMIT = 30_000_000


def drawn(seed: int = 0) -> bytes:
    """A small picture that no other seed gives."""
    file = io.BytesIO()
    Image.new("RGB", (8, 8), (seed % 256, seed // 256 % 256, 7)).save(file, "PNG")
    return file.getvalue()


@dataclass(frozen=True)
class Answer:
    """How a form was answered: the status, and S3's code where it was refused."""

    status: int
    code: str = ""
    headers: Any = None


@dataclass
class Counter:
    """Hands tickets out, and sends what their forms say."""

    base: Ground
    desk: Desk
    url: str
    ours: bool
    """Is it our own door, which knows what was used and looks before it reads?"""
    stored: Callable[[], list[str]]
    """All that came to lie anywhere, under whatever name: in the whole bucket, in the folders for files."""

    @property
    def box(self) -> Box:
        return self.desk.box

    def ticket(
        self, visitor: Visitor = ANA, size: int = 1000, type: str = "image/png", lives: float = 600
    ) -> tuple[Ticket, Form]:
        desk = dataclasses.replace(self.desk, clock=lambda: time.time() - 600 + lives)
        return desk.hand_out(visitor, "holiday.png", type, size)

    def post(
        self,
        form: Form,
        body: bytes | None = None,
        name: str = "holiday.png",
        changed: Mapping[str, str] | None = None,
    ) -> Answer:
        fields = [*(form.fields | dict(changed or {})).items()]
        files = [("file", (name, drawn() if body is None else body, "image/png"))]
        with requests.Session() as session:
            session.trust_env = False
            answer = session.post(self.address(form), data=fields, files=files, timeout=60)
        found = CODE.search(answer.text)
        return Answer(answer.status_code, found[1] if found else "", answer.headers)

    def address(self, form: Form) -> str:
        return self.url + form.url if form.url.startswith("/") else form.url

    def images(self) -> list[str]:
        return [each.image for each in self.base.catalog.newest(100)]

    def bytes_of(self, image: str) -> bytes:
        found = self.base.catalog.find(image)
        assert found
        with UploadIncoming(self.box, self.base.store).open(found.source, LIMIT) as stream:
            return stream.read()

    def accept(self) -> None:
        accept(self.base, self.box)

    def lying(self) -> list[str]:
        return list(self.box.lying(-60))


def opened(data: Path) -> Ground:
    return ground(load(data=data, max_bytes=LIMIT))


@contextmanager
def on_this_machine(data: Path) -> Iterator[Counter]:
    base = opened(data)
    desk = uploads.desk(base)
    with served(Starlette(routes=site.doors(base, desk))) as url:
        yield Counter(base, desk, url, ours=True, stored=lambda: _files(data))
    base.database.close()


@contextmanager
def in_a_bucket(data: Path, amazon: Seaweed, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter]:
    for name, value in amazon.environment.items():
        monkeypatch.setenv(name, value)
    base = opened(data)
    box = S3Box(BUCKET, f"loupe/{new_id()}/")
    client = amazon.client()
    before = _objects(client)
    desk = dataclasses.replace(uploads.desk(base), box=box)
    yield Counter(
        base, desk, amazon.url, ours=False, stored=lambda: sorted(_objects(client).difference(before))
    )
    base.database.close()


def _objects(client: Any) -> set[str]:
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
    return {f"{each['Key']} {each['ETag']}" for page in pages for each in page.get("Contents", ())}


def _files(data: Path) -> list[str]:
    folders = (data / "inbox", data / "store", data / "public")
    found = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    return sorted(path.relative_to(data).as_posix() for path in found)


def accept(base: Ground, box: Box) -> None:
    """Let the first actor look at what has come, and no other."""
    here: dict[type[object], object] = {
        ports.Incoming: UploadIncoming(box, base.store),
        ports.Store: base.store,
        ports.Twins: SqliteTwins(base.database),
        ports.Limits: base.settings,
    }
    work_off(Engine(chain([base.chain.actor("accept_image")]), base.ledger, here))


def head(url: str, form: Form, size: int) -> bytes:
    """All that comes before a file of so many bytes."""
    address = urlsplit(url)
    parts = [
        f'--edge\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in form.fields.items()
    ]
    parts.append('--edge\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n')
    form_head, tail = "".join(parts), "\r\n--edge--\r\n"
    return (
        f"POST {address.path} HTTP/1.1\r\nHost: {address.netloc}\r\n"
        "Content-Type: multipart/form-data; boundary=edge\r\n"
        f"Content-Length: {len(form_head) + size + len(tail)}\r\n\r\n{form_head}"
    ).encode()
