"""Sinks, parts and spans of time in words."""

import pytest

from pipeline.outbox import Standing
from web.board import Part, Sink, parts, sinks
from web.spans import milliseconds, seconds

NOW = 1_000_000.0


def judged(**of: object) -> Sink:
    standing = Standing(**({"sink": "ops", "due": 0, "sent": 0, "parked": 0, "oldest_seconds": 0.0,
                            "failures": 0} | of))  # type: ignore[arg-type]  # fmt: skip
    return sinks({"ops": "webhook"}, [standing], NOW)[0]


@pytest.mark.parametrize(
    ("of", "mood", "words"),
    [
        ({}, "quiet", "nothing to deliver yet"),
        ({"sent": 9}, "well", "all delivered"),
        ({"sent": 9, "due": 2, "oldest_seconds": 4.0}, "busy", "on the way, the oldest for 4.0 s"),
        ({"due": 2, "failures": 1, "fault": "503"}, "wrong", "not reached, 1 try in vain"),
        (
            {"due": 2, "failures": 12, "state": "open", "open_until": NOW + 300},
            "wrong",
            "left alone after 12 tries in vain, a probe in 5 min",
        ),
        ({"failures": 5, "state": "open", "open_until": NOW - 9}, "wrong",
         "left alone after 5 tries in vain, a probe in 0.0 s"),
        ({"due": 2, "state": "paused"}, "wrong", "paused, because it wants no more news"),
        ({"sent": 9, "parked": 1_200}, "wrong", "1,200 given up"),
        ({"failures": 2, "parked": 1}, "wrong", "not reached, 2 tries in vain, 1 given up"),
        ({"sent": 9, "fault": "It was 503 once."}, "well", "all delivered"),
    ],
)  # fmt: skip
def test_a_sink_is_told_in_a_sentence(of: dict[str, object], mood: str, words: str) -> None:
    found = judged(**of)
    assert (found.mood, found.words) == (mood, words)


def test_sinks_are_those_that_are_set_up_and_those_that_ever_got_something() -> None:
    old = Standing("gone", 0, 3, 0, 0.0, 0)
    found = sinks({"slack": "slack", "ops": "webhook"}, [old], NOW)
    assert [(each.name, each.kind, each.mood) for each in found] == [
        ("gone", "", "well"), ("ops", "webhook", "quiet"), ("slack", "slack", "quiet"),
    ]  # fmt: skip


def test_a_fault_is_cut_to_what_a_table_bears_and_holds_no_control_characters() -> None:
    fault = judged(due=1, failures=1, fault="a\n\0\u202eb" + "x" * 1000).standing.fault
    assert fault.startswith("a bxx")
    assert len(fault) == 240


def test_a_part_is_missed_after_a_minute() -> None:
    assert not Part("web", 59).silent
    assert Part("web", 61).silent
    assert not Part("web", None).silent


def test_parts_are_those_that_should_be_there_once_anything_ran() -> None:
    assert parts({}) == ()
    found = {each.name: each.age for each in parts({"web": 1.0, "router": 2.0})}
    assert found == {
        "bot": None,
        "clock": None,
        "drop": None,
        "news": None,
        "router": 2.0,
        "web": 1.0,
        "worker": None,
    }


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "0.0 s"), (1.84, "1.8 s"), (9.94, "9.9 s"), (9.96, "10 s"), (119, "119 s"), (120, "2 min"),
     (7199, "119 min"), (7200, "2 h"), (172_799, "47 h"), (172_800, "2 days"), (1e7, "115 days")],
)  # fmt: skip
def test_spans_in_few_letters(number: float, said: str) -> None:
    assert seconds(number) == said


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "0.0 ms"), (7.08, "7.1 ms"), (56.2, "56 ms"), (999, "999 ms"), (999.6, "1.0 s"), (5623, "5.6 s")],
)
def test_short_spans_in_few_letters(number: float, said: str) -> None:
    assert milliseconds(number) == said
