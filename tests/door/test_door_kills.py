"""Whoever is killed at whatever moment: what was acknowledged is there once, and nothing is there by half."""

from __future__ import annotations

import hashlib
import random
import socket
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from bench.running import free_port
from loupe import uploads
from loupe.ground import Ground
from pipeline import inbox
from pipeline.tickets import Form, Ticket
from tests.browser.upload_site import UploadSite, upload_site
from tests.door.counter import ANA, accept, drawn, head
from tests.flow.driving import eventually

AT_ONCE, KILLS = 6, 5
PADDING = 200_000


@pytest.fixture
def door(tmp_path: Path) -> Iterator[UploadSite]:
    """The web part alone."""
    alone = UploadSite(tmp_path, free_port())
    try:
        alone.start_web()
        yield alone
    finally:
        alone.stop()


def padded(number: int) -> bytes:
    """A picture with something behind its end, so that it takes a while to come."""
    return drawn(number) + random.Random(number).randbytes(PADDING)


def handed_in(site: UploadSite, issued: tuple[Ticket, Form], body: bytes) -> bool:
    """Send it until it is acknowledged, as a browser does; False when its ticket is used up without that."""
    _, form = issued
    with requests.Session() as session:
        session.trust_env = False
        for _ in range(60):
            try:
                files = {"file": ("a.png", body, "image/png")}
                answer = session.post(f"{site.url}{form.url}", data=form.fields, files=files, timeout=30)
            except requests.RequestException:
                time.sleep(0.2)
                continue
            if answer.status_code != 503:
                return answer.status_code == 204
    return False


def all_handed_in(site: UploadSite, bodies: Sequence[bytes], part: str, *arguments: str) -> None:
    """Send everything while a part is killed and started again; each file is taken in the end."""
    desk, chance = uploads.desk(site.base), random.Random(part)
    issued = [desk.hand_out(ANA, f"{n}.png", "image/png", len(body)) for n, body in enumerate(bodies)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        sending = [pool.submit(handed_in, site, *pair) for pair in zip(issued, bodies, strict=True)]
        for _ in range(KILLS):
            time.sleep(chance.uniform(0.05, 0.3))
            site.kill(part)
            if part == "web":
                site.start_web()
            else:
                site.start(part, *arguments)
        heard = [each.result() for each in sending]
    # A file may be taken in although its sender never heard so: the ticket then says it, as to the page.
    assert all(said or desk.take(ticket.id) for (ticket, _), said in zip(issued, heard, strict=True))


def accepted(base: Ground) -> list[str]:
    """The hashes of all images that have been accepted; no image must be in another state."""
    reports = [base.catalog.report(each.image) for each in base.catalog.newest(1000)]
    return sorted(str(report["sha256"]) for report in reports)


def hashes(bodies: Sequence[bytes]) -> list[str]:
    return sorted(hashlib.sha256(body).hexdigest() for body in bodies)


@pytest.mark.timeout(300)
def test_every_file_is_there_once_however_often_the_door_is_killed(door: UploadSite) -> None:
    bodies = [padded(number) for number in range(200)]
    all_handed_in(door, bodies, "web")
    base = door.base
    desk = uploads.desk(base)
    inbox.tend(desk, base.ledger, 0)  # what the clock does a minute later
    accept(base, desk.box)
    assert accepted(base) == hashes(bodies)
    inbox.tend(desk, base.ledger, -60)
    assert list(desk.box.lying(-60)) == []
    assert len(list(base.store.keys("originals"))) == len(bodies)


@pytest.mark.timeout(300)
def test_every_file_settles_once_however_often_the_worker_is_killed(tmp_path: Path) -> None:
    bodies = [padded(number) for number in range(12)]
    with upload_site(tmp_path) as site:
        all_handed_in(site, bodies, "worker", "--workers", "1")
        base = site.base
        eventually(lambda: {each.state for each in base.catalog.newest(100)} == {"done"}, 200)
        assert accepted(base) == hashes(bodies)


def test_what_came_by_half_is_nowhere(door: UploadSite) -> None:
    desk, size = uploads.desk(door.base), 5_000_000
    _, form = desk.hand_out(ANA, "half.png", "image/png", size)
    halves = door.data / "inbox"
    with socket.create_connection(("127.0.0.1", door.port), timeout=30) as wire:
        wire.sendall(head(f"{door.url}{form.url}", form, size) + bytes(3_000_000))
        eventually(lambda: any(path.stat().st_size > 1_000_000 for path in halves.glob(".*.part")))
        door.kill("web")
    assert [path.suffix for path in halves.iterdir()] == [".part"]
    assert list(desk.box.lying(-60)) == []
    assert inbox.tend(desk, door.base.ledger, -60) == 0
    assert door.base.catalog.newest(1) == []
    assert desk.box.tidy(-60) == 1
    assert list(halves.iterdir()) == []
