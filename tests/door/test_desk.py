"""The desk: who gets a ticket for what, and that a file is taken in once whatever happens on the way."""

from __future__ import annotations

import io
from itertools import count
from pathlib import Path
from threading import Barrier, Thread

import pytest

from loupe import uploads
from loupe.ground import Ground
from pipeline import inbox
from pipeline.errors import Unavailable, Unknown, Unsuitable
from pipeline.gathering import Gathered
from pipeline.model import Source
from pipeline.tickets import Lying, Quota, Ticket, new_id
from pipeline.uploading import Desk
from pipeline.visitors import Visitor
from tests.door.counter import ANA, BEN, accept, drawn, opened
from tests.flow.driving import eventually
from tests.flow.dying import died_at

SLACK = Visitor("V00000000000000cc", "", "T1", "U1")


@pytest.fixture
def base(tmp_path: Path) -> Ground:
    return opened(tmp_path)


@pytest.fixture
def desk(base: Ground) -> Desk:
    return uploads.desk(base)


def laid(base: Ground, ticket: Ticket, body: bytes) -> Lying:
    """Put a file into the box as the door does."""
    draft = uploads.disk_box(base).begin()
    draft.write(memoryview(body))
    lying = draft.keep(ticket.id)
    draft.end()
    assert lying
    return lying


def issued(desk: Desk, visitor: Visitor = ANA, image: str = "") -> Ticket:
    return desk.hand_out(visitor, "a.png", "image/png", 1000, image)[0]


def entered(base: Ground, source: Source) -> str:
    return base.engine().enter([(new_id(), source)])[0].arrived.image


def uploaded(desk: Desk, base: Ground, visitor: Visitor = ANA, body: bytes = b"") -> str:
    ticket = issued(desk, visitor)
    return desk.take(ticket.id, laid(base, ticket, body or drawn()))


@pytest.mark.parametrize("size", [0, -1, 30_000_001])
def test_a_ticket_is_for_a_file_that_may_be_taken(desk: Desk, size: int) -> None:
    with pytest.raises(Unsuitable, match=r"1 to 30,000,000 are taken"):
        desk.hand_out(ANA, "a.png", "image/png", size)


def test_a_ticket_names_a_type_that_is_known_and_a_name_that_can_be_kept(desk: Desk) -> None:
    ticket, _ = desk.hand_out(ANA, "a\ud800\x00b" * 200, "text/html", 5)
    assert ticket.type == "application/octet-stream"
    assert len(ticket.name) <= 255
    ticket.name.encode()


def test_whoever_has_sent_enough_gets_no_more_tickets_that_day(base: Ground) -> None:
    desk = uploads.desk(base)
    desk.quota = Quota(files=2, bytes=2_500)
    issued(desk)
    with pytest.raises(Unsuitable, match=r"0\.0 GB within a day"):
        desk.hand_out(ANA, "a.png", "image/png", 1501)
    issued(desk)
    with pytest.raises(Unsuitable, match="You have sent 2 files"):
        desk.hand_out(ANA, "a.png", "image/png", 1)
    issued(desk, BEN)


def test_an_unknown_ticket_is_unknown(desk: Desk) -> None:
    for id in (new_id(), "../../x", "", "A" * 32):
        assert not desk.waits(id)
        with pytest.raises(Unknown):
            desk.take(id)


def test_an_original_is_for_a_picture_of_ones_own(desk: Desk, base: Ground) -> None:
    hers = uploaded(desk, base)
    slack = entered(base, Source("slack", "s.png", "F1", "T1", "C1", "1.0", person="U1"))
    local = entered(base, Source("file", "f.png", "file:///f.png"))
    found = base.catalog.find(hers)
    assert found
    assert issued(desk, ANA, found.short).image == hers
    assert issued(desk, SLACK, slack).image == slack
    nobody = Visitor("", "x@example.org")
    imitation = Visitor("V9", "x@example.org", "", "U1")
    others = [(BEN, hers), (ANA, slack), (ANA, local), (SLACK, hers), (ANA, "nothing"), (SLACK, local),
              (nobody, local), (imitation, slack), (Visitor("V8", "", "T2", "U1"), slack)]  # fmt: skip
    for visitor, image in others:
        with pytest.raises(Unsuitable, match="You have no such picture"):
            issued(desk, visitor, image)


def test_an_original_joins_its_picture_and_its_metadata_are_read_again(desk: Desk, base: Ground) -> None:
    image = uploaded(desk, base)
    ticket = issued(desk, ANA, image)
    lying = laid(base, ticket, drawn(7))
    assert desk.take(ticket.id, lying) == image == desk.take(ticket.id)
    note = desk.notes.get(image, "original")
    assert note
    assert note.text == f"attached/{image}/{lying.sha256}"
    with base.store.open(note.text) as stream:
        assert stream.read() == drawn(7)
    assert len(base.catalog.newest(10)) == 1


