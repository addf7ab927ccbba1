"""Who may do what: no more than its ports need, and never everything."""

import json
import re
from dataclasses import replace
from typing import Protocol

import pytest

from loupe.template import permissions, template
from loupe.template.parts import logical
from pipeline import ports
from pipeline.chain import discover
from pipeline.errors import Declaration
from tests.template.made import Json, actions, of, resources, rights, statements, with_actor
from tests.template.toy import toy

LEDGER = {*permissions.READ, *permissions.WRITE}
QUEUE = {"ChangeMessageVisibility", "DeleteMessage", "GetQueueAttributes", "ReceiveMessage"}
OWN = {"logs:CreateLogStream", "logs:PutLogEvents", "sqs:SendMessage", *(f"sqs:{each}" for each in QUEUE)}
FUNCTIONS = sorted(of("Serverless::Function"))


def test_no_statement_allows_whatever_there_is() -> None:
    for name, statement in statements():
        plain = statement["Fn::If"][1] if "Fn::If" in statement else statement
        actions = plain["Action"] if isinstance(plain["Action"], list) else [plain["Action"]]
        assert not [each for each in actions if "*" in each], name
        assert plain.get("Principal") != "*", name
        if plain["Resource"] == "*":
            assert statement["Fn::If"][0] == "UseRekognition", name
            assert all(each.startswith("rekognition:") for each in actions), name


def test_the_right_to_ask_rekognition_is_there_only_where_it_was_chosen() -> None:
    found = {name: each["Fn::If"] for name, each in statements() if "rekognition:" in json.dumps(each)}
    assert found.keys() == {"DetectFacesRole", "DetectNudityRole"}
    assert {condition for condition, _, _ in found.values()} == {"UseRekognition"}
    assert all(otherwise == {"Ref": "AWS::NoValue"} for _, _, otherwise in found.values())


BEHIND = r"\$\{(Store|Public)\.Arn\}/(\w+/)?|/index/|/stream/|:identity/|parameter/\$\{AWS::StackName\}/"


def test_wildcards_in_resources_stand_behind_something_of_ours() -> None:
    found = [text for name, each in statements() if name.endswith("Role") for text in texts(each)]
    assert len(found) > len(FUNCTIONS)
    for text in found:
        assert "*" not in text or re.search(rf"({BEHIND})\*$", text), text


def texts(part: object) -> list[str]:
    """Every text in a statement's resources; ``*`` alone is looked at elsewhere."""
    if isinstance(part, dict):
        below = [part["Resource"]] if "Resource" in part else list(part.values())
        return [text for each in below for text in texts(each)]
    if isinstance(part, list):
        return [text for each in part for text in texts(each)]
    return [part] if isinstance(part, str) and part != "*" else []


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_has_a_role_and_a_log_of_its_own(name: str) -> None:
    properties = resources()[name]["Properties"]
    assert properties["Role"] == {"Fn::GetAtt": [f"{name}Role", "Arn"]}
    logs = [each for each in rights(name) if "logs:PutLogEvents" in each["Action"]]
    assert [each["Resource"] for each in logs] == [{"Fn::GetAtt": [f"{name}Logs", "Arn"]}]
    role = resources()[f"{name}Role"]["Properties"]
    assert "ManagedPolicyArns" not in role


@pytest.mark.parametrize("name", FUNCTIONS)
def test_who_knows_where_secrets_lie_may_read_them_and_nobody_else(name: str) -> None:
    told = "LOUPE_SECRETS" in resources()[name]["Properties"]["Environment"]["Variables"]
    assert told == ("ssm:GetParametersByPath" in actions(name))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_who_is_told_a_queue_may_send_to_it_or_take_from_it(name: str) -> None:
    variables = resources()[name]["Properties"]["Environment"]["Variables"]
    sqs = [each for each in rights(name) if each["Action"][0].startswith("sqs:")]
    allowed = json.dumps([each["Resource"] for each in sqs])
    for variable, value in variables.items():
        if variable.startswith("LOUPE_") and variable.endswith("_QUEUE") and "Ref" in value:
            assert f'"{value["Ref"]}"' in allowed, variable


