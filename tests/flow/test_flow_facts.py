"""The facts of every image are those that its rows say, whatever happens to it and in whatever order."""

import tempfile
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from pipeline.adapters.sqlite_cards import SqliteCards
from pipeline.adapters.sqlite_earlier import SqliteEarlier
from pipeline.adapters.sqlite_eraser import SqliteEraser
from pipeline.adapters.sqlite_facts import NAMES, values
from pipeline.adapters.sqlite_numbers import SqliteNumbers
from pipeline.adapters.sqlite_totals import SqliteTotals
from pipeline.adapters.zstd_archive import ZstdArchive
from pipeline.chain import chain
from pipeline.erasing import Places, erase
from pipeline.errors import Unknown
from pipeline.facts import TELLING, facts
from pipeline.figures import EVERYTHING, Day, day_of
from pipeline.ledger import Outcome
from pipeline.model import Place, Source
from pipeline.ports import Wish
from pipeline.results import Placed, Result
from tests.flow.publishing import House, quickly

ACTORS = [
    "detect_nudity",
    "find_place",
    "decide_release",
    "report_findings",
    "make_renditions",
    "publish_image",
]
SOFIA = Place("Sofia", "Sofia-Capital", "Bulgaria", "BG", 1.0, "Europe/Sofia", "played")
STATES = ("done", "held", "rejected", "failed", "waiting")


class Histories(RuleBasedStateMachine):
    """Images come, are looked at a step at a time, looked at anew, held, released, withdrawn and erased."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.house = House(Path(self.folder.name))
        self.images: list[str] = []
        self.waited: dict[str, float] = {}
        self.came, self.counted = 0, 0
        self.outcomes: list[Outcome] = []
        self.broken = False
        self.house.chain = chain(
            replace(each, function=self.find_place) if each.name == "find_place" else each
            for each in self.house.chain
        )

    def find_place(self, **_: object) -> Result:
        if self.broken:
            raise ZeroDivisionError("a bug")
        return Placed(SOFIA, None, "2026-11-22T09:00:00+02:00")

    def teardown(self) -> None:
        self.folder.cleanup()

    @rule(number=st.integers(0, 3), channel=st.sampled_from(["C1", "G1"]))
    def enter(self, number: int, channel: str) -> None:
        source = Source("slack", "a.jpg", "F1", team="T1", channel=channel, private=channel == "G1")
        (entry,) = self.house.engine().enter([(f"d{number}", source)])
        if entry.new:
            self.came += 1
            self.images.append(entry.arrived.image)

    @rule(steps=st.sampled_from([1, 2, 5, 40]))
    def work(self, steps: int) -> None:
        engine = self.house.engine()
        with quickly(self.house.taste):
            for _ in range(steps):
                claimed = engine.turn("w", self.outcomes)
                self.outcomes = [engine.run(work) for work in claimed]
                self.watch()

    def watch(self) -> None:
        """Remember how long people waited for the first word."""
        for image in self.images:
            made = facts(self.house.ledger.rows(image), None)
            if made and made.verdict_seconds is not None:
                self.waited.setdefault(image, made.verdict_seconds)

    @rule(score=st.sampled_from([5.0, 50.0, 95.0]), broken=st.booleans())
    def change(self, score: float, broken: bool) -> None:
        self.house.taste.score, self.broken = score, broken

    @precondition(lambda self: self.images)
    @rule(data=st.data(), actor=st.sampled_from(ACTORS))
    def replay(self, data: st.DataObject, actor: str) -> None:
        with suppress(Unknown):
            self.house.engine().replay(data.draw(st.sampled_from(self.images)), actor)

    @precondition(lambda self: self.images)
    @rule(data=st.data(), wish=st.sampled_from(["hold", "release", "withdraw"]))
    def wish(self, data: st.DataObject, wish: str) -> None:
        image = data.draw(st.sampled_from(self.images))
        self.house.notes.set(image, cast(Wish, wish), "yes")
        self.house.engine().replay(image, "make_renditions" if wish == "withdraw" else "decide_release")

    @precondition(lambda self: self.images)
    @rule(data=st.data())
    def lose_the_facts(self, data: st.DataObject) -> None:
        """As if an earlier version had taken the image in."""
        image = data.draw(st.sampled_from(self.images))
        with self.house.database.write() as connection:
            connection.execute("DELETE FROM facts WHERE image=?", (image,))
        assert SqliteEarlier(self.house.database).catch_up(99) == 1
        self.waited.pop(image, None)
        self.watch()

    @precondition(lambda self: self.images and not self.outcomes)
    @rule(data=st.data())
    def erase(self, data: st.DataObject) -> None:
        image = data.draw(st.sampled_from(self.images))
        erase(places(self.house), image, 5)
        self.images.remove(image)

    @invariant()
    def facts_are_what_the_rows_say(self) -> None:
        kept = {row["image"]: row for row in self.house.database.read("SELECT * FROM facts")}
        assert sorted(kept) == sorted(self.images)
        for image, row in kept.items():
            self.agrees(image, {name: row[name] for name in NAMES})

    def agrees(self, image: str, kept: dict[str, object]) -> None:
        """While a picture is looked at for the first time its facts are those of its arrival."""
        [state] = self.house.database.read("SELECT state FROM images WHERE image=?", (image,))
        rows = self.house.ledger.rows(image)
        if TELLING not in rows and len(rows) > 1:
            assert kept["state"] == "waiting"
            return
        made = facts(rows, state["state"])
        assert made is not None
        assert kept == dict(zip(NAMES, values(made), strict=True)) | {
            "verdict_seconds": self.waited.get(image)
        }
        if made.decision != "cleared":
            assert {kept[name] for name in ("place", "region", "country_code")} == {None}
            assert kept["renditions"] == 0

    @invariant()
    def states_add_up(self) -> None:
        found = SqliteNumbers(self.house.database).days(EVERYTHING, self.days())
        assert sum(day.images for day in found) == len(self.images)
        for day in found:
            assert day.images == sum(getattr(day, state) for state in STATES)

    @invariant()
    def totals_only_grow(self) -> None:
        totals = SqliteTotals(self.house.database)
        assert totals.arrivals() == self.came
        runs = sum(each.runs for each in totals.totals())
        assert runs >= self.counted
        self.counted = runs

    def days(self) -> list[Day]:
        """A test may run over midnight."""
        [row] = self.house.database.read("SELECT COALESCE(MIN(entered_at), 0) AS at FROM images")
        first = day_of(row["at"], "UTC")
        return [first, Day(first.date + timedelta(days=1), "UTC")]


def places(house: House) -> Places:
    return Places(
        engine=house.engine(),
        eraser=SqliteEraser(house.database),
        store=house.store,
        archive=ZstdArchive(house.folder / "archive"),
        public=house.public,
        cdn=house.cdn,
        cards=SqliteCards(house.database),
    )


TestHistories = Histories.TestCase
TestHistories.settings = settings(
    max_examples=60,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
