"""What belongs to an actor follows from its declaration."""

import json
from dataclasses import replace

import pytest

from loupe.template import actors, template
from loupe.template.parts import logical
from pipeline.chain import discover
from pipeline.errors import Declaration
from pipeline.ports import NudityDetector, Store
from pipeline.retry import Backoff
from tests.template.made import of, resources, whole, with_actor
from tests.template.toy import toy

BELONGS = ["Queue", "Parked", "QueuePolicy", "Subscription", "", "Role", "Logs", "Errors", "ParkedRuns"]
BELONGS += ["ParkedAlarm", "LateAlarm", "ErrorsAlarm", "ThrottlesAlarm"]
"""Ends of the logical ids."""


@pytest.mark.parametrize("name", discover().names())
def test_an_actor_has_all_that_belongs_to_it(name: str) -> None:
    assert {f"{logical(name)}{end}" for end in BELONGS} <= resources().keys()


def test_one_more_actor_has_it_too_and_changes_nothing_of_the_others() -> None:
    made = template(with_actor(toy(timeout=7, memory=700)))["Resources"]
    new = made.keys() - resources().keys()
    assert new == {f"ToyAbout{end}" for end in BELONGS}
    shared = {"Redrive", "RedriveRole", "Dashboard"}
    assert {name for name in resources() if made[name] != resources()[name]} == shared
    function = made["ToyAbout"]["Properties"]
    assert function["Environment"]["Variables"]["LOUPE_ACTOR"] == "toy_about"
    assert function["MemorySize"] == 700 + actors.BASE_MEMORY
    assert function["Description"] == "Play with a picture."
    assert "toy_about: runs, errors" in made["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"][0]


@pytest.mark.parametrize("name", discover().names())
def test_a_queue_hears_of_its_own_actor_alone(name: str) -> None:
    subscription = resources()[f"{logical(name)}Subscription"]["Properties"]
    assert subscription["FilterPolicy"] == {"type": ["due"], "actor": [name]}
    assert subscription["FilterPolicyScope"] == "MessageAttributes"
    assert subscription["RawMessageDelivery"] is True


@pytest.mark.parametrize("name", discover().names())
def test_a_message_stays_hidden_for_six_times_what_a_function_may_take(name: str) -> None:
    queue, function = resources()[f"{logical(name)}Queue"], resources()[logical(name)]
    assert queue["Properties"]["VisibilityTimeout"] == 6 * function["Properties"]["Timeout"]
    assert function["Properties"]["Timeout"] <= 900


def test_sqs_gives_a_message_up_only_after_the_ledger_would_have() -> None:
    for actor in discover():
        policy = resources()[f"{logical(actor.name)}Queue"]["Properties"]["RedrivePolicy"]
        assert policy["maxReceiveCount"] > max(Backoff().transient_attempts, 2 * actor.attempts)


@pytest.mark.parametrize(
    ("timeout", "memory", "batch", "seconds"),
    [(10, 512, 5, 65), (10.5, 512, 1, 26), (5, 513, 1, 20), (885, 128, 1, 900), (0.5, 64, 5, 18)],
)
def test_who_is_slow_or_large_gets_one_message_at_a_time(
    timeout: float, memory: int, batch: int, seconds: int
) -> None:
    one = replace(toy(), timeout=timeout, memory=memory)
    assert (actors.batch(one), actors.timeout(one)) == (batch, seconds)
    mapping = actors.resources(one, str)["ToyAbout"]["Properties"]["Events"]["Due"]["Properties"]
    assert mapping["BatchSize"] == batch
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_an_actor_that_lambda_would_not_wait_for_is_refused() -> None:
    with pytest.raises(Declaration, match="toy_about: 886 s will not do on AWS: 885 s is the most there"):
        template(with_actor(toy(timeout=886)))


def test_an_actor_may_not_be_called_like_something_else() -> None:
    with pytest.raises(Declaration, match="Two resources of the template are called Router"):
        template(with_actor(replace(toy(), name="router")))


@pytest.mark.parametrize(
    ("ports", "bundle"), [({}, "core"), ({"detector": NudityDetector}, "vision"), ({"store": Store}, "core")]
)
def test_the_zip_follows_from_the_ports(ports: dict[str, type], bundle: str) -> None:
    one = replace(toy(), ports=ports)
    made = template(with_actor(one), lambda name: f"s3://bucket/{name}")
    assert made["Resources"]["ToyAbout"]["Properties"]["CodeUri"] == f"s3://bucket/{bundle}"


def test_every_function_is_told_where_the_zips_are() -> None:
    made = template(discover(), lambda _: "s3://bucket/all")
    found = {each["Properties"]["CodeUri"] for each in of("Serverless::Function", made).values()}
    assert found == {"s3://bucket/all"}
    plain = {each["Properties"]["CodeUri"] for each in of("Serverless::Function").values()}
    assert {"build/lambda/core.zip", "build/lambda/vision.zip"} <= plain


def test_the_template_is_the_same_each_time_and_plain_json() -> None:
    assert json.loads(json.dumps(whole())) == template(discover())
