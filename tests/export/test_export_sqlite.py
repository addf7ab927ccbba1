"""What an export reads of the ledger: every image once, as of one moment, and what changed since a number."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import digest
from pipeline.adapters import export_folder
from pipeline.adapters.csv_export import CsvFormat
from pipeline.adapters.sqlite_eraser import SqliteEraser
from pipeline.adapters.sqlite_export import SqliteExport
from pipeline.adapters.sqlite_numbers import SqliteNumbers
from pipeline.errors import Unavailable
from pipeline.export import Order, Page
from pipeline.figures import Day, Facts, Scope
from tests.contract.ledgers import enter, finish
from tests.export.reading_back import from_csv
from tests.export.registry import ACTORS, NOON, Registry


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(tmp_path / "data")


def images(pages: list[Page]) -> list[str]:
    return [facts.image for page in pages for facts in page.images]


def changes(registry: Registry, after: int | None) -> list[str]:
    source = SqliteExport(registry.database, 2)
    return images(list(source.pages(after, source.mark().number, 0.0)))


@pytest.mark.parametrize("page", [1, 2, 3, 7, 8])
def test_every_image_comes_once_with_its_results_whatever_the_size_of_a_page(
    registry: Registry, page: int
) -> None:
    kept = [registry.image().image for _ in range(7)]
    pages = list(SqliteExport(registry.database, page).pages(None, 0, 0.0))
    assert images(pages) == kept
    assert [len(each.images) for each in pages] == [page] * (7 // page) + [7 % page] * bool(7 % page)
    for each in pages:
        assert {r.image for r in each.results} == {facts.image for facts in each.images}
        assert len(each.results) == len(ACTORS) * len(each.images)


def test_facts_are_read_as_they_were_written(registry: Registry) -> None:
    facts = registry.image(nudity_score=12.5, contains_nudity=False, watermark_found=True, faces=0)
    [page] = SqliteExport(registry.database).pages(None, 0, 0.0)
    assert page.images == [facts]


def test_what_changes_while_pages_are_read_comes_no_second_time_and_is_a_change_afterwards(
    registry: Registry,
) -> None:
    kept = [registry.image() for _ in range(4)]
    source = SqliteExport(registry.database, 2)
    mark = source.mark()
    pages = source.pages(None, mark.number, 0.0)
    first = next(pages)
    registry.keep(replace(kept[0], state="held"))
    registry.keep(replace(kept[3], state="held"))
    new = registry.image()
    assert images([first, *pages]) == [each.image for each in [*kept, new]]
    assert changes(registry, mark.number) == [kept[0].image, kept[3].image, new.image]


def test_a_change_that_comes_while_changes_are_read_waits_for_the_next_time(registry: Registry) -> None:
    source = SqliteExport(registry.database, 1)
    kept = [registry.image() for _ in range(3)]
    mark = source.mark()
    pages = source.pages(0, mark.number, 0.0)
    first = next(pages)
    registry.keep(replace(kept[2], state="held"))
    assert images([first, *pages]) == [kept[0].image, kept[1].image]
    assert changes(registry, mark.number) == [kept[2].image]


def test_numbers_rise_with_every_row_that_changes_and_with_no_other(registry: Registry) -> None:
    source = SqliteExport(registry.database)
    facts = registry.image()
    before = source.mark()
    assert source.mark() == before
    with registry.database.write() as connection:
        connection.execute("UPDATE results SET revision=2 WHERE actor=?", (ACTORS[0],))
    assert source.mark().number == before.number + 1
    assert changes(registry, before.number) == [facts.image]
    assert source.count(before.number) == 1


def test_the_arrival_is_no_result_of_an_actor(registry: Registry) -> None:
    facts = registry.image()
    with registry.database.write() as connection:
        connection.execute(
            "INSERT INTO results SELECT image,'arrival',revision,version,state,parked,kind,body,inputs,"
            "attempts,ms,at FROM results WHERE actor=?",
            (ACTORS[0],),
        )
    [page] = SqliteExport(registry.database).pages(None, 0, 0.0)
    assert [r.actor for r in page.results] == sorted(ACTORS)
    assert page.results[0].image == facts.image


def test_only_what_came_from_a_day_on_is_exported_where_that_is_asked_for(
    registry: Registry, tmp_path: Path
) -> None:
    for back in range(4):
        registry.image(at=NOON - timedelta(days=back))
    registry.export(tmp_path / "to", since=date(2026, 11, 21))
    read = from_csv(tmp_path / "to")
    assert [image["day"].day for image in read["images"]] == [22, 21]
    assert [day["day"].day for day in read["days"] if day["scope"] == "everything"] == [21, 22]
    assert {step["day"].day for step in read["steps"]} == {21, 22}
    assert len(read["results"]) == 2 * len(ACTORS)


def test_images_of_an_earlier_version_are_counted_until_their_facts_are_there(registry: Registry) -> None:
    facts = registry.image()
    with registry.database.write() as connection:
        values = (facts.image, facts.short, "d1", "slack", "T1", "C1", "", "", 0.0)
        connection.execute("INSERT INTO images VALUES (?,?,?,?,?,?,?,?,?,'done')", values)
        connection.execute("DELETE FROM facts")
    source = SqliteExport(registry.database)
    assert source.lacking() == 1
    registry.keep(facts)
    assert source.lacking() == 0


HOURS = st.integers(0, 24 * 40)
CHANNELS = st.sampled_from(["C1", "C2", "G1", "D1", ""])
WAITED = st.one_of(st.none(), st.floats(0, 100))
LIFE = st.lists(st.tuples(HOURS, CHANNELS, st.sampled_from(["done", "held", "failed"]), WAITED), max_size=20)


@settings(max_examples=25)
@given(life=LIFE, zone=st.sampled_from(["UTC", "Europe/Sofia", "Pacific/Pago_Pago", "Asia/Kathmandu"]))
def test_days_and_steps_are_those_of_the_digest(
    tmp_path_factory: pytest.TempPathFactory, life: list[Any], zone: str
) -> None:
    folder = tmp_path_factory.mktemp("days")
    registry = Registry(folder / "data")
    for hour, channel, state, waited in life:
        at = datetime(2026, 3, 10, tzinfo=UTC) + timedelta(hours=hour)
        registry.image(channel, at, state=state, verdict_seconds=waited, bytes=100, renditions=1, faces=hour)
    registry.export(folder / "to", zone=zone)
    read, numbers = from_csv(folder / "to"), SqliteNumbers(registry.database)
    for row in read["days"]:
        scope = Scope(row["team"], row["channel"])
        said = digest.data(digest.digest(numbers, scope, Day(row["day"], zone)))
        figures = {name: row[name] for name in row if name in said and name not in ("team", "channel")}
        assert figures == {name: said[name] for name in figures}
        assert figures.keys() >= {"images", "done", "median_seconds", "p95_seconds", "bytes_saved", "zone"}
    everything = [row for row in read["days"] if row["scope"] == "everything"]
    assert Counter({row["day"]: row["images"] for row in everything}) == Counter(
        image["day"] for image in read["images"]
    )
    assert {row["channel"] for row in read["days"]} <= {"", "C1", "C2"}
    for day in {row["day"] for row in read["steps"]}:
        told = [row for row in read["steps"] if row["day"] == day]
        assert [row["actor"] for row in told] == [step.actor for step in numbers.steps(Day(day, zone))]
        assert [row["p95_ms"] for row in told] == [step.p95_ms for step in numbers.steps(Day(day, zone))]
    assert sum(row["runs"] for row in read["steps"]) == len(ACTORS) * len(life)
    registry.database.close()


def test_days_on_which_nothing_happened_have_no_row(registry: Registry, tmp_path: Path) -> None:
    registry.image(at=NOON)
    registry.image(at=NOON - timedelta(days=400))
    registry.export(tmp_path / "to")
    days = from_csv(tmp_path / "to")["days"]
    assert [row["day"].isoformat() for row in days] == [
        "2025-10-18",
        "2025-10-18",
        "2026-11-22",
        "2026-11-22",
    ]


class Meddled(SqliteExport):
    """A ledger from which images are erased while it is read."""

    def __init__(self, registry: Registry, images: list[Facts]) -> None:
        super().__init__(registry.database, 2)
        self.victims = images

    def erased(self) -> Any:
        if self.victims:
            image = self.victims.pop()
            with self._database.write() as connection:
                values = (image.image, image.short, image.short, 0.0)
                connection.execute("INSERT INTO tombstones VALUES (?,?,?,?,'erased','')", values)
                connection.execute("DELETE FROM facts WHERE image=?", (image.image,))
                connection.execute("DELETE FROM results WHERE image=?", (image.image,))
        return super().erased()


def test_an_image_that_is_erased_meanwhile_gets_into_no_file(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = [registry.image() for _ in range(5)]
    source = Meddled(registry, kept[1:3])
    monkeypatch.setattr("tests.export.registry.SqliteExport", lambda *_: source)
    registry.export(tmp_path / "to")
    read = from_csv(tmp_path / "to")
    assert [image["id"] for image in read["images"]] == [kept[i].image for i in (0, 3, 4)]
    assert [gone["id"] for gone in read["erased"]] == [kept[i].image for i in (1, 2)]


def test_where_images_are_erased_without_end_nothing_is_exported(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Meddled(registry, [registry.image() for _ in range(5)])
    monkeypatch.setattr("tests.export.registry.SqliteExport", lambda *_: source)
    with pytest.raises(Unavailable, match="erased again and again"):
        registry.export(tmp_path / "to")
    assert list((tmp_path / "to").glob("*.csv")) == []


def test_an_erasure_takes_the_image_out_of_the_list_of_changes_as_well(registry: Registry) -> None:
    source = SqliteExport(registry.database)
    image = enter(registry.ledger)
    finish(registry.ledger)
    eraser = SqliteEraser(registry.database)
    traces = eraser.begin(image)
    assert eraser.left(traces) == {}
    assert source.count(0) == 0
    assert [gone for gone, _at in source.erased()] == [image]


def test_it_tells_how_far_it_is(registry: Registry, tmp_path: Path) -> None:
    for _ in range(5):
        registry.image()
    told: list[tuple[int, int]] = []
    with export_folder.held(tmp_path / "to", "csv") as folder:
        registry.exporter(page=2).run(
            Order("csv"), CsvFormat(), folder, lambda written, of: told.append((written, of))
        )
    assert told == [(2, 5), (2, 5), (1, 5)]
