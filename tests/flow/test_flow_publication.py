"""A picture that is not cleared has no rendition, page or link, in any state or race; a cleared one has all.

Two workers and a sweep take turns at every effect in an order that hypothesis chooses, while scores change,
runs are asked for again, people withdraw pictures, workers are killed, and workers that were given up go on.
"""

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st

from pipeline.results import Failed
from tests.flow.publishing import (
    Hand,
    House,
    all_is_there,
    nothing_is_left,
    quickly,
    sweeper,
    worker,
)

FAST = Path("/dev/shm")
BEGINNINGS = st.sampled_from(["accept_image", "make_renditions", "publish_image", "report_publication", ""])
"""The actor that is running when it begins; none: everything has settled."""
SCORES = st.sampled_from([5.0, 5.0, 5.0, 50.0, 95.0])
ACTORS = st.sampled_from(
    [
        "detect_nudity",
        "decide_release",
        "make_renditions",
        "make_copies",
        "publish_image",
        "report_publication",
    ]
)
GO_ON = st.tuples(st.just("go on"), st.integers(0, 2), st.one_of(st.integers(1, 12), st.integers(1, 60)))
ACTS = st.one_of(
    *[GO_ON] * 14,
    st.tuples(st.just("brew")),
    st.tuples(st.just("score"), SCORES),
    st.tuples(st.just("score"), SCORES),
    st.tuples(st.just("replay"), ACTORS),
    st.tuples(st.just("brew")),
    st.tuples(st.just("wish")),
    st.tuples(st.just("unwish")),
    st.tuples(st.just("kill"), st.integers(0, 1)),
    st.tuples(st.just("give up"), st.integers(0, 1)),
    st.tuples(st.just("sweep")),
)


