"""The template as a whole: within AWS's limits, documented, and with nothing left over."""

import json
import re
from typing import Any

import pytest

from loupe import aws, settings
from loupe.cloud.ground import NEEDED
from loupe.cloud.parked import stack
from loupe.settings import variable
from loupe.template import costs, exceptions
from loupe.template.parameters import CONDITIONS, PARAMETERS
from loupe.template.parts import logical
from pipeline.adapters.dynamo_schema import TTL, definition
from pipeline.chain import discover
from tests.template.made import Json, chosen, of, resources, whole

MOST_RESOURCES, MOST_OUTPUTS, MOST_BYTES = 500, 200, 1_000_000
MOST_VARIABLES, MOST_EXPRESSION, MOST_METRICS = 4096, 2048, 500
"""Quotas of CloudFormation, Lambda and CloudWatch."""
SAM_ADDS = 2
"""Resources for a function, at most: a mapping, or a URL with its permission."""


def names(part: Any, key: str) -> set[str]:
    """Every name that a part refers to by ``Ref``, ``Condition`` or ``Fn::If``."""
    if isinstance(part, list):
        return {found for each in part for found in names(each, key)}
    if not isinstance(part, dict):
        return set()
    own = {part[key]} if isinstance(part.get(key), str) else set()
    own |= {part["Fn::If"][0]} if key == "Condition" and "Fn::If" in part else set()
    if key == "Ref" and "Fn::Sub" in part:
        text = part["Fn::Sub"] if isinstance(part["Fn::Sub"], str) else part["Fn::Sub"][0]
        own |= set(re.findall(r"\$\{(\w+)}", text))
    return own | {found for each in part.values() for found in names(each, key)}


def test_it_is_within_the_limits_of_aws() -> None:
    functions = len(of("Serverless::Function"))
    assert len(resources()) + SAM_ADDS * functions <= MOST_RESOURCES
    assert len(whole()["Outputs"]) <= MOST_OUTPUTS
    assert len(json.dumps(whole())) <= MOST_BYTES
    for name, each in of("Serverless::Function").items():
        variables = each["Properties"]["Environment"]["Variables"]
        assert 2 * len(json.dumps(variables)) <= MOST_VARIABLES, name  # names become addresses


def test_every_parameter_says_what_it_is_has_a_default_and_is_in_use() -> None:
    used = names([resources(), CONDITIONS, whole()["Outputs"]], "Ref")
    for name, each in PARAMETERS.items():
        assert each["Description"].endswith("."), name
        assert "Default" in each, name
        assert name in used, name


def test_every_condition_is_in_use() -> None:
    used = names([resources(), CONDITIONS, whole()["Outputs"]], "Condition")
    assert CONDITIONS.keys() - used == set()


def test_what_costs_or_needs_more_is_off_by_default() -> None:
    off = {"Budgets::Budget", "Route53::RecordSet", "Route53::HealthCheck", "ApiGatewayV2::Api"}
    for kind in off:
        assert all("Condition" in each for each in of(kind).values()), kind
    assert PARAMETERS["MonthlyBudget"]["Default"] == 0
    assert PARAMETERS["ReplicaRegion"]["Default"] == ""


def test_the_table_has_the_shape_that_the_adapters_know() -> None:
    (table,) = of("DynamoDB::GlobalTable").values()
    shape = definition()
    for name in ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode"):
        assert table["Properties"][name] == shape[name]
    assert table["Properties"]["TimeToLiveSpecification"] == {"AttributeName": TTL, "Enabled": True}
    assert table["Properties"]["SSESpecification"]["SSEEnabled"] is True
    replicas = table["Properties"]["Replicas"]
    assert replicas[1]["Fn::If"][0] == "HasReplica"
    assert replicas[0]["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}


@pytest.mark.parametrize("name", ["Table", "Store", "Public"])
def test_what_holds_pictures_or_rows_outlives_the_stack(name: str) -> None:
    assert resources()[name]["DeletionPolicy"] == resources()[name]["UpdateReplacePolicy"] == "Retain"


def test_what_was_dropped_goes_after_a_while_and_halves_at_once() -> None:
    rules = {
        each["Id"]: each for each in resources()["Store"]["Properties"]["LifecycleConfiguration"]["Rules"]
    }
    assert rules["dropped"]["Prefix"] == "drop/"
    assert rules["dropped"]["ExpirationInDays"] == {"Ref": "DropDays"}
    assert rules["unfinished"]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}


def test_the_router_is_tried_for_as_long_as_the_stream_remembers() -> None:
    mapping: Json = resources()["Router"]["Properties"]["Events"]["Rows"]["Properties"]
    assert mapping["MaximumRecordAgeInSeconds"] < 24 * 3600
    assert mapping["BisectBatchOnFunctionError"] is True
    assert mapping["MaximumBatchingWindowInSeconds"] <= 1
    assert mapping["DestinationConfig"]["OnFailure"]["Destination"] == {"Fn::GetAtt": ["RouterParked", "Arn"]}
    patterns = [json.loads(each["Pattern"]) for each in mapping["FilterCriteria"]["Filters"]]
    assert all(each["eventName"] == ["INSERT"] for each in patterns)


def test_every_handler_is_there() -> None:
    for name, each in of("Serverless::Function").items():
        module, _, handler = each["Properties"]["Handler"].rpartition(".")
        assert module == "loupe.aws"
        assert callable(getattr(aws, handler)), name


