"""What the digest says in Slack: complete as text, within Slack's limits, safe whoever named the towns."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards.charts import chart_block, picture_block
from bot.cards.digest import REPLAY, Run, message, named, value
from bot.cards.digest_details import details
from bot.cards.message import Content
from pipeline.digest import Cases, Shelved
from pipeline.figures import EVERYTHING, Figures, Visited
from sandbox.blocks import problems, total_length
from tests.bot.digests import CASES, DAY, HERE, told, written

RUNS = [Run("IMG-0001", "find_place", 1, "No map."), Run("IMG-0002", "make_renditions", 3, "No <disk>.")]
BIG = 10**12


def words(content: Content) -> str:
    return json.dumps(content.blocks, ensure_ascii=False)


def test_the_text_alone_tells_everything() -> None:
    text = message(told(), RUNS).text
    for part in (
        "14 images, 1 held, 0 failed",
        "Sunday, 22 November 2026",
        "Europe/Sofia",
        "Sofia (3)",
        "A &amp; B (1)",
    ):
        assert part in text
    for part in ("Fri 20 Nov: 4", "detect_nudity", "`find_place` on IMG-0001", "/imgstatus digest off"):
        assert part in text


def test_the_button_names_exactly_the_runs_that_are_listed() -> None:
    (row,) = [block for block in message(told(), RUNS).blocks if block["type"] == "actions"]
    (button,) = row["elements"]
    assert button["action_id"] == REPLAY
    assert button["text"]["text"] == "Replay 2 runs"
    assert [(run.short, run.actor, run.revision) for run in named(button["value"])] == [
        ("IMG-0001", "find_place", 1),
        ("IMG-0002", "make_renditions", 3),
    ]


def test_without_parked_runs_there_is_no_button() -> None:
    content = message(told(cases=Cases()), [])
    assert "actions" not in [block["type"] for block in content.blocks]
    assert "Parked" not in content.text


def test_the_digest_of_everything_says_so_and_does_not_speak_of_a_channel() -> None:
    content = message(told(EVERYTHING), [])
    assert "everything that Loupe looks at" in content.text
    assert "/imgstatus" not in content.text
    assert "whole installation" not in content.text
    assert "whole installation" in message(told(), []).text


def test_runs_that_are_not_named_are_counted() -> None:
    hidden = told(EVERYTHING, cases=Cases(parked_in_all=3))
    assert "3 runs that failed for good\n• 3 not named here" in message(hidden, []).text
    some = told(EVERYTHING, cases=replace(CASES, parked_in_all=9))
    assert "• 7 more not named here" in message(some, RUNS).text


def test_towns_are_named_only_where_they_were_asked_for() -> None:
    assert "Top places" not in message(told(towns=()), []).text


def test_a_day_that_is_not_over_says_so() -> None:
    assert "(Europe/Sofia), so far" in message(told(so_far=True), []).text


def test_the_details_tell_the_week_the_steps_the_held_images_and_why_runs_were_parked() -> None:
    text = details(told(), RUNS).text
    for part in (
        "*Formats:* JPEG 13, PNG 1",
        "*Held:* IMG-0009",
        "Sun 22",
        "make_renditions",
        "No &lt;disk&gt;.",
    ):
        assert part in text
    assert "day    images held failed   saved\n" in text


def test_no_words_of_others_become_markup() -> None:
    content = message(told(towns=(Visited("<!channel> *x*", None, 1),)), [])
    assert "<!channel>" not in content.text + words(content)


@pytest.mark.parametrize("runs", [[], RUNS])
@pytest.mark.parametrize("with_chart", [False, True])
def test_slack_takes_every_form_of_it(runs: list[Run], with_chart: bool) -> None:
    for chart in (chart_block(told()["week"]), picture_block(told()["week"], "F0CHART001")):
        content = message(told(), runs, chart if with_chart else None)
        assert not problems(list(content.blocks))


def test_slacks_own_chart_has_one_point_per_day_in_every_series() -> None:
    chart = chart_block(told()["week"])["chart"]
    days = chart["axis_config"]["categories"]
    assert len(days) == 7
    assert all([point["label"] for point in series["data"]] == days for series in chart["series"])
    assert [series["name"] for series in chart["series"]] == ["done", "held"]


counts = st.integers(0, BIG)
short = st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=4, max_size=6).map("IMG-{}".format)
shelved = st.builds(
    Shelved,
    short,
    st.sampled_from(["make_renditions", "report_publication"]),
    st.integers(1, 99),
    st.just(""),
)
towns = st.builds(Visited, st.text(max_size=90), st.none(), counts)


@given(
    counts,
    st.lists(shelved, max_size=10),
    st.lists(towns, max_size=5),
    st.lists(short, max_size=10),
    st.booleans(),
)
def test_whatever_a_day_was_like_slack_takes_its_digest(
    number: int, parked: list[Shelved], visited: list[Visited], held: list[str], everywhere: bool
) -> None:
    names = ("images", "done", "held", "rejected", "failed", "waiting", "nude", "with_faces", "published")
    many: dict[str, Any] = dict.fromkeys((*names, "bytes_in", "bytes_before"), number)
    last = Figures(DAY, median_seconds=1.5e6, p95_seconds=1.5e6, **many)
    cases = Cases(parked=tuple(parked), parked_in_all=len(parked), held=tuple(held))
    known: dict[str, Any] = {"figures": last, "week": (last,) * 7, "towns": tuple(visited), "cases": cases}
    data = told(EVERYTHING if everywhere else HERE, **known)
    runs = [Run(each.short, each.actor, each.revision, "<" * 500) for each in parked]
    for content in (message(data, runs, chart_block(data["week"])), details(data, runs)):
        blocks = list(content.blocks)
        assert not problems(blocks)
        assert len(content.text) <= 4000
        assert total_length(blocks) <= 12_000
    assert len(value(runs)) <= 2000


@given(st.text(max_size=60))
def test_a_forged_value_of_the_button_names_nothing_or_something_that_is_looked_up(forged: str) -> None:
    assert all(isinstance(run.revision, int) for run in named(forged))


def test_written_digests_are_the_same_as_told_ones() -> None:
    assert written().figures.saved == told()["bytes_saved"]
