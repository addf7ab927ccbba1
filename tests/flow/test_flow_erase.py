"""Erasing: nothing is left anywhere, whatever runs, ends, repeats or shares meanwhile."""

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from pipeline.cards import Message, Share
from pipeline.erasing import Erasure, Places, erase, resume
from pipeline.errors import Unknown
from pipeline.ledger import Row
from pipeline.model import Location, Source
from pipeline.opinions import Opinion
from pipeline.publication import STAGING
from pipeline.results import Accepted, Metadata, Removed
from tests.contract.grounds import OnDynamo
from tests.flow.erasures import NAME, PERSON, bytes_of, claimed, gone, leave_traces, places, speak_of
from tests.flow.publishing import Told
from tests.flow.storehouse import House, picture


@pytest.fixture(params=["sqlite", "dynamo"])
def here(request: pytest.FixtureRequest, tmp_path: Path) -> House:
    if request.param == "sqlite":
        return House(tmp_path / "data")
    return House(tmp_path / "data", ground=OnDynamo(request.getfixturevalue("table")))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return picture(tmp_path / NAME)


def test_nothing_is_left_of_an_erased_picture(here: House, file: Path) -> None:
    image = here.take(file)
    accepted = here.result(image, "accept_image")
    assert isinstance(accepted, Accepted)
    leave_traces(here, image)
    (here.store.folder / accepted.key).with_name(".torn.part").write_bytes(b"half an original")
    done = gone(here, image)
    assert done.left == {}
    assert done.files == {
        "public renditions": 2,
        "renditions not yet published": 2,
        "original in the store": 1,
        "copy in the archive": 1,
    }
    assert done.traces.rows["results"] >= 7  # in a table every revision is an item
    assert speak_of(here, accepted.sha256, NAME, "Zoë on the beach", file.as_uri(), PERSON) == []
    assert [name for name in bytes_of(here.folder) if not name.startswith("ledger")] == []
    assert here.ledger.rows(image) == {}
    assert not (here.folder / "public" / image).exists()


class LateStore:
    """A store into which a run that lost its lease still puts something, after each of the first removals."""

    def __init__(self, store: Any, times: int) -> None:
        self._store, self._times = store, times

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def scrap(self, prefix: str) -> int:
        """See ``Shelf.scrap``."""
        found: int = self._store.scrap(prefix)
        if self._times and prefix.startswith(STAGING):
            self._times -= 1
            self._store.put(f"{prefix}/late{self._times}.jpg", BytesIO(b"late"))
        return found


@pytest.mark.parametrize(("patience", "left"), [(5.0, {}), (0.0, {"renditions not yet published": 1})])
def test_what_a_late_run_still_puts_there_goes_too_while_there_is_patience(
    here: House, file: Path, tmp_path: Path, patience: float, left: dict[str, int]
) -> None:
    image = here.take(file)
    everywhere = places(here)
    told = Told(tmp_path)
    found = erase(replace(everywhere, store=LateStore(everywhere.store, 2), cdn=told), image, patience)
    assert (found.left, told.forgotten) == (left, 1)
    assert found.files["renditions not yet published"] == (0 if left else 2)
    assert gone(here, image).left == {}
    assert list(here.store.keys(STAGING)) == []


def test_erasing_twice_looks_again_and_finds_nothing(here: House, file: Path) -> None:
    image = here.take(file)
    gone(here, image)
    (here.folder / "public" / image).mkdir(parents=True)
    (here.folder / "public" / image / "late.jpg").write_bytes(b"late")
    again = gone(here, image)
    assert (again.files["public renditions"], again.left) == (1, {})
    assert bytes_of(here.folder / "public") == {}


def test_an_image_that_never_was_is_unknown(here: House) -> None:
    with pytest.raises(Unknown, match="There is no image 'nobody'"):
        gone(here, "nobody")
    assert here.ground.eraser.unfinished() == []


