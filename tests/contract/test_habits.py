"""What a channel chose about its digest is remembered in place of what it chose before."""

from pipeline.habits import OFF, Habit
from tests.contract.grounds import Ground

CATS = Habit("T1", "C0CATS", "08:30", "Europe/Sofia", empty=True)
DOGS = Habit("T1", "C0DOGS", OFF, "UTC")


def test_a_choice_takes_the_place_of_the_one_before(ground: Ground) -> None:
    habits = ground.habits
    assert habits.get("T1", "C0CATS") is None
    assert habits.all() == []
    habits.set(DOGS)
    habits.set(Habit("T1", "C0CATS", "10:00", "UTC"))
    habits.set(CATS)
    assert habits.get("T1", "C0CATS") == CATS
    assert habits.get("T2", "C0CATS") is None
    assert ground.again().habits.all() == [CATS, DOGS]


def test_teams_come_one_after_the_other(ground: Ground) -> None:
    chosen = [
        Habit(team, channel, "10:00", "UTC") for team in ("T1", "T10", "T2") for channel in ("C1", "C2")
    ]
    for habit in reversed(chosen):
        ground.habits.set(habit)
    assert ground.habits.all() == chosen
