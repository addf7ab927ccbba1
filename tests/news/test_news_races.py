"""Workers that announce the same picture at once, late or killed half-way: nothing old is told after new.

Two workers take turns at every effect in an order that hypothesis chooses, while scores change, runs are
asked for again and workers are killed. Beside them a sender sends what is due.
"""

import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.news import of_report
from tests.flow.publishing import quickly, worker
from tests.news.telling import Newshouse, newshouse

FAST = Path("/dev/shm")
ACTORS = st.sampled_from(
    [
        "detect_nudity",
        "decide_release",
        "make_renditions",
        "publish_image",
        "report_findings",
        "report_publication",
    ]
)
GO_ON = st.tuples(st.just("go on"), st.integers(0, 1), st.integers(1, 25))
ACTS = st.one_of(
    *[GO_ON] * 6,
    st.tuples(st.just("score"), st.sampled_from([5.0, 5.0, 50.0, 95.0])),
    st.tuples(st.just("replay"), ACTORS),
    st.tuples(st.just("kill"), st.integers(0, 1)),
    st.tuples(st.just("send")),
)


class Play:
    """One house, two workers, and what a sink got."""

    def __init__(self, folder: Path) -> None:
        self.house: Newshouse = newshouse(folder)
        self.image = self.house.enter()
        self.made = 0
        self.names = ["", ""]
        self.hands = [self.hire(0), self.hire(1)]
        self.sent: list[dict[str, Any]] = []

    def hire(self, who: int) -> Any:
        self.made += 1
        self.names[who] = f"w{self.made}"
        return worker(self.house, self.names[who])

    def act(self, act: tuple[Any, ...]) -> None:
        match act:
            case ("go on", who, times):
                for _ in range(times):
                    self.advance(who)
            case _ if not any(hand.held for hand in self.hands):
                self.write(act)

    def advance(self, who: int) -> None:
        """Who needs the ledger waits for the one for whom it stands still."""
        hand, other = self.hands[who], self.hands[1 - who]
        if not hand.done and (hand.wants == "files" or not other.held):
            hand.advance()

    def write(self, act: tuple[Any, ...]) -> None:
        match act:
            case ("score", score):
                self.house.taste.score = score
                self.house.engine().replay(self.image, "detect_nudity")
            case ("replay", actor):
                self.house.engine().replay(self.image, actor)
            case ("kill", who):
                self.hands[who].kill()
                self.house.ledger.release(self.names[who])
                self.hands[who] = self.hire(who)
            case ("send",):
                self.sent += (now := self.house.sent())
                if not self.house.cleared(self.image):
                    assert not [each for each in now if each.get("page") or each.get("place")]

    def settle(self) -> None:
        while self.house.database.read("SELECT 1 FROM tasks") or self.hands[1].wants != "nothing":
            self.advance(0)
            self.advance(1)
        self.sent += self.house.sent()

    def end(self) -> None:
        for hand in self.hands:
            hand.kill()


@given(st.lists(ACTS, max_size=40))
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_older_is_told_after_something_newer(acts: list[tuple[Any, ...]]) -> None:
    with tempfile.TemporaryDirectory(dir=FAST if FAST.exists() else None) as folder:
        play = Play(Path(folder))
        with quickly(play.house.taste):
            try:
                for act in acts:
                    play.act(act)
                play.settle()
                the_last_word_is_the_truth(play)
                verdicts_come_in_the_order_of_the_decisions(play)
                nothing_is_said_twice(play)
            finally:
                play.end()


def the_last_word_is_the_truth(play: Play) -> None:
    report = play.house.report(play.image)
    for kind, data in of_report(report, "place"):
        assert play.house.told(kind)[-1] == {"kind": kind, **data}
    if report["page"] is None and play.house.told("published"):
        assert play.house.told("published")[-1]["shown"] is False


def verdicts_come_in_the_order_of_the_decisions(play: Play) -> None:
    decided = play.house.database.read("SELECT decision FROM decisions ORDER BY number")
    history: Iterator[str] = iter([row["decision"] for row in decided])
    assert all(any(said["decision"] == was for was in history) for said in play.house.told("verdict"))


def nothing_is_said_twice(play: Play) -> None:
    for kind in ("verdict", "published"):
        said = play.house.told(kind)
        assert all(one != two for one, two in itertools.pairwise(said))
    numbers = play.house.database.read("SELECT COUNT(*) AS n, COUNT(DISTINCT id) AS ids FROM pieces")
    assert numbers[0]["n"] == numbers[0]["ids"]
    assert len(play.sent) == numbers[0]["n"]
