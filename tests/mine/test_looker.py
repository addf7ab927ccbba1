"""One look for all who watch: everybody hears of their own images, the latest of each, and nothing twice."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from loupe.visits import invitations
from pipeline.adapters.sqlite_watch import NEWEST, WAITING, SqliteWatch
from pipeline.gallery import Owner, own, owners
from pipeline.model import Source
from pipeline.results import Metadata
from pipeline.visitors import Visitor
from tests.mine.album import Album
from web.looker import MOST, Looker, Watcher

PATIENCE = 60.0


@pytest.fixture
def album(tmp_path: Path) -> Album:
    return Album(tmp_path)


class Counting(SqliteWatch):
    """Counts what it is asked for."""

    looks = reports = 0

    def current(self, owners: Any) -> set[str]:
        self.looks += 1
        return super().current(owners)

    def report(self, image: str, owners: Any) -> Any:
        self.reports += 1
        return super().report(image, owners)


def watch(album: Album) -> Counting:
    return Counting(album.base.database, album.base.catalog)


def play(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """In a thread of its own: a browser of other tests may keep a loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, test()).result()


async def heard(watcher: Watcher, count: int) -> list[tuple[str, dict[str, Any]]]:
    found = []
    for _ in range(count):
        event = await watcher.next(PATIENCE)
        assert event
        image = event["event"] == "image"
        found.append((event["event"], json.loads(event["data"]) if image else {"id": event["data"]}))
    return found


async def nothing(watcher: Watcher, looker: Looker) -> None:
    """After two more looks there is still nothing to be told."""
    for _ in range(2):
        await asyncio.sleep(0.05)
    assert watcher.pending == {}


def test_what_is_there_is_told_first_and_then_what_changes(album: Album) -> None:
    ana = album.visitor()
    first, second = album.picture(ana), album.enter(ana)

    async def test() -> None:
        looker = Looker(watch(album), 0.01)
        with looker.watcher(owners(ana)) as watcher:
            told = await heard(watcher, 2)
            assert [(name, report["id"]) for name, report in told] == [("image", first), ("image", second)]
            album.settle(second, album.played(second))
            state = ""
            while state != "done":
                [(_, report)] = await heard(watcher, 1)
                assert report["id"] == second
                state = report["state"]
            await nothing(watcher, looker)

    play(test)


def test_nobody_hears_of_the_images_of_others(album: Album) -> None:
    ana, bob = album.visitor("ana@example.org"), album.visitor("bob@example.org")
    theirs = album.enter(bob)

    async def test() -> None:
        looker = Looker(watch(album), 0.01)
        with looker.watcher(owners(ana)) as hers, looker.watcher(owners(bob)) as his:
            [(_, report)] = await heard(his, 1)
            assert report["id"] == theirs
            await nothing(hers, looker)

    play(test)


def test_who_came_from_slack_hears_of_what_they_posted(album: Album) -> None:
    eve = invitations(album.base).of_slack("T1", "U1")
    posted = album.enter(Source("slack", "a.jpg", "F1", team="T1", channel="C1", person="U1"))
    album.enter(Source("slack", "b.jpg", "F2", team="T2", channel="C1", person="U1"))

    async def test() -> None:
        with Looker(watch(album), 0.01).watcher(owners(eve)) as watcher:
            [(_, report)] = await heard(watcher, 1)
            assert report["id"] == posted

    play(test)


def test_an_erased_image_is_gone(album: Album) -> None:
    ana = album.visitor()
    image = album.picture(ana)

    async def test() -> None:
        with Looker(watch(album), 0.01).watcher(owners(ana)) as watcher:
            await heard(watcher, 1)
            with album.base.database.write() as connection:
                for table in ("facts", "results", "images"):
                    connection.execute(f"DELETE FROM {table} WHERE image=?", (image,))
            assert await heard(watcher, 1) == [("gone", {"id": image})]

    play(test)


def test_a_slow_reader_gets_the_latest_report_of_each_image_alone(album: Album) -> None:
    ana = album.visitor()
    image = album.enter(ana)

    async def test() -> None:
        looker = Looker(watch(album), 0.01)
        with looker.watcher(owners(ana)) as slow, looker.watcher(owners(ana)) as quick:
            for actor in ("accept_image", "read_metadata", "find_place"):
                album.settle(image, album.played(image), only=actor)
                while (await heard(quick, 1))[0][1]["actors"][actor]["state"] != "done":
                    pass
            assert len(slow.pending) == 1
            [(_, report)] = await heard(slow, 1)
            assert report["place"]["name"] == "Embrun"

    play(test)