@pytest.mark.parametrize("after", ["settled", "entered", "accepted"])
def test_a_picture_can_be_erased_at_any_point_of_the_chain(here: House, file: Path, after: str) -> None:
    image = here.post(file)
    if after == "settled":
        here.settle()
    if after == "accepted":
        engine = here.engine()
        engine.turn("w", [engine.run(engine.turn("w")[0])], want=0)
    assert gone(here, image).left == {}
    assert here.settle() == []
    assert speak_of(here, NAME) == []


@pytest.mark.parametrize("actor", ["accept_image", "look", "archive_original", "remove_original"])
def test_a_run_that_had_begun_is_waited_for_and_leaves_nothing(here: House, file: Path, actor: str) -> None:
    image, engine, work = claimed(here, file, actor)
    found: list[Erasure] = []
    thread = Thread(target=lambda: found.append(gone(here, image, 30)))
    thread.start()
    while not here.ground.eraser.unfinished():
        pass
    outcome = engine.run(work)
    assert thread.is_alive(), "it did not wait"
    engine.turn("w", [outcome], want=0)
    thread.join()
    here.ground.close()
    assert found[0].left == {}
    assert speak_of(here, NAME, file.as_uri()) == []
    assert [name for name in bytes_of(here.folder) if not name.startswith("ledger")] == []


def test_a_run_that_a_replay_overtook_is_waited_for_too(here: House, file: Path) -> None:
    """Its task is another's by now, and it goes on all the same."""
    image, engine = here.take(file), here.engine()
    engine.replay(image, "accept_image")
    (again,) = engine.turn("slow")
    engine.replay(image, "accept_image")
    assert not any(task.running for task in here.ledger.open_tasks(image).values())
    for worker in ("w", "other"):
        engine.turn(worker, want=0)
    assert gone(here, image, 0).left == {"runs that have not ended": 1}
    here.ledger.extend(["slow"], 60)
    here.ledger.expire()
    late = engine.run(again)
    assert gone(here, image, 0).left == {"runs that have not ended": 1}
    engine.turn("slow", [late], want=0)
    assert gone(here, image, 0).left == {}
    assert [name for name in bytes_of(here.folder) if not name.startswith("ledger")] == []


def test_a_run_that_does_not_end_is_told_and_the_clock_goes_on(here: House, file: Path) -> None:
    image, engine, work = claimed(here, file, "accept_image")
    assert gone(here, image, 0).left == {"runs that have not ended": 1}
    assert resume(places(here)) == 1
    engine.turn("w", [engine.run(work)], want=0)
    assert resume(places(here)) == 1
    assert resume(places(here)) == 0
    assert speak_of(here, NAME) == []
    assert [name for name in bytes_of(here.folder) if not name.startswith("ledger")] == []


def test_a_run_whose_worker_died_holds_nothing_up(here: House, file: Path) -> None:
    image = here.post(file)
    here.engine().turn("dead", lease=-1)
    assert gone(here, image, 10).left == {}
    assert here.settle() == []
    assert here.ledger.open_tasks(image) == {}


@pytest.mark.parametrize("ending", ["fails", "is lost"])
def test_a_run_that_ends_badly_after_the_erasure_does_not_come_back(
    here: House, file: Path, ending: str
) -> None:
    image, engine, work = claimed(here, file, "look")
    gone(here, image, 0)
    if ending == "fails":
        file.unlink()
        engine.turn("w", [engine.run(work)], want=0)
    else:
        engine.lost("w", "died")
    assert here.settle() == []
    assert resume(places(here)) == 1
    assert here.ledger.open_tasks(image) == {}
    assert here.ledger.rows(image) == {}


def test_a_replay_that_comes_too_late_starts_nothing(here: House, file: Path) -> None:
    image = here.take(file)
    engine = here.engine()
    rows = here.ledger.rows(image)
    task = engine._next_revision(engine.chain.actor("look"), image, rows, {})
    gone(here, image)
    here.ledger.demand([task])
    assert here.settle() == []
    with pytest.raises(Unknown):
        engine.replay(image, "look")


