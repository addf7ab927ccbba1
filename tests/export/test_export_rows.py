"""Rows of an export: what is told and what is not, and which export is due."""

import re
from dataclasses import asdict, fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from pipeline.export import Exported, File, Mark, Order, Turn, turn
from pipeline.export_rows import day_row, image_rows, step_row
from pipeline.export_schema import DAYS, IMAGES, RESULTS, STEPS, TABLES
from pipeline.figures import EVERYTHING, Day, Facts, Figures, Scope, Step
from tests.export.registry import FACTS, NOON

FACT = Facts("i", "IMG-1", "slack", "T1", "C1", False, NOON, "done", decision="cleared", place="Sofia")
DAY = Day(date(2026, 11, 22), "Europe/Sofia")
MARK = Mark(1, 10, 0, 5)
PARTS, WHOLE = Order("csv", parts=True), Order("csv")


def image(facts: Facts = FACT, **order: Any) -> dict[str, Any]:
    [row] = image_rows([facts], Order("csv", **order), 0)
    return dict(zip(IMAGES.names, row, strict=True))


def exported(order: Order, mark: Mark = MARK, part: int = 3) -> Exported:
    return Exported(order.shape, mark, part, {"images.csv": File("images", 1, 1)})


class TestImages:
    @given(FACTS)
    def test_have_a_cell_for_every_column_and_none_where_there_must_be_one(self, facts: Facts) -> None:
        told = image(facts)
        assert [c.name for c in IMAGES.columns if told[c.name] is None and not c.nullable] == []

    def test_tell_every_fact(self) -> None:
        assert {field.name for field in fields(Facts)} - {"image"} <= set(IMAGES.names)

    @pytest.mark.parametrize("decision", [None, "review", "held"])
    def test_have_no_place_unless_cleared(self, decision: Any) -> None:
        told = image(replace(FACT, decision=decision, region="Sofia-Grad", country_code="BG"))
        assert (told["place"], told["region"], told["country_code"]) == (None, None, None)

    def test_have_no_place_where_the_settings_say_so(self) -> None:
        assert image()["place"] == "Sofia"
        assert image(places=False)["place"] is None

    def test_never_name_a_private_channel(self) -> None:
        assert image(replace(FACT, private=True))["channel"] is None

    @pytest.mark.parametrize(
        ("zone", "day"), [("Pacific/Pago_Pago", 22), ("UTC", 22), ("Pacific/Kiritimati", 23)]
    )
    def test_have_the_day_that_it_was_where_loupe_is(self, zone: str, day: int) -> None:
        assert image(zone=zone)["day"] == date(2026, 11, day)

    def test_have_moments_to_the_millisecond(self) -> None:
        assert image()["entered_at"] == datetime(2026, 11, 22, 12, 0, 0, 123_000, UTC)


class TestDays:
    FIGURES = Figures(DAY, images=3, done=2, held=1, median_seconds=1.5, bytes_before=90, bytes_after=30)

    def told(self, scope: Scope) -> dict[str, Any]:
        return dict(zip(DAYS.names, day_row(scope, self.FIGURES), strict=True))

    def test_have_every_figure_by_its_name(self) -> None:
        told, figures = self.told(Scope("T1", "C1")), asdict(self.FIGURES)
        assert (told.pop("day"), told.pop("zone")) == (DAY.date, DAY.zone)
        assert (told.pop("team"), told.pop("channel"), told.pop("scope")) == ("T1", "C1", "channel")
        del figures["day"]
        assert told == figures | {"bytes_saved": 60}

    def test_leave_no_figure_out(self) -> None:
        assert {field.name for field in fields(Figures)} | {"bytes_saved"} <= set(DAYS.names)

    def test_say_which_row_is_about_everything(self) -> None:
        assert [self.told(scope)["scope"] for scope in (EVERYTHING, Scope("T1", "C1"))] == [
            "everything",
            "channel",
        ]


def test_steps_have_a_day_and_every_figure() -> None:
    told = dict(zip(STEPS.names, step_row(DAY, Step("fold", 9, 1, 2, 3, 1.5, 2.5)), strict=True))
    assert told == {
        "day": DAY.date, "zone": DAY.zone, "actor": "fold", "runs": 9, "failed": 1, "skipped": 2,
        "retried": 3, "p50_ms": 1.5, "p95_ms": 2.5,
    }  # fmt: skip


class TestSchema:
    def test_has_names_that_need_no_quotes_anywhere(self) -> None:
        names = [name for table in TABLES for name in (table.name, *table.names)]
        assert [name for name in names if not re.fullmatch(r"[a-z][a-z0-9_]*", name)] == []

    def test_names_each_column_of_a_table_once_and_keys_among_them(self) -> None:
        for table in TABLES:
            assert len(set(table.names)) == len(table.names)
            assert set(table.key) <= set(table.names)

    def test_tells_nothing_about_anybody(self) -> None:
        told = {name for table in TABLES for name in table.names}
        hidden = {"name", "locator", "person", "message", "sha256", "key", "latitude", "longitude", "reason"}
        assert told.isdisjoint(hidden | {"location", "url", "page", "alt", "payload", "body", "error"})

    def test_marks_those_rows_with_a_part_that_come_in_parts(self) -> None:
        assert [table for table in TABLES if table.parted] == [IMAGES, RESULTS]
        assert all(("part" in table.names) == table.parted for table in TABLES)


class TestWhatIsDue:
    def test_everything_the_first_time(self) -> None:
        assert turn(WHOLE, None, MARK) == Turn(0)
        assert turn(PARTS, None, MARK) == Turn(1)

    @pytest.mark.parametrize("order", [WHOLE, PARTS])
    def test_nothing_where_nothing_changed_unless_asked_for(self, order: Order) -> None:
        assert turn(order, exported(order), MARK) is None
        assert turn(replace(order, full=True), exported(order), MARK) is not None

    def test_the_whole_where_anything_changed(self) -> None:
        for changed in ({"number": 11}, {"erased": 1}, {"runs": 6}):
            assert turn(WHOLE, exported(WHOLE), replace(MARK, **changed)) == Turn(0)

    def test_a_part_with_what_changed(self) -> None:
        assert turn(PARTS, exported(PARTS), replace(MARK, number=11)) == Turn(4, after=10)

    def test_everything_in_the_next_part_after_an_erasure(self) -> None:
        assert turn(PARTS, exported(PARTS), replace(MARK, number=11, erased=1)) == Turn(4)

    @pytest.mark.parametrize("now", [Mark(2, 11, 0, 5), Mark(1, 9, 0, 5)], ids=["another", "older"])
    def test_everything_where_it_is_not_the_ledger_of_before(self, now: Mark) -> None:
        assert turn(PARTS, exported(PARTS), now) == Turn(4)

    @pytest.mark.parametrize(
        "other", [{"zone": "Europe/Sofia"}, {"places": False}, {"since": date(2026, 1, 1)}, {"parts": False}]
    )
    def test_everything_where_something_else_is_wanted(self, other: dict[str, Any]) -> None:
        assert turn(PARTS, exported(replace(PARTS, **other)), MARK) == Turn(4)

    def test_everything_where_a_file_is_missing(self) -> None:
        assert turn(PARTS, exported(PARTS), MARK, stands=False) == Turn(4)


def test_the_columns_stand_nowhere_else() -> None:
    """A format that named a column itself would go its own way."""
    adapters = Path(__file__).parents[2] / "pipeline" / "adapters"
    for format in ("csv", "parquet", "hyper"):
        text = (adapters / f"{format}_export.py").read_text()
        assert not [name for name in IMAGES.names if f'"{name}"' in text]