@pytest.mark.parametrize(
    ("name", "rate"),
    [
        ("Clock", "rate(1 minute)"),
        ("SendCards", "rate(1 minute)"),
        ("Deliver", "rate(1 minute)"),
        ("Sweep", "rate(5 minutes)"),
    ],
)
def test_what_has_its_time_is_started(name: str, rate: str) -> None:
    schedule = resources()[f"{name}Schedule"]["Properties"]
    assert schedule["ScheduleExpression"] == rate
    assert schedule["Target"]["Arn"] == {"Fn::GetAtt": [name, "Arn"]}
    assert "Records" not in json.loads(schedule["Target"]["Input"])


def test_only_one_of_two_regions_works() -> None:
    for name, each in of("Scheduler::Schedule").items():
        assert each["Properties"]["State"] == {"Fn::If": ["Working", "ENABLED", "DISABLED"]}, name
    mapping = resources()["Router"]["Properties"]["Events"]["Rows"]["Properties"]
    assert mapping["Enabled"] == {"Fn::If": ["Working", True, False]}


def test_whoever_starts_functions_may_start_these_alone() -> None:
    started = {json.dumps(e["Properties"]["Target"]["Arn"]) for e in of("Scheduler::Schedule").values()}
    policies = resources()["SchedulerRole"]["Properties"]["Policies"]
    allowed = policies[0]["PolicyDocument"]["Statement"][0]["Resource"]
    assert {json.dumps(each) for each in allowed} == started


def test_pages_are_asked_by_the_distribution_alone_and_slack_by_anybody() -> None:
    urls = {
        name: each["Properties"]["FunctionUrlConfig"]["AuthType"]
        for name, each in of("Serverless::Function").items()
        if "FunctionUrlConfig" in each["Properties"]
    }
    assert urls == {"Slack": "NONE", "Page": "AWS_IAM"}
    for each in (resources()["PageByUrl"], resources()["PageByCall"]):
        assert each["Properties"]["Principal"] == "cloudfront.amazonaws.com"
        assert "SourceArn" in each["Properties"]


def test_files_go_to_the_bucket_and_pages_to_their_function() -> None:
    config = resources()["Distribution"]["Properties"]["DistributionConfig"]
    behaviours = chosen(config["CacheBehaviors"], set())
    ways = [(each["PathPattern"], each["TargetOriginId"]) for each in behaviours]
    assert ways == [("/i/static/*", "pages"), ("/i/*.*", "public")]
    assert config["DefaultCacheBehavior"]["TargetOriginId"] == "pages"
    everywhere = [config["DefaultCacheBehavior"], *behaviours]
    assert {each["ViewerProtocolPolicy"] for each in everywhere} == {"redirect-to-https"}
    assert all(each["Compress"] and each["ResponseHeadersPolicyId"] for each in everywhere)


def test_the_dashboard_has_a_row_for_each_actor_and_a_figure_of_what_it_costs() -> None:
    text = resources()["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"][0]
    widgets = json.loads(text)["widgets"]
    titles = [each["properties"]["title"] for each in widgets]
    for name in discover().names():
        assert sum(title.startswith(f"{name}: ") for title in titles) == 4
    assert len({(each["x"], each["y"]) for each in widgets}) == len(widgets)
    metrics = widgets[0]["properties"]["metrics"]
    assert len(metrics) <= MOST_METRICS
    expressions = [each[0]["expression"] for each in metrics if isinstance(each[0], dict)]
    assert max(map(len, expressions)) <= MOST_EXPRESSION
    known = {each[-1]["id"] for each in metrics if not isinstance(each[0], dict)}
    assert set(re.findall(r"\bm\d+\b", " ".join(expressions))) == known


def test_what_it_costs_is_the_sum_of_what_was_used() -> None:
    total, *sums = (each[0] for each in costs.metrics({"a": 1024}, ["q"]) if isinstance(each[0], dict))
    (text,) = (each["expression"] for each in sums)
    prices = dict(re.findall(r"FILL\((m\d+),0\)\*([\d.]+)", text))
    assert total["expression"] == "s0"
    assert float(prices["m0"]) == pytest.approx(0.0000166667 / 1000, rel=1e-3)  # a GB for a millisecond
    assert float(prices["m1"]) == pytest.approx(0.2e-6)
    assert len(prices) == 2 + 2 * 5 + 2


def test_what_is_excepted_is_there() -> None:
    kinds = {each["Type"] for each in resources().values()}
    assert exceptions.CHECKOV.keys() <= kinds | resources().keys()
    assert exceptions.LINT.keys() <= resources().keys()
    for rules in exceptions.CHECKOV.values():
        assert all(reason.endswith(".") for reason in rules.values())


def test_queues_are_called_as_commands_look_for_them() -> None:
    found = settings.Settings(_env_file=None, table="loupe-Table-6EB0DCB2E040E")  # type: ignore[call-arg]
    assert stack(found) == "loupe"
    for name, each in of("SQS::Queue").items():
        assert each["Properties"]["QueueName"] == {"Fn::Sub": f"${{AWS::StackName}}-{name}"}


def test_the_stack_says_what_a_shell_and_a_slack_app_need() -> None:
    outputs = whole()["Outputs"]
    text, given = outputs["Environment"]["Value"]["Fn::Sub"]
    named = re.findall(r"(\w+)=\$", text)
    assert named[0] == "AWS_REGION"
    assert set(map(variable, (*NEEDED, "public_url", "distribution", "originals_key_id"))) == set(named[1:])
    assert given.keys() == {"Table", "Url", "Key"}
    address, request = outputs["SlackAddress"]["Value"], outputs["SlackRequestUrl"]["Value"]
    assert request["Fn::Sub"][0] == f"{address['Fn::Sub'][0]}/slack/events"
    for actor in discover():
        assert f"{logical(actor.name)}ParkedUrl" in outputs
