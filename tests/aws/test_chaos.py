"""Pictures through every actor while all between the functions goes wrong: nothing is lost or doubled."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bench.cloudchaos.counting import Count
from bench.cloudchaos.running import POISON, Order, Outcome, plan, run
from tests.aws.runtime_api import ROOT
from tests.servers.ministack import MiniStack

ORDER = Order(images=16, seed=20261122, how="raises", kills=0.004, patience=90.0)


@pytest.fixture(scope="module")
def outcome(aws: MiniStack) -> Iterator[Outcome]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in aws.environment.items():
            patch.setenv(name, value)
        yield run(ORDER, aws)


@pytest.mark.timeout(300)
def test_nothing_is_lost_or_doubled_and_only_poison_is_parked(outcome: Outcome) -> None:
    assert outcome.settled, outcome
    assert outcome.before.faults == [], outcome
    assert outcome.before.images == ORDER.images
    assert outcome.before.parked == {(POISON, ORDER.actor)}, outcome
    assert outcome.before.letters == {ORDER.actor: {POISON}}, outcome


def test_once_it_is_mended_the_poison_settles_too(outcome: Outcome) -> None:
    assert outcome.mended, outcome
    assert outcome.after.faults == [], outcome
    assert (outcome.after.parked, outcome.after.letters) == (set(), {}), outcome
    assert outcome.after.states == {"done": ORDER.images}
    assert outcome.well


def test_it_was_chaos(outcome: Outcome) -> None:
    for what in ("throttled", "queues: messages doubled", "queues: deletions lost", "stream: batches again"):
        assert what in outcome.told, outcome


def test_what_is_wrong_is_seen(outcome: Outcome) -> None:
    poison = (POISON, ORDER.actor)
    wrong = [
        replace(outcome, settled=False),
        replace(outcome, mended=False),
        replace(outcome, after=replace(outcome.after, faults=["1 rows doubled: 1.jpg: accept_image"])),
        replace(outcome, after=replace(outcome.after, parked={poison})),
        replace(outcome, before=replace(outcome.before, parked={poison, ("1.jpg", "find_place")})),
        replace(outcome, before=replace(outcome.before, letters={ORDER.actor: {POISON, "1.jpg"}})),
        replace(outcome, before=Count()),
    ]
    assert [each.well for each in wrong] == [False] * len(wrong)


def test_claims_outlast_functions_and_messages_claims() -> None:
    made = plan(ORDER, ROOT)
    assert made.day.slack is not None
    assert made.timeout < made.timeout + made.day.slack < made.visibility
