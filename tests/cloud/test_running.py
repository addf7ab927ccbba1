"""One message, one run: what a function makes of what its queue hands it."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from loupe.cloud.running import MARGIN, Later, Overdue, Runner, limited
from pipeline.adapters.memory_ledger import MemoryLedger
from pipeline.engine import Engine
from pipeline.errors import Rejected
from pipeline.ledger import Task
from pipeline.retry import Backoff
from pipeline.topic import due
from tests.contract.ledgers import AT
from tests.flow import toy


def plenty() -> float:
    return 60.0


@dataclass
class Bench:
    """A ledger with one parcel in it, and a function that weighs."""

    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    parked: list[str] = field(default_factory=list)

    def engine(self, backoff: Backoff | None = None) -> Engine:
        return Engine(toy.TOY, self.ledger, backoff=backoff or Backoff())

    def enter(self, name: str = "parcel") -> str:
        return self.engine().enter([(name, toy.parcel(name))])[0].arrived.image

    def run(
        self, image: str, left: Callable[[], float] = plenty, actor: str = "weigh", revision: int = 1
    ) -> str:
        body = due(Task(image, actor, revision, 50, 0.0), "urn:loupe:test", AT).body
        runner = Runner(self.engine(Backoff(first=0.001)), self.ledger, self.parked.append)
        return runner.run(body, "w", left)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_run_is_recorded_and_nothing_is_started(bench: Bench) -> None:
    image = bench.enter()
    assert bench.run(image) == "done"
    assert bench.ledger.rows(image)["weigh"].state == "done"
    assert bench.ledger.open_tasks(image) == {}
    assert bench.ledger.stalled(9) == [image]  # until the router follows


def test_the_same_message_again_does_nothing(bench: Bench) -> None:
    image = bench.enter()
    bench.run(image)
    before = bench.ledger.rows(image)
    assert bench.run(image) == "gone"
    assert bench.ledger.rows(image) == before


def test_a_message_of_another_revision_does_nothing(bench: Bench) -> None:
    image = bench.enter()
    assert bench.run(image, revision=2) == "gone"
    assert "weigh" in bench.ledger.open_tasks(image)


def test_what_another_holds_waits_until_its_lease_ends(bench: Bench) -> None:
    image = bench.enter()
    bench.engine().turn("other", lease=30)
    with pytest.raises(Later) as wait:
        bench.run(image)
    assert wait.value.seconds == pytest.approx(30, abs=2)


def test_what_shall_be_tried_again_waits_until_then(bench: Bench) -> None:
    image = bench.enter("busy@weigh")
    with pytest.raises(Later) as wait:
        bench.run(image)
    assert wait.value.seconds == pytest.approx(30, abs=2)
    assert bench.ledger.open_tasks(image)["weigh"].error == "The shop is closed."
    with pytest.raises(Later):
        bench.run(image)
    assert bench.ledger.open_tasks(image)["weigh"].attempts == 1


def test_what_fails_every_time_is_parked_in_both_places(bench: Bench) -> None:
    image = bench.enter("bug@weigh")
    endings = []
    for _ in range(50):
        try:
            endings.append(bench.run(image))
            break
        except Later as wait:
            time.sleep(wait.seconds)
    assert endings == ["failed"]
    assert bench.ledger.rows(image)["weigh"].parked
    assert len(bench.parked) == 1
    assert image in bench.parked[0]


def test_a_picture_that_is_refused_is_not_parked(bench: Bench) -> None:
    image = bench.enter("reject@weigh")
    assert bench.run(image) == "failed"
    assert bench.parked == []


def test_whoever_dies_between_parking_and_recording_parks_twice_rather_than_never(bench: Bench) -> None:
    image = bench.enter("bug@weigh")
    runner = Runner(self_parked(bench), bench.ledger, bench.parked.append)
    body = due(Task(image, "weigh", 1, 50, 0.0), "urn:loupe:test", AT).body

    def dies(_body: str) -> None:
        bench.parked.append(_body)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replace(runner, park=dies).run(body, "w", plenty)
    bench.ledger.release("w")
    assert runner.run(body, "w", plenty) == "failed"
    assert len(bench.parked) == 2


def self_parked(bench: Bench) -> Engine:
    """An engine that gives up at once."""
    once = [replace(each, attempts=1) for each in toy.TOY]
    return Engine(replace(toy.TOY, actors=tuple(once)), bench.ledger)


def test_a_run_that_takes_too_long_is_stopped_and_tried_again(bench: Bench) -> None:
    image = bench.enter("hang@weigh")
    began = time.monotonic()
    with pytest.raises(Later):
        bench.run(image, left=lambda: MARGIN + 1.2)
    assert time.monotonic() - began < 20
    assert "longer than" in (bench.ledger.open_tasks(image)["weigh"].error or "")


def test_with_too_little_time_left_nothing_is_begun(bench: Bench) -> None:
    image = bench.enter()
    with pytest.raises(Later) as wait:
        bench.run(image, left=lambda: MARGIN)
    assert wait.value.seconds == 0
    assert bench.ledger.open_tasks(image)["weigh"].attempts == 0


def test_what_is_no_such_message_is_refused(bench: Bench) -> None:
    runner = Runner(bench.engine(), bench.ledger, bench.parked.append)
    with pytest.raises(Rejected, match="not a due event"):
        runner.run("{}", "w", plenty)


def test_an_actor_that_this_version_has_no_more_is_skipped(bench: Bench) -> None:
    image = bench.enter()
    bench.ledger.demand([Task(image, "polish", 1, 50, 0.0)])
    assert bench.run(image, actor="polish") == "skipped"


def test_a_limit_ends_with_its_block() -> None:
    with limited(0.02):
        pass
    time.sleep(0.05)
    with pytest.raises(Overdue, match="longer than"), limited(0.01):
        time.sleep(5)