def test_an_original_for_a_picture_that_was_erased_meanwhile_leaves_nothing(desk: Desk, base: Ground) -> None:
    image = uploaded(desk, base)
    ticket = issued(desk, ANA, image)
    lying = laid(base, ticket, drawn(7))
    with base.database.write() as connection:
        connection.execute("DELETE FROM results WHERE image=?", (image,))
        connection.execute("DELETE FROM images WHERE image=?", (image,))
    with pytest.raises(Unknown):
        desk.take(ticket.id, lying)
    assert list(base.store.keys("attached")) == []
    assert desk.notes.get(image, "original") is None


def test_what_an_erasure_overtook_is_swept_up(desk: Desk, base: Ground) -> None:
    image, gone = uploaded(desk, base), "01a204a1-2454-7210-b14e-c977de7f68b3"
    for each in (image, gone):
        base.store.put(f"attached/{each}/abc", io.BytesIO(b"original"))
    assert inbox.scrap(desk, inbox.joined(base.store.folders)) == 1
    assert list(base.store.keys("attached")) == [f"attached/{image}/abc"]


def test_another_file_under_a_used_ticket_is_refused(desk: Desk, base: Ground) -> None:
    ticket = issued(desk)
    lying = laid(base, ticket, drawn(1))
    image = desk.take(ticket.id, lying)
    assert desk.take(ticket.id, lying) == image
    with pytest.raises(Unsuitable, match="another file"):
        desk.take(ticket.id, Lying("0" * 64, 5))
    assert desk.take(ticket.id) == image


def test_the_same_file_erased_and_sent_anew_is_a_new_image(desk: Desk, base: Ground) -> None:
    from loupe.places import places
    from pipeline.erasing import erase

    first = uploaded(desk, base)
    accept(base, desk.box)
    assert erase(places(base), first, 5).left == {}
    second = uploaded(desk, base)
    assert second != first
    assert uploaded(desk, base) == second
    assert [each.image for each in base.catalog.newest(9)] == [second]


def test_many_at_once_are_each_one_image(desk: Desk, base: Ground) -> None:
    tickets = [issued(desk) for _ in range(24)]
    lying = [laid(base, ticket, drawn(n // 2)) for n, ticket in enumerate(tickets)]
    taken: dict[int, str] = {}
    ready = Barrier(len(tickets))

    def take(number: int) -> None:
        ready.wait()
        taken[number] = desk.take(tickets[number].id, lying[number])

    threads = [Thread(target=take, args=(number,)) for number in range(len(tickets))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(taken.values())) == 12 == len(base.catalog.newest(50))
    assert all(taken[n] == taken[n + 1] for n in range(0, 24, 2))


def test_who_is_killed_at_any_effect_leaves_a_file_that_becomes_one_image(tmp_path: Path) -> None:
    for step in count():
        (folder := tmp_path / str(step)).mkdir()
        base = opened(folder)
        desk = uploads.desk(base)
        new, joining = issued(desk), issued(desk, ANA, uploaded(desk, base, body=drawn(5)))
        for number, ticket in enumerate((new, joining)):
            laid(base, ticket, drawn(number))
        died = died_at(base.database, lambda: [desk.take(new.id), desk.take(joining.id)], step * 3)  # noqa: B023
        inbox.tend(desk, base.ledger, -60)
        accept(base, desk.box)
        inbox.tend(desk, base.ledger, -60)
        assert len(base.catalog.newest(9)) == 2
        assert desk.find(joining.id).became == joining.image
        assert desk.find(new.id).became
        assert len(list(base.store.keys("attached"))) == 1
        assert list(desk.box.lying(-60)) == []
        base.database.close()
        if not died:
            break
    assert step > 5, "it was hardly ever killed"


def test_what_comes_while_one_is_at_it_is_done_together() -> None:
    steps: list[int] = []
    hold = Barrier(2)

    def do(items: object) -> list[int]:
        found = list(items)  # type: ignore[call-overload]
        steps.append(len(found))
        if len(steps) == 1:
            hold.wait()
        return [2 * each for each in found]

    gathered, answers = Gathered[int, int](do), dict[int, int]()
    first = Thread(target=lambda: answers.update({0: gathered(0)}))
    first.start()
    eventually(lambda: steps)
    rest = [Thread(target=lambda n=n: answers.update({n: gathered(n)})) for n in range(1, 6)]
    for thread in rest:
        thread.start()
    eventually(lambda: len(gathered._waiting) == 5)
    hold.wait()
    for thread in (first, *rest):
        thread.join()
    assert steps == [1, 5]
    assert answers == {n: 2 * n for n in range(6)}


def test_what_goes_wrong_together_is_told_to_each() -> None:
    def broken(_: object) -> list[int]:
        raise Unavailable("No.")

    gathered = Gathered[int, int](broken)
    for _ in range(2):
        with pytest.raises(Unavailable, match=r"No\."):
            gathered(1)
