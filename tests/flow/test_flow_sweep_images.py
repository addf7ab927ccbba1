"""The engine's sweep: what waits with nothing due goes on, whatever is the matter with another image."""

import logging
from collections.abc import Mapping

import pytest

from pipeline.adapters.memory_ledger import MemoryLedger
from pipeline.engine import Engine
from pipeline.errors import Unavailable
from pipeline.ledger import Plan, Rows, Task
from tests.flow import toy


class Troubled(Engine):
    """An engine that cannot follow one image."""

    fault: Exception = ZeroDivisionError("a bug")
    image = ""

    def follow(self, image: str, rows: Rows, open_tasks: Mapping[str, Task]) -> Plan:
        if image == Troubled.image:
            raise Troubled.fault
        return super().follow(image, rows, open_tasks)


@pytest.fixture
def ledger() -> MemoryLedger:
    return MemoryLedger()


def waiting(ledger: MemoryLedger) -> list[str]:
    """Three images of which the first cannot be followed."""
    entries = ledger.enter([(name, toy.parcel(name)) for name in "abc"], lambda *_: Plan())
    images = [entry.arrived.image for entry in entries]
    Troubled.image = images[0]
    return images


def test_an_image_that_cannot_be_followed_stops_no_other(
    ledger: MemoryLedger, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, *others = waiting(ledger)
    with caplog.at_level(logging.ERROR):
        Troubled(toy.TOY, ledger).sweep()
    assert ledger.open_tasks(first) == {}
    assert [list(ledger.open_tasks(image)) for image in others] == [["weigh"], ["weigh"]]
    assert [record.image for record in caplog.records] == [first]  # type: ignore[attr-defined]


def test_a_ledger_that_is_away_ends_the_sweep(ledger: MemoryLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting(ledger)
    monkeypatch.setattr(Troubled, "fault", Unavailable("The table is away."))
    with pytest.raises(Unavailable, match="is away"):
        Troubled(toy.TOY, ledger).sweep()