def test_a_report_is_written_once_for_all_who_lack_it_and_not_at_all_when_nothing_changed(
    album: Album,
) -> None:
    ana = album.visitor()
    album.picture(ana)

    async def test() -> None:
        seen = watch(album)
        looker = Looker(seen, 0.01)
        with looker.watcher(owners(ana)) as one, looker.watcher(owners(ana)) as other:
            await heard(one, 1)
            await heard(other, 1)
            assert seen.reports == 1
            before = seen.looks
            await asyncio.sleep(0.2)
            assert (seen.looks, seen.reports) == (before, 1)
        assert looker.all == 0

    play(test)


def test_a_replay_of_an_image_that_was_settled_long_ago_is_heard(album: Album) -> None:
    ana = album.visitor()
    image = album.picture(ana, read_metadata=Metadata())

    async def test() -> None:
        with Looker(watch(album), 0.01).watcher(owners(ana)) as watcher:
            await heard(watcher, 1)
            album.base.engine().replay(image, "read_metadata")
            album.settle(image, album.played(image))
            location = None
            while location is None:
                [(_, report)] = await heard(watcher, 1)
                location = report["location"]

    play(test)


def test_the_newest_and_all_that_are_being_looked_at_are_watched(album: Album) -> None:
    ana = album.visitor()
    waiting = [album.enter(ana) for _ in range(30)]
    for image in waiting[:-3]:
        album.settle(image, album.played(image))
    current = watch(album).current(owners(ana))
    assert current == set(waiting[-NEWEST:])
    old = waiting[0]
    album.base.engine().replay(old, "find_place")
    assert watch(album).current(owners(ana)) == current | {old}


def test_of_very_many_that_wait_the_newest_are_watched_and_told_in_parts(album: Album) -> None:
    ana = album.visitor()
    images = [album.enter(ana) for _ in range(WAITING + 5)]

    async def test() -> None:
        with Looker(watch(album), 0.01).watcher(owners(ana)) as watcher:
            told = [report["id"] for _, report in await heard(watcher, WAITING)]
            assert told == images[-WAITING:]
            assert len(told) > MOST

    play(test)


def test_an_image_that_settles_while_newer_ones_came_is_told_a_last_time(album: Album) -> None:
    ana = album.visitor()
    old = album.enter(ana)

    async def test() -> None:
        with Looker(watch(album), 0.01).watcher(owners(ana)) as watcher:
            await heard(watcher, 1)
            for _ in range(NEWEST):
                album.picture(ana)
            album.settle(old, album.played(old))
            state = ""
            while state != "done":
                [(_, report)] = await heard(watcher, 1)
                state = report["state"] if report["id"] == old else ""

    play(test)


def test_a_ledger_that_cannot_be_read_is_looked_at_again(album: Album, caplog: Any) -> None:
    ana = album.visitor()
    image = album.enter(ana)

    class Stumbling(Counting):
        def current(self, owners: Any) -> set[str]:
            if not self.looks:
                self.looks += 1
                self._database.read("SELECT * FROM nothing_of_the_kind")
            return super().current(owners)

    async def test() -> None:
        with Looker(Stumbling(album.base.database, album.base.catalog), 0.01).watcher(owners(ana)) as watcher:
            [(_, report)] = await heard(watcher, 1)
            assert report["id"] == image

    play(test)
    assert "nothing_of_the_kind" in caplog.text


def test_a_visitor_owns_what_they_sent_and_what_they_posted() -> None:
    assert owners(Visitor("V1", "a@b.c")) == (Owner("", "V1"),)
    assert owners(Visitor("V1", "", "T1", "U1")) == (Owner("", "V1"), Owner("T1", "U1"))


def test_nothing_is_told_of_what_somebody_else_had_first() -> None:
    theirs = {"id": "i", "short": "IMG-1", "at": "x", "person": "V2", "team": None, "channel": None}
    mine = theirs | {"person": "V1"}
    me = (Owner("", "V1"),)
    report = {"duplicate_of": theirs, "watermark": {"found": True, "earlier": theirs}}
    assert own(report, me) == {"duplicate_of": None, "watermark": {"found": True, "earlier": None}}
    report = {"duplicate_of": mine, "watermark": {"found": True, "earlier": mine}}
    assert own(report, me) == report
    assert own({"duplicate_of": None, "watermark": None}, me) == {"duplicate_of": None, "watermark": None}