def test_the_same_delivery_does_not_bring_it_back_but_a_new_one_does(here: House, file: Path) -> None:
    image = here.post(file, "slack:T1:F1:C1:1.0")
    here.settle()
    gone(here, image)
    source = Source("file", file.name, file.as_uri())
    (entry,) = here.engine().enter([("slack:T1:F1:C1:1.0", source)])
    assert (entry.new, entry.arrived.image, entry.arrived.source.name) == (False, image, "")
    assert here.ledger.rows(image) == {}
    assert here.post(file, "slack:T1:F1:C1:2.0") != image
    assert speak_of(here, "slack:T1:F1:C1:1.0") == []


def test_an_original_that_another_picture_has_stays_for_it_and_the_mention_goes(
    here: House, file: Path, tmp_path: Path
) -> None:
    here.moves.archive_after = None
    first = here.take(file)
    twin = here.take(picture(tmp_path / "twin.png"))
    told = here.result(twin, "accept_image")
    assert isinstance(told, Accepted)
    assert told.duplicate_of is not None
    assert told.duplicate_of.source.name == NAME
    done = gone(here, first)
    assert (done.shared, done.left, done.traces.mentioned_by) == (True, {}, (twin,))
    assert here.hot(twin)
    kept = here.result(twin, "accept_image")
    assert isinstance(kept, Accepted)
    assert kept.duplicate_of is None
    assert speak_of(here, NAME, file.as_uri()) == []
    here.notes.set(twin, "archive")
    here.again(twin, "archive_original")
    assert isinstance(here.result(twin, "remove_original"), Removed)
    last = gone(here, twin)
    assert (last.shared, last.left) == (False, {})
    assert speak_of(here, kept.sha256) == []


def test_a_row_that_was_under_way_does_not_bring_the_mention_back(
    here: House, file: Path, tmp_path: Path
) -> None:
    first = here.take(file)
    twin = here.post(picture(tmp_path / "twin.png"))
    engine = here.engine()
    outcome = engine.run(engine.turn("w")[0])
    gone(here, first)
    engine.turn("w", [outcome], want=0)
    kept = here.result(twin, "accept_image")
    assert isinstance(kept, Accepted)
    assert kept.duplicate_of is None
    assert speak_of(here, NAME) == []


def test_a_name_that_other_pictures_have_too_is_nothing_to_look_for(
    here: House, file: Path, tmp_path: Path
) -> None:
    (tmp_path / "b").mkdir()
    here.take(picture(tmp_path / "b" / NAME, seed=3))
    assert gone(here, here.take(file)).left == {}


def test_a_delivery_whose_key_begins_another_ones_is_no_stumbling_block(here: House, tmp_path: Path) -> None:
    images = [here.post(picture(tmp_path / f"{n}.png", n), f"file:run:{n}") for n in (1, 10)]
    here.settle()
    assert [gone(here, image).left for image in images] == [{}, {}]
    assert speak_of(here, "file:run:1") == []


def test_a_location_is_forgotten_where_answers_are_kept(here: House, file: Path) -> None:
    asked: list[Location] = []

    class Memory:
        def forget(self, location: Location) -> int:
            asked.append(location)
            return 1

    image = here.take(file)
    here.ground.write(Row(image, "read_metadata", Metadata(location=Location(1.5, 2.5)), datetime.now(UTC)))
    where = places(here)
    done = erase(Places(**{f: getattr(where, f) for f in where.__slots__} | {"cache": Memory()}), image, 5)
    assert (asked, done.answers) == ([Location(1.5, 2.5)], 1)


# Slack


MESSAGE = Message("T1", "C1", "1.0", "1.0")


def slack(here: House, *names: str, message: Message = MESSAGE) -> list[str]:
    """Pictures of one Slack message; their images."""
    sources = [
        Source("slack", name, f"F-{name}", "T1", message.channel, message.ts, message.ts, PERSON)
        for name in names
    ]
    entries = here.engine().enter([(f"slack:{s.locator}:{message.ts}", s) for s in sources])
    return [entry.arrived.image for entry in entries]