@pytest.mark.parametrize("name", FUNCTIONS)
def test_who_is_told_the_topic_may_publish(name: str) -> None:
    told = "LOUPE_TOPIC" in resources()[name]["Properties"]["Environment"]["Variables"]
    published = [each["Resource"] for each in rights(name) if "sns:Publish" in each["Action"]]
    assert told == ({"Ref": "Topic"} in published)


def test_news_go_to_the_topic_that_was_named_for_them_and_no_other() -> None:
    named = "arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:${NewsTopic}"
    published = [each["Resource"] for each in rights("Deliver") if "sns:Publish" in each["Action"]]
    assert published == [{"Fn::Sub": named}]


def test_what_speaks_with_slack_touches_no_picture() -> None:
    for name in ("Slack", "SlackWork", "SendCards", "Deliver"):
        assert not [each for each in actions(name) if each.startswith("s3:")]


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("decide_release", set()),
        ("find_place", set()),
        ("detect_nudity", {"s3:GetObject", "s3:ListBucket", "rekognition:DetectModerationLabels"}),
        ("accept_image", {"s3:GetObject", "s3:ListBucket", "ssm:GetParametersByPath"}),
        ("publish_image", {"s3:GetObject", "s3:ListBucket", "cloudfront:CreateInvalidation"}),
    ],
)
def test_an_actor_may_do_what_its_ports_need(name: str, more: set[str]) -> None:
    found = actions(logical(name))
    assert more <= found
    if not more:
        assert found == LEDGER | OWN
    if name == "publish_image":
        assert "s3:RestoreObject" not in found
    assert not [each for each in found if each.startswith(("lambda:", "iam:", "sns:"))]


def test_the_archive_is_a_part_of_the_store() -> None:
    found = [each for each in rights("RestoreOriginal") if "s3:RestoreObject" in each["Action"]]
    assert [each["Resource"] for each in found] == [{"Fn::Sub": "${Store.Arn}/archive/*"}]


def test_pages_read_and_write_nothing() -> None:
    written = {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "s3:PutObject"}
    assert not written & actions("Page")


class Oracle(Protocol):
    """A port that nobody has thought of."""

    def asked(self) -> str:
        """Answer."""


def test_a_port_that_is_not_known_is_refused_before_anybody_gets_a_right() -> None:
    one = replace(toy(), name="ask_oracle", ports={"oracle": Oracle})
    with pytest.raises(Declaration, match=r"ask_oracle: say in loupe/template/permissions.py what Oracle"):
        template(with_actor(one))


KNOWN = sorted({*permissions.NEEDED, *permissions.NOTHING_MORE}, key=str)


@pytest.mark.parametrize("port", KNOWN)
def test_what_is_known_is_a_port_that_an_actor_names(port: object) -> None:
    named = {each for actor in discover() for each in actor.ports.values()}
    assert port in named


def test_nothing_is_both_needed_and_not() -> None:
    assert permissions.NOTHING_MORE.isdisjoint(permissions.NEEDED)
    assert ports.Store in permissions.NEEDED


def test_only_this_topic_may_send_to_an_actors_queue() -> None:
    for name, each in of("SQS::QueuePolicy").items():
        (statement,) = each["Properties"]["PolicyDocument"]["Statement"]
        if name == "ArrivalsQueuePolicy":
            assert statement["Principal"] == {"Service": "s3.amazonaws.com"}
            assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
            continue
        assert statement["Principal"] == {"Service": "sns.amazonaws.com"}
        assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Ref": "Topic"}}}


def test_buckets_are_closed_and_speak_tls() -> None:
    for name, each in of("S3::Bucket").items():
        closed: Json = each["Properties"]["PublicAccessBlockConfiguration"]
        assert all(closed.values())
        assert len(closed) == 4
        policy = resources()[f"{name}Policy"]["Properties"]["PolicyDocument"]["Statement"][0]
        assert (policy["Effect"], policy["Action"]) == ("Deny", "s3:*")
        assert policy["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
