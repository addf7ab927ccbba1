"""Kill -9 of every kind of process while pictures come in: nothing is lost, nothing comes twice."""

import argparse
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path
from urllib.request import urlopen

import pytest

from bench.chaos import chaos
from bench.running import kill, lives, until, up
from tests.whole.house import drawing, house

pytestmark = pytest.mark.xdist_group("whole-crash")


def test_no_picture_is_lost_or_answered_twice_while_processes_are_killed_at_random() -> None:
    given = argparse.Namespace(
        images=20, kills=6, rate=3.0, channels=10, patience=100.0, paced=False, seed=20260612
    )
    outcome = chaos(given)
    assert outcome.kills.total() == 6
    assert outcome.well, str(outcome)


def test_every_part_that_is_killed_comes_back_and_the_next_picture_gets_its_card(tmp_path: Path) -> None:
    with house(tmp_path) as home:
        before = {part: home.loupe.part(part) for part in ("web", "bot", "worker", "clock")}
        assert all(process and kill(process) for process in before.values())
        home.says(home.post(drawing("next")), "No nudity seen")
        for part, killed in before.items():
            again = until(partial(home.loupe.part, part), 20, f"{part} is not back")
            assert again
            assert again != killed


def test_who_calls_while_the_web_part_starts_again_waits_and_is_not_refused(tmp_path: Path) -> None:
    with up(tmp_path, {}) as running:
        for _ in range(3):
            web = running.part("web")
            assert web
            assert kill(web)
            with urlopen(f"{running.url}/healthz", timeout=20) as answer:
                assert answer.status == 200
            until(lambda: running.part("web"), 10, "web is not back")


def test_what_was_accepted_before_loupe_as_a_whole_was_killed_is_answered_by_the_next_one(
    tmp_path: Path,
) -> None:
    with house(tmp_path, settings={"LOUPE_WORKERS": "2"}) as home:
        home.slack.call("switches", download_delay=2.0)
        posts = [home.post(drawing(f"whole {n}")) for n in range(3)]
        home.slack.settled()
        family = home.loupe.processes()
        kill(family[0])
        home.loupe.process.wait(10)
        until(lambda: not any(map(lives, family)), 10, "a part outlives the whole")
        home.slack.call("switches", download_delay=0.0)
        with home.again():
            assert [home.says(posted, "No nudity seen") for posted in posts]
        with closing(sqlite3.connect(home.loupe.data / "ledger.sqlite")) as db:
            assert db.execute("SELECT count(*) FROM images").fetchone() == (3,)
