"""What a channel chose about its digest is remembered in place of what it chose before."""

from pathlib import Path

from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_habits import SqliteHabits
from pipeline.habits import OFF, Habit

CATS = Habit("T1", "C0CATS", "08:30", "Europe/Sofia", empty=True)
DOGS = Habit("T1", "C0DOGS", OFF, "UTC")


def test_a_choice_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    habits = SqliteHabits(Database(tmp_path / "ledger.sqlite"))
    assert habits.get("T1", "C0CATS") is None
    habits.set(DOGS)
    habits.set(Habit("T1", "C0CATS", "10:00", "UTC"))
    habits.set(CATS)
    assert habits.get("T1", "C0CATS") == CATS
    assert habits.get("T2", "C0CATS") is None
    assert SqliteHabits(Database(tmp_path / "ledger.sqlite")).all() == [CATS, DOGS]
