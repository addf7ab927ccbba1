"""What the clock does about uploads, and what an erasure leaves of them: nothing."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from loupe import uploads
from loupe.ground import Ground
from loupe.places import places
from loupe.timetable import rows
from pipeline import inbox
from pipeline.adapters.sqlite_visitors import SqliteVisitors
from pipeline.adapters.upload_incoming import UploadIncoming
from pipeline.erasing import erase
from pipeline.errors import Rejected, Unknown
from pipeline.model import Source
from pipeline.results import Failed
from pipeline.tickets import Ticket
from pipeline.uploading import Desk
from pipeline.visitors import Visitor
from tests.door.counter import ANA, BEN, accept, drawn, opened

NAME = "a-name-like-no-other.png"


@pytest.fixture
def base(tmp_path: Path) -> Ground:
    return opened(tmp_path)


@pytest.fixture
def desk(base: Ground) -> Desk:
    return uploads.desk(base)


def laid(base: Ground, desk: Desk, body: bytes, visitor: Visitor = ANA, image: str = "") -> Ticket:
    ticket, _ = desk.hand_out(visitor, NAME, "image/png", 1000, image)
    draft = uploads.disk_box(base).begin()
    draft.write(memoryview(body))
    assert draft.keep(ticket.id)
    draft.end()
    return ticket


def lying(desk: Desk) -> list[str]:
    return list(desk.box.lying(-60))


def tend(desk: Desk, base: Ground) -> int:
    return inbox.tend(desk, base.ledger, -60)


def test_what_nobody_asked_about_is_taken_in(base: Ground, desk: Desk) -> None:
    ticket = laid(base, desk, drawn())
    assert inbox.tend(desk, base.ledger) == 0  # it has just come
    assert tend(desk, base) == 1
    assert desk.find(ticket.id).became
    assert lying(desk) == [ticket.id]


def test_it_goes_once_the_store_has_it(base: Ground, desk: Desk) -> None:
    ticket = laid(base, desk, drawn())
    image = desk.take(ticket.id)
    assert tend(desk, base) == 0
    accept(base, desk.box)
    assert tend(desk, base) == 1
    assert lying(desk) == []
    found = base.catalog.find(image)
    assert found
    with UploadIncoming(desk.box, base.store).open(found.source, 1000) as stream:
        assert stream.read() == drawn()


def test_what_is_refused_goes_as_well_and_is_refused_again(base: Ground, desk: Desk) -> None:
    image = desk.take(laid(base, desk, b"no picture at all").id)
    accept(base, desk.box)
    assert tend(desk, base) == 1
    assert lying(desk) == []
    found = base.catalog.find(image)
    assert found
    with pytest.raises(Rejected, match="Please upload it again"):
        UploadIncoming(desk.box, base.store).open(found.source, 1000)


def test_what_is_parked_stays_until_it_is_replayed(base: Ground, desk: Desk) -> None:
    ticket = laid(base, desk, drawn())
    image = desk.take(ticket.id)
    accept(base, desk.box)
    with base.database.write() as connection:
        connection.execute(
            "UPDATE results SET kind='Failed', body=? WHERE image=? AND actor='accept_image'",
            ('{"reason": "The disk was full.", "rejected": false}', image),
        )
    assert isinstance(base.ledger.rows(image)["accept_image"].result, Failed)
    desk.clock = lambda: time.time() + 30 * 86_400
    assert tend(desk, base) == 0
    assert lying(desk) == [ticket.id]
    assert desk.find(ticket.id).became == image  # not forgotten as long as its file lies there


def test_tickets_are_forgotten_two_days_after_they_expired(base: Ground, desk: Desk) -> None:
    ticket, _ = desk.hand_out(ANA, NAME, "image/png", 10)
    desk.clock = lambda: time.time() + 2 * 86_400
    tend(desk, base)
    assert desk.find(ticket.id)
    desk.clock = lambda: time.time() + 2 * 86_400 + 700
    tend(desk, base)
    with pytest.raises(Unknown):
        desk.find(ticket.id)


def test_a_file_without_a_ticket_goes(base: Ground, desk: Desk) -> None:
    ticket = laid(base, desk, drawn())
    desk.tickets.forget(time.time() + 10_000)
    assert tend(desk, base) == 1
    assert lying(desk) == []
    assert base.catalog.newest(1) == []
    assert not desk.waits(ticket.id)


def test_what_is_half_written_goes_after_an_hour(base: Ground, desk: Desk) -> None:
    draft = uploads.disk_box(base).begin()
    draft.write(memoryview(b"half"))
    (part,) = (base.settings.data / "inbox").iterdir()
    assert tend(desk, base) == 0
    os.utime(part, (0, time.time() - 3_700))
    assert tend(desk, base) == 1
    assert list((base.settings.data / "inbox").iterdir()) == []
    draft.end()


def test_the_clock_does_it(base: Ground) -> None:
    named = {row.name: row for row in rows(base)}
    assert named["uploads"].seconds == 30  # type: ignore[union-attr]
    assert "originals" in named


def says(base: Ground, *words: str) -> list[str]:
    """Files below the data folder whose name or bytes have one of the words."""
    base.database.read("PRAGMA wal_checkpoint(TRUNCATE)")
    files = [path for path in base.settings.data.rglob("*") if path.is_file()]
    return [f"{path.name}: {word}" for path in files for word in words
            if word in path.name or word.encode() in path.read_bytes()]  # fmt: skip


def test_an_erasure_leaves_nothing_of_uploads_and_originals(base: Ground, desk: Desk) -> None:
    first = laid(base, desk, drawn(1))
    image = desk.take(first.id)
    again, original = laid(base, desk, drawn(1)), laid(base, desk, drawn(2), image=image)
    assert desk.take(again.id) == desk.take(original.id) == image
    open_one, _ = desk.hand_out(ANA, NAME, "image/png", 10, image)
    accept(base, desk.box)
    digests = [known.claimed.sha256 for t in (first, original) if (known := desk.find(t.id)).claimed]
    done = erase(places(base), image, 5)
    assert done.left == {}
    assert done.files["uploads"] == 3
    assert done.files["originals that joined it"] == 1
    ids = [each.id for each in (first, again, original, open_one)]
    assert says(base, NAME, *digests, *ids) == []
    assert lying(desk) == []
    assert list(base.store.keys("attached")) == []


def test_an_erasure_ends_though_the_visitor_and_other_tickets_have_the_same_words(
    base: Ground, desk: Desk
) -> None:
    known = SqliteVisitors(base.database, b"key")
    asking = known.ask("eva@example.org", "127.0.0.1")
    visitor = known.by_link(asking.token)
    assert visitor
    image = desk.take(laid(base, desk, drawn(1), visitor).id)
    waiting, _ = desk.hand_out(BEN, NAME, "image/png", 10)
    accept(base, desk.box)
    assert erase(places(base), image, 5).left == {}
    assert desk.find(waiting.id).ticket.name == NAME
    assert known.get(visitor.id)


def test_a_person_of_slack_who_is_a_visitor_does_not_hold_an_erasure_up(base: Ground) -> None:
    SqliteVisitors(base.database, b"key")
    with base.database.write() as connection:
        connection.execute(
            "INSERT INTO visitors (id, team, account, at) VALUES ('V9', 'T1', 'U0ADALOVELACE', 0)"
        )
    source = Source("slack", "s.png", "F0123456789", "T1", "C1", "1.0", person="U0ADALOVELACE")
    image = base.engine().enter([("slack:1", source)])[0].arrived.image
    assert erase(places(base), image, 5).left == {}
