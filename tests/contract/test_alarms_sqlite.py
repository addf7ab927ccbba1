"""Alarms are raised once and resolved once, and each of both is told once."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import alarms
from pipeline.adapters.sqlite_alarms import SqliteAlarms
from pipeline.adapters.sqlite_database import Database
from pipeline.alarms import CALM, Alarm, Trouble
from pipeline.news import Address, Draft

START = datetime(2026, 11, 22, 9, tzinfo=UTC)
PARKED = Trouble("parked", "", "3 runs are parked.")
OPS = Trouble("sink", "ops", "Nothing was sent to ops for 31 minutes.\nLook with: loupe sinks list")
CALM_TIME = timedelta(seconds=CALM)


def hears(_: Alarm, __: Draft) -> list[Address]:
    return [Address("slack", "C0OPS"), Address("mail", "ops@example.org")]


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(tmp_path / "ledger.sqlite")


def told(database: Database) -> list[tuple[str, int]]:
    """Keys of what was told, and to how many."""
    found = database.read(
        "SELECT p.key, COUNT(d.number) AS n FROM pieces p LEFT JOIN deliveries d ON d.piece=p.number"
        " GROUP BY p.number ORDER BY p.number"
    )
    return [(row["key"], row["n"]) for row in found]


def test_what_is_wrong_stands_and_is_told_to_all_who_hear_it(database: Database) -> None:
    register = SqliteAlarms(database)
    register.follow([PARKED], (), START, hears)
    assert [(each.rule, each.words, each.raised_at) for each in register.standing()] == [
        ("parked", "3 runs are parked.", START)
    ]
    assert told(database) == [("alarm/parked//1/raised", 2)]


def test_what_stays_wrong_is_told_once_with_its_words_kept_up_to_date(database: Database) -> None:
    register = SqliteAlarms(database)
    for number in range(5):
        register.follow([Trouble("parked", "", f"{number} runs are parked.")], (), at(60 * number), hears)
    assert [each.words for each in register.standing()] == ["4 runs are parked."]
    assert len(told(database)) == 1


def test_it_is_resolved_once_when_it_was_well_for_a_while(database: Database) -> None:
    register = SqliteAlarms(database)
    register.follow([PARKED], (), START, hears)
    register.follow([], (), at(60), hears)
    assert [each.well_since for each in register.standing()] == [at(60)]
    assert register.follow([], (), at(60 + CALM - 1), hears) == []
    assert len(register.follow([], (), at(60 + CALM), hears)) == 1
    assert register.follow([], (), at(3600), hears) == []
    assert register.standing() == []
    assert [key for key, _ in told(database)] == ["alarm/parked//1/raised", "alarm/parked//1/resolved"]


def test_what_comes_and_goes_stands_all_the_time(database: Database) -> None:
    register = SqliteAlarms(database)
    for minute in range(60):
        register.follow([PARKED] if minute % 4 == 0 else [], (), at(60 * minute), hears)
    assert len(register.standing()) == 1
    assert len(told(database)) == 1


def test_what_comes_back_later_is_another_alarm(database: Database) -> None:
    register = SqliteAlarms(database)
    for seconds, troubles in ((0, [PARKED]), (60, []), (60 + CALM, []), (1000, [PARKED])):
        register.follow(troubles, (), at(seconds), hears)
    assert [key for key, _ in told(database)][-1] == "alarm/parked//2/raised"


def test_two_subjects_of_one_rule_are_two_alarms(database: Database) -> None:
    register = SqliteAlarms(database)
    other = Trouble("sink", "zap", "Nothing was sent to zap.")
    register.follow([OPS, other], (), START, hears)
    register.follow([other], (), at(1), hears)
    register.follow([other], (), at(1 + CALM), hears)
    assert [each.subject for each in register.standing()] == ["zap"]


def test_what_cannot_be_looked_at_stays_as_it_is(database: Database) -> None:
    register = SqliteAlarms(database)
    register.follow([PARKED], (), START, hears)
    for seconds in (60, 3600, 7200):
        register.follow([], ("parked",), at(seconds), hears)
    assert [each.well_since for each in register.standing()] == [None]


def test_a_clock_that_was_set_back_begins_the_wait_anew(database: Database) -> None:
    register = SqliteAlarms(database)
    register.follow([PARKED], (), START, hears)
    register.follow([], (), at(7200), hears)
    register.follow([], (), at(0), hears)
    assert register.follow([], (), at(CALM - 1), hears) == []
    assert len(register.follow([], (), at(CALM), hears)) == 1


def test_the_news_says_which_alarm_what_is_wrong_and_since_when(database: Database) -> None:
    register = SqliteAlarms(database)
    register.follow([OPS], (), START, hears)
    data = json.loads(database.read("SELECT data FROM pieces")[0]["data"])
    assert data == {
        "rule": "sink",
        "subject": "ops",
        "state": "raised",
        "headline": "Alarm: Nothing was sent to ops for 31 minutes.",
        "words": OPS.words,
        "raised_at": "2026-11-22T09:00:00.000+00:00",
        "resolved_at": None,
        "lines": ["Look with: loupe sinks list"],
    }


def test_who_hears_is_asked_about_each_alarm(database: Database) -> None:
    asked: list[str] = []

    def nobody(alarm: Alarm, _: Draft) -> list[Address]:
        asked.append(alarms.title(alarm))
        return []

    SqliteAlarms(database).follow([PARKED, OPS], (), START, nobody)
    assert asked == ["parked", "sink (ops)"]
    assert [n for _, n in told(database)] == [0, 0]


def test_alarms_of_long_ago_are_forgotten_and_standing_ones_are_not(database: Database) -> None:
    register = SqliteAlarms(database)
    register.follow([PARKED, OPS], (), START, hears)
    register.follow([OPS], (), at(1), hears)
    register.follow([OPS], (), at(1 + CALM), hears)
    assert register.tidy(at(CALM)) == 0
    assert register.tidy(at(2 + CALM)) == 1
    assert [each.rule for each in register.standing()] == ["sink"]
    register.follow([PARKED, OPS], (), at(9000), hears)
    assert told(database)[-1][0] == "alarm/parked//3/raised"  # a number is never given twice


def test_many_clocks_at_once_raise_and_resolve_once(tmp_path: Path) -> None:
    ways = [Database(tmp_path / "ledger.sqlite") for _ in range(4)]
    registers = [SqliteAlarms(way) for way in ways]
    steps = [(START, [PARKED, OPS]), (at(30), []), (at(30 + CALM), [])]
    begin = Barrier(len(ways))

    def look(register: SqliteAlarms) -> int:
        count = 0
        for moment, troubles in steps:
            begin.wait(30)
            count += len(register.follow(troubles, (), moment, hears))
        return count

    with ThreadPoolExecutor(len(ways)) as pool:
        assert sum(pool.map(look, registers)) == 4
    assert sorted(key for key, _ in told(ways[0])) == [
        f"alarm/{which}/{what}" for which in ("parked//1", "sink/ops/2") for what in ("raised", "resolved")
    ]


moments = st.lists(st.tuples(st.integers(1, 400), st.booleans()), max_size=60)


@settings(max_examples=200, deadline=None)
@given(moments)
def test_raised_and_resolved_take_turns_and_none_is_resolved_before_it_was_calm(
    looks: list[tuple[int, bool]],
) -> None:
    standing: list[Alarm] = []
    seconds, raised, last_bad = 0, 0, 0
    for pause, bad in looks:
        seconds += pause
        last_bad = seconds if bad else last_bad
        for each in alarms.changed(standing, [PARKED] if bad else [], (), at(seconds)):
            if not each.number:
                assert standing == []
                raised += 1
                standing = [Alarm("parked", "", each.words, each.raised_at, number=raised)]
            elif each.resolved_at:
                assert seconds - last_bad >= CALM
                standing = []
            else:
                standing = [each]
        assert bad <= bool(standing)
