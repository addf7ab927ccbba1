"""Each rule: from when on it says that something is wrong, in which words, and how it is switched off."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loupe.limits import AlarmSettings
from loupe.settings import load, variable
from pipeline.alarm_rules import FEWEST, ROW_FAILURES, RULES, Limits, Readings, Rule, judged
from pipeline.alarms import Trouble
from pipeline.beats import SILENT
from pipeline.outbox import Standing

WELL = Readings(
    parked=0, oldest_seconds=0, runs=100, failed=0, free_gb=50, quiet_hours=1, sinks=(), silent={}, clock={}
)
SINK = Standing(sink="ops", due=0, sent=5, parked=0, oldest_seconds=0, failures=0)
DOCS = Path(__file__).parents[2] / "docs" / "alarms.md"


def wrong(limits: Limits | None = None, **read: Any) -> list[Trouble]:
    return judged(replace(WELL, **read), limits or Limits())[0]


def test_where_all_is_well_nothing_is_wrong() -> None:
    assert judged(WELL, Limits()) == ([], set())


def test_of_what_was_not_read_nothing_can_be_told() -> None:
    troubles, unknown = judged(Readings(), Limits())
    assert troubles == []
    assert unknown == {rule.name for rule in RULES}


@pytest.mark.parametrize(
    ("rule", "well", "ill"),
    [
        ("parked", {"parked": 0}, {"parked": 1}),
        ("oldest", {"oldest_seconds": 600}, {"oldest_seconds": 600.1}),
        ("failures", {"failed": 20}, {"failed": 21}),
        ("failures", {"failed": FEWEST - 1, "runs": FEWEST - 1}, {"failed": 3, "runs": FEWEST}),
        ("disk", {"free_gb": 1}, {"free_gb": 0.99}),
        ("sink", {"sinks": [replace(SINK, sent=0)]}, {"sinks": [replace(SINK, parked=1)]}),
        (
            "sink",
            {"sinks": [replace(SINK, due=9000, oldest_seconds=9000)]},  # much to do, and it goes well
            {"sinks": [replace(SINK, due=1, failures=1, oldest_seconds=1801)]},
        ),
        ("sink", {"sinks": [replace(SINK, due=1, failures=9, oldest_seconds=1800)]},
         {"sinks": [replace(SINK, state="paused")]}),
        ("part", {"silent": {"web": SILENT}}, {"silent": {"web": SILENT + 1}}),
        ("clock", {"clock": {"sweep": ROW_FAILURES - 1}}, {"clock": {"sweep": ROW_FAILURES}}),
    ],
)  # fmt: skip
def test_a_rule_speaks_from_its_limit_on(rule: str, well: dict[str, Any], ill: dict[str, Any]) -> None:
    assert wrong(**well) == []
    assert [each.rule for each in wrong(**ill)] == [rule]


def test_silence_is_told_only_where_a_limit_is_set() -> None:
    assert wrong(quiet_hours=1000.0) == []
    assert wrong(Limits(quiet=0), quiet_hours=1000.0) == []
    assert wrong(Limits(quiet=48), quiet_hours=48.0) == []
    assert [each.rule for each in wrong(Limits(quiet=48), quiet_hours=49.0)] == ["quiet"]


OFF = Limits(parked=-1, oldest=-1, failures=-1, disk=-1, quiet=-1, sink=-1)
ILL = {
    "parked": 9, "oldest_seconds": 9e9, "failed": 100, "free_gb": 0.0, "quiet_hours": 9e9,
    "sinks": [replace(SINK, parked=3, state="paused")], "silent": {"bot": 99.0}, "clock": {"sweep": 9},
}  # fmt: skip


def test_a_negative_limit_switches_a_rule_off() -> None:
    assert {each.rule for each in wrong(OFF, **ILL)} == {"part", "clock"}
    assert {each.rule for each in wrong(Limits(quiet=1), **ILL)} == {rule.name for rule in RULES}


@pytest.mark.parametrize("each", wrong(Limits(quiet=1), **ILL), ids=lambda each: each.rule)
def test_every_trouble_says_what_is_wrong_with_its_value_and_what_to_do(each: Trouble) -> None:
    what, _, mend = each.words.partition("\n")
    assert what.endswith(".")
    assert re.search(r"\d|wants no more", what) or each.rule == "sink"
    assert mend


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ("1 run failed for good and is parked.", {"parked": 1}),
        ("1,200 runs failed for good and are parked.", {"parked": 1200}),
        ("The oldest run that is due waits for 15 minutes (limit 10 minutes).", {"oldest_seconds": 930}),
        ("50% of 100 runs in the last hour failed for good (limit 20%).", {"failed": 50}),
        ("Only 0.4 GB are free where the data folder is (limit 1 GB).", {"free_gb": 0.42}),
        ("2 pieces of news for ops could not be sent and will not be tried again.",
         {"sinks": [replace(SINK, parked=2)]}),
        ("News for ops could not be sent for 3 hours; 12 wait.",
         {"sinks": [replace(SINK, due=12, failures=4, oldest_seconds=3.5 * 3600)]}),
        ("The part 'bot' was not heard of for 90 seconds.", {"silent": {"bot": 90.0}}),
        ("The clock's work 'sweep' failed 3 times in a row.", {"clock": {"sweep": 3}}),
    ],
)  # fmt: skip
def test_the_words(words: str, read: dict[str, Any]) -> None:
    (trouble,) = wrong(**read)
    assert trouble.words.splitlines()[0] == words


def test_each_sink_and_part_is_a_trouble_of_its_own() -> None:
    sinks = [replace(SINK, sink=name, parked=1) for name in ("ops", "zap")]
    assert [each.subject for each in wrong(sinks=sinks, silent={"web": 99.0, "bot": 99.0})] == [
        "ops", "zap", "bot", "web",
    ]  # fmt: skip


numbers = st.one_of(st.none(), st.floats(0, 1e9), st.integers(0, 10**9))


@given(st.builds(Readings, parked=st.integers(0), runs=st.integers(0), failed=st.integers(0), free_gb=numbers,
                 oldest_seconds=numbers, quiet_hours=numbers), st.floats(-1, 1e6))  # fmt: skip
def test_whatever_was_read_there_are_words_for_it(read: Readings, limit: float) -> None:
    limits = Limits(parked=limit, oldest=limit, failures=limit, disk=limit, quiet=limit, sink=limit)
    troubles, unknown = judged(read, limits)
    assert not {each.rule for each in troubles} & unknown
    assert len({(each.rule, each.subject) for each in troubles}) == len(troubles)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_is_documented_with_its_setting(rule: Rule) -> None:
    row = next(line for line in DOCS.read_text().splitlines() if line.startswith(f"| `{rule.name}` |"))
    assert f"`{rule.setting}`" in row or not rule.setting


def test_every_setting_of_the_alarms_is_a_rules() -> None:
    assert {variable(name) for name in AlarmSettings.model_fields} == {r.setting for r in RULES if r.setting}
    assert load().limits == replace(Limits(), quiet=0)