def announce(here: House, image: str, **told: Any) -> None:
    arrived = here.result(image, "arrival")
    source = arrived.source  # type: ignore[attr-defined]
    report = {"id": image, "source": {"name": source.name}, "duplicate_of": None, "watermark": None} | told
    here.ground.cards.announce(image, source, report)


def card(here: House) -> Any:
    cards = here.ground.cards
    found = cards.claim("test", 10)
    cards.release("test")
    return found


def finish(here: House) -> None:
    """The outbox has done everything that there was to do."""
    cards = here.ground.cards
    found = cards.claim("test", 10)
    assert found is not None
    cards.finish(found, found.done, None)


def test_the_card_of_a_lone_picture_is_withdrawn(here: House) -> None:
    (image,) = slack(here, "alone.jpg")
    here.ground.shares.met([Share("T1", "C1", "F-alone.jpg")])
    announce(here, image)
    finish(here)
    done = gone(here, image)
    assert (done.traces.alone, done.left) == (True, {})
    assert card(here).withdrawn == "the picture was erased"
    assert card(here).reports == {}
    assert speak_of(here, "alone.jpg", PERSON) == []


def test_a_card_of_several_goes_on_without_it_and_is_looked_at_again(here: House) -> None:
    one, other = slack(here, "one-of-two.jpg", "other.jpg")
    for image in (one, other):
        announce(here, image)
    finish(here)
    assert card(here) is None
    done = gone(here, one)
    assert (done.traces.alone, done.left) == (False, {})
    assert card(here).withdrawn is None
    assert set(card(here).reports) == {other}
    assert gone(here, other).traces.alone
    assert card(here).withdrawn == "the picture was erased"


def test_news_of_an_erased_picture_is_no_news(here: House) -> None:
    one, other = slack(here, "one-of-two.jpg", "other.jpg")
    arrived = here.result(one, "arrival")
    gone(here, one)
    cards = here.ground.cards
    assert cards.announce(one, arrived.source, {"id": one}) == ()  # type: ignore[attr-defined]
    assert other
    assert speak_of(here, "one-of-two.jpg") == []


def test_reports_of_others_mention_it_no_more_announced_before_or_after(here: House) -> None:
    (first,) = slack(here, "mentioned.jpg")
    second, third = slack(here, "second.jpg", "third.jpg", message=Message("T1", "C2", "2.0", "2.0"))
    mention = {"id": first, "short": "IMG-1", "person": PERSON, "channel": "C1", "name": "mentioned.jpg"}
    announce(here, second, duplicate_of=mention)
    announce(here, second, duplicate_of=mention, watermark={"found": True, "earlier": mention})
    done = gone(here, first)
    assert done.left == {}
    announce(here, third, watermark={"found": True, "earlier": mention})
    told: dict[str, Any] = {}
    while found := here.ground.cards.claim("test", 10):
        told |= found.reports
    reports = [told[second], told[third]]
    assert [report["duplicate_of"] for report in reports] == [None, None]
    assert [report["watermark"] for report in reports] == [{"found": True, "earlier": None}] * 2
    assert speak_of(here, "mentioned.jpg") == []


def opinion(image: str, person: str, comment: str) -> Opinion:
    return Opinion(f"V-{image}:{person}", image, ("other",), comment, person, datetime.now(UTC))


def test_what_people_said_of_it_goes_and_what_its_poster_said_elsewhere_stays(
    here: House, file: Path
) -> None:
    (image,) = slack(here, "talked-about.jpg")
    other = here.take(file)
    opinions = here.ground.opinions
    opinions.add(opinion(image, "U0GRACEHOPPER", "talked-about.jpg is my neighbour"))
    opinions.add(opinion(other, PERSON, "that is not me"))
    assert gone(here, image).left == {}
    assert opinions.of(image) == []
    assert [said.person for said in opinions.of(other)] == [PERSON]
    assert speak_of(here, "talked-about.jpg") == []
