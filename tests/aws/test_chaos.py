"""Pictures through every actor while all between the functions goes wrong: nothing is lost or doubled."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bench.cloudchaos.counting import Count, count, keys_of
from bench.cloudchaos.running import POISON, Order, Outcome, plan, run
from pipeline.adapters.aws_client import client
from pipeline.adapters.dynamo_entering import days
from pipeline.adapters.dynamo_items import HEAD, result_key, task_item
from pipeline.adapters.dynamo_table import Delete, Put, Update
from pipeline.ledger import Task
from tests.aws.chaos import WILD, Chaos, Fate
from tests.aws.deployed import Deployed
from tests.aws.runtime_api import ROOT
from tests.servers.ministack import MiniStack

ORDER = Order(images=16, seed=20261122, how="raises", kills=0.004, timeout=5.0, overdue=20.0, patience=90.0)


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


@pytest.fixture
def tampered(outcome: Outcome, in_aws: MiniStack) -> Iterator[tuple[Deployed, str]]:
    """What was left, and the id of a picture whose items may be spoilt; it is all mended again."""
    table = outcome.there.table
    image = next(i["pk"] for day in days(table) for i in table.index("days", day) if '"1.jpg"' in i["source"])
    items = list(table.query(image))
    yield outcome.there, image
    for item in table.query(image):
        table.write(Delete(image, item["sk"]))
    for item in items:
        table.write(Put(item))


def faults(outcome: Outcome, *more: str) -> str:
    poison = [(POISON, ORDER.actor)]
    return "\n".join(count(outcome.there, [*outcome.dropped, *more], poison).faults)


def test_a_lost_row_and_a_lost_picture_are_counted(outcome: Outcome, tampered: tuple[Deployed, str]) -> None:
    there, image = tampered
    assert faults(outcome) == ""
    there.table.write(Delete(image, result_key("find_place", 1)))
    assert "1 rows missing: 1.jpg: find_place" in faults(outcome)
    assert "1 lost: never entered: ghost.jpg" in faults(outcome, "ghost.jpg")


def test_a_doubled_row_and_a_run_that_is_still_due_are_counted(
    outcome: Outcome, tampered: tuple[Deployed, str]
) -> None:
    there, image = tampered
    row = there.table.get(image, result_key("find_place", 1))
    assert row
    there.table.write(Put(row | {"sk": result_key("find_place", 2)}))
    there.table.write(Put(task_item(Task(image, "find_place", 3, 50, 1.0))))
    there.table.write(Update(image, HEAD, "SET #state=:state", given={"state": "waiting"}))
    found = faults(outcome)
    assert "1 rows doubled: 1.jpg: find_place" in found
    assert "1 still due: 1.jpg: task#find_place#000003" in found
    assert "1 not settled: 1.jpg" in found
    assert "numbers by state that differ" in found


def test_a_file_too_many_and_one_too_few_are_counted(
    outcome: Outcome, tampered: tuple[Deployed, str]
) -> None:
    there, image = tampered
    [key] = [key for key in keys_of(there.public) if key.startswith(image)]
    client("s3").delete_object(Bucket=there.public, Key=key)
    client("s3").put_object(Bucket=there.public, Key=f"{image}/other.jpg", Body=b"")
    found = faults(outcome)
    assert f"1 files that are not public: 1.jpg: {key}" in found
    assert f"1 files that no row names: 1.jpg: {image}/other.jpg" in found


def test_dice_fall_alike_for_the_same_seed() -> None:
    def falls(seed: int, name: str) -> list[object]:
        fate = Fate(replace(WILD, seed=seed), name)
        return [[fate.strikes(0.5) for _ in range(20)], fate.order(range(10)), fate.size(10)]

    assert falls(1, "a") == falls(1, "a")
    assert falls(1, "a") != falls(2, "a")
    assert falls(1, "a") != falls(1, "b")
    calm = Fate(Chaos(), "a")
    assert (calm.order([1, 2, 3]), calm.size(5), calm.strikes(0.0)) == ([1, 2, 3], 5, False)


def test_claims_outlast_functions_and_messages_claims() -> None:
    made = plan(ORDER, ROOT)
    assert made.day.slack is not None
    assert made.timeout < made.timeout + made.day.slack < made.visibility
