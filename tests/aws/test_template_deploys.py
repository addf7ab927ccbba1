"""The template, deployed into MiniStack: CloudFormation takes it, and what is joined passes events on."""

import json
from collections.abc import Iterator

import pytest

from loupe.template import template
from pipeline.chain import discover
from tests.aws import stacks
from tests.servers.ministack import MiniStack


@pytest.fixture(scope="module")
def stack(aws: MiniStack) -> Iterator[str]:
    with stacks.stack(aws, discover()) as name:
        yield name


@pytest.fixture(scope="module")
def there(aws: MiniStack, stack: str) -> dict[str, stacks.Json]:
    return stacks.resources(aws, stack)


def test_everything_of_the_template_is_there(there: dict[str, stacks.Json]) -> None:
    assert {each["ResourceStatus"] for each in there.values()} == {"CREATE_COMPLETE"}
    whole = template(discover())
    wanted = {name for name, each in whole["Resources"].items() if "Condition" not in each}
    assert wanted - there.keys() == set()


@pytest.mark.parametrize("name", discover().names())
def test_an_event_that_is_due_reaches_its_actor_alone(
    aws: MiniStack, stack: str, there: dict[str, stacks.Json], name: str
) -> None:
    attributes = {
        key: {"DataType": "String", "StringValue": value}
        for key, value in {"type": "due", "actor": name}.items()
    }
    topic = there["Topic"]["PhysicalResourceId"]
    aws.client("sns").publish(TopicArn=topic, Message=json.dumps({"for": name}), MessageAttributes=attributes)
    line = json.loads(stacks.logged(aws, f"/aws/lambda/{stack}-{name}", "Records"))
    assert [json.loads(each["body"]) for each in line["Records"]] == [{"for": name}]


def test_a_row_that_landed_and_a_run_that_was_demanded_reach_the_router(
    aws: MiniStack, stack: str, there: dict[str, stacks.Json]
) -> None:
    table, group = there["Table"]["PhysicalResourceId"], f"/aws/lambda/{stack}-router"
    rows = ["task#find_place#000001", "note#hold", "result#find_place#000001", "task#find_place#000002"]
    for sk in rows:
        item = {"pk": {"S": "image"}, "sk": {"S": sk}}
        if sk.endswith("2"):
            item["demanded"] = {"BOOL": True}  # type: ignore[dict-item]
        aws.client("dynamodb").put_item(TableName=table, Item=item)
    stacks.logged(aws, group, "task#find_place#000002")
    lines = [each["message"] for each in aws.client("logs").filter_log_events(logGroupName=group)["events"]]
    seen = [
        each["dynamodb"]["Keys"]["sk"]["S"]
        for line in lines
        if "Records" in line
        for each in json.loads(line)["Records"]
    ]
    assert seen == ["result#find_place#000001", "task#find_place#000002"]


def test_what_lands_in_the_drop_and_nothing_else_is_taken_in(
    aws: MiniStack, stack: str, there: dict[str, stacks.Json]
) -> None:
    bucket, s3 = there["Store"]["PhysicalResourceId"], aws.client("s3")
    s3.put_object(Bucket=bucket, Key="originals/cat.jpg", Body=b"cat")
    s3.put_object(Bucket=bucket, Key="drop/dog.jpg", Body=b"dog")
    line = stacks.logged(aws, f"/aws/lambda/{stack}-take_in", "dog.jpg")
    assert "cat.jpg" not in line
