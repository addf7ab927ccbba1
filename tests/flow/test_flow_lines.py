"""The log has one line for every run, and says how it ended."""

from pathlib import Path

import pytest

from pipeline.engine import Engine
from tests.flow.driving import Shop, enter, work_off


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return Shop(tmp_path / "ledger.sqlite").engine()


def lines(caplog: pytest.LogCaptureFixture) -> list[tuple[str, int, str]]:
    """Actor, attempt and outcome."""
    found = [each for each in caplog.records if each.name == "loupe.run"]
    return [(each.__dict__["actor"], each.__dict__["attempt"], each.__dict__["outcome"]) for each in found]


@pytest.mark.parametrize(
    ("parcel", "said"),
    [
        ("good", [("weigh", 1, "done")]),
        ("skip@paint", [("paint", 1, "skipped")]),
        ("reject@fold", [("fold", 1, "failed")]),
        ("bug@fold", [("fold", 1, "again"), ("fold", 2, "again"), ("fold", 3, "failed")]),
    ],
)
def test_every_run_has_a_line_that_says_how_it_ended(
    engine: Engine, caplog: pytest.LogCaptureFixture, parcel: str, said: list[tuple[str, int, str]]
) -> None:
    caplog.set_level("INFO", "loupe.run")
    [image] = enter(engine, parcel)
    ran = work_off(engine)
    assert len(lines(caplog)) == len(ran)
    assert [each for each in lines(caplog) if each[0] == said[0][0]] == said
    assert {each.__dict__["image"] for each in caplog.records if each.name == "loupe.run"} == {image}


def test_a_bug_is_told_with_its_trace_each_time_and_a_rejection_without(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "loupe.run")
    enter(engine, "bug@fold", "reject@weigh")
    work_off(engine)
    traced = [each.__dict__["actor"] for each in caplog.records if each.exc_info]
    assert traced == ["fold"] * 3


def test_runs_that_were_lost_with_their_worker_have_a_line_too(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "loupe.run")
    enter(engine, "good")
    for _ in range(3):
        assert engine.turn("doomed", want=1)
        engine.lost("doomed", "was stopped when its time was up")
    assert lines(caplog) == [("weigh", 1, "again"), ("weigh", 2, "again"), ("weigh", 3, "failed")]