class Play:
    """One house, its workers, and what was ever public."""

    def __init__(self, folder: Path) -> None:
        self.house = House(folder)
        self.image = self.house.enter()
        self.made = 0
        self.hands = [self.hire(), self.hire(), sweeper(self.house)]
        self.names = ["w1", "w2", ""]
        self.late: list[Hand] = []
        self.issued: set[str] = set()
        self.seen = self.overlapped = False
        self.forgotten_when_seen = 0

    def hire(self) -> Hand:
        self.made += 1
        return worker(self.house, f"w{self.made}")

    def everybody(self) -> list[Hand]:
        return [*self.hands, *self.late]

    def may_go(self, hand: Hand) -> bool:
        """Who needs the ledger waits for the one for whom it stands still."""
        others = any(each.held for each in self.everybody() if each is not hand)
        return not hand.done and (hand.wants == "files" or not others)

    def free(self) -> bool:
        """May the ledger be written?"""
        return not any(each.held for each in self.everybody())

    def begin(self, actor: str) -> None:
        """Let one worker go on until it runs the actor."""
        while self.house.database.read("SELECT 1 FROM tasks"):
            due = self.house.ledger.open_tasks(self.image)
            if actor in due and due[actor].running:
                break
            self.hands[0].advance()
            self.look()

    def act(self, act: tuple[object, ...]) -> None:
        match act:
            case ("go on", int(who), int(times)):
                everybody = self.everybody()
                hand = everybody[who % len(everybody)] if who < 2 or not self.late else self.late[-1]
                for _ in range(times):
                    if self.may_go(hand):
                        hand.advance()
                        self.look()
            case ("kill", int(who)):
                self.hands[who].kill()
                self.replace(who)
            case _ if self.free():
                self.write(act)
        self.look()

    def write(self, act: tuple[object, ...]) -> None:
        house = self.house
        match act:
            case ("score", float(score)):
                house.taste.score = score
                self.replay("detect_nudity")
            case ("replay", str(actor)):
                self.replay(actor)
            case ("brew",):
                house.taste.brew += 1
                self.replay("make_renditions", "make_copies")
            case ("wish",):
                house.notes.set(self.image, "withdraw")
                self.replay("make_renditions", "make_copies")
            case ("unwish",):
                house.notes.clear(self.image, "withdraw")
                self.replay("make_renditions", "make_copies")
            case ("give up", int(who)):
                self.hands[who].late = True
                self.late.append(self.hands[who])
                self.replace(who)
            case ("sweep",) if self.hands[2].done:
                self.hands[2] = sweeper(house)

    def replay(self, *actors: str) -> None:
        """Two that report at once may end in the wrong order; what the card shows is the ledger's to say."""
        due = self.house.ledger.open_tasks(self.image)
        for actor in actors:
            at_it = actor in due and due[actor].running
            if at_it and actor == "report_publication":
                continue
            self.overlapped |= at_it
            self.house.engine().replay(self.image, actor)

    def replace(self, who: int) -> None:
        """Another worker takes over what this one held, whether it is dead or only late."""
        if self.free():
            self.house.ledger.release(self.names[who])
        self.hands[who] = self.hire()
        self.names[who] = f"w{self.made}"

    def look(self) -> None:
        """What anybody may see at this moment."""
        house = self.house
        self.issued.update(f"/i/{key}" for key in house.public.keys(self.image))
        page = f"/i/{self.image}"
        paths = [page, *(f"{page}/{name}" for name in ("w150", "s320")), *self.issued]
        statuses = {house.get(path)[0] for path in paths}
        if not house.cleared(self.image) or self.wished():
            assert statuses == {404}
        if house.get(page)[0] == 200:
            self.seen, self.forgotten_when_seen = True, house.cdn.forgotten

    def wished(self) -> bool:
        return self.house.notes.get(self.image, "withdraw") is not None

    def settle(self) -> None:
        """Everybody does what is left to do, the late ones first."""
        for hand in reversed(self.everybody()):
            while hand.wants != "nothing" and not hand.done:
                going = hand if self.may_go(hand) else next(each for each in self.everybody() if each.held)
                going.advance()
                self.look()
        for hand in self.late:
            hand.kill()
        for name in self.house.ledger.holders():
            self.house.ledger.release(name)
        self.work_off()
        rows = self.house.ledger.rows(self.image).values()
        failed = [row.result.reason for row in rows if isinstance(row.result, Failed)]
        assert all("was given up after" in reason for reason in failed), failed
        if failed:  # killed too often: a person asks again
            self.replay("make_renditions", "make_copies")
            self.work_off()

    def work_off(self) -> None:
        while self.house.database.read("SELECT 1 FROM tasks"):
            self.hands[0].advance()
            self.look()

    def check(self) -> None:
        """What must be true once everything has settled."""
        house = self.house
        if house.cleared(self.image) and not self.wished():
            return all_is_there(house, self.image)
        nothing_is_left(house, self.image)
        assert not self.seen or house.cdn.forgotten > self.forgotten_when_seen
        return None

    def end(self) -> None:
        for hand in self.everybody():
            hand.kill()
        self.house.database.close()


def played(beginning: str, acts: list[tuple[object, ...]]) -> None:
    with tempfile.TemporaryDirectory(dir=FAST if FAST.exists() else None) as folder:
        play = Play(Path(folder))
        try:
            with quickly(play.house.taste):
                play.begin(beginning)
                for act in acts:
                    play.act(act)
                play.settle()
                # Only what was written beside or after the run that counts has to wait for the sweep.
                if play.late or play.overlapped:
                    play.house.sweep().run()
                play.check()
                play.house.sweep().run()
                play.check()
                event(
                    f"seen: {play.seen}, cleared: {play.house.cleared(play.image)}, late: {bool(play.late)}"
                )
        finally:
            play.end()


@settings(
    max_examples=100, deadline=None, report_multiple_bugs=False, suppress_health_check=[HealthCheck.too_slow]
)
@given(BEGINNINGS, st.lists(ACTS, min_size=10, max_size=60))
@example("publish_image", [("wish",), ("go on", 0, 1), ("score", 50.0), ("unwish",)])
def test_only_what_is_cleared_can_be_seen_whoever_does_what_when(
    beginning: str, acts: list[tuple[object, ...]]
) -> None:
    played(beginning, acts)
