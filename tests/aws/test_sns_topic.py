"""Events that are published come out of a queue as they were."""

from typing import Any
from uuid import uuid4

import pytest

from pipeline.adapters.aws_client import client
from pipeline.adapters.sns_topic import SnsTopic
from pipeline.errors import Unavailable
from pipeline.topic import Message
from tests.aws.stack import made_queue, subscribed
from tests.servers.ministack import MiniStack

ODD = 'a+b & c=d % "é" \\ / ? # ~ 🎈 \t\n'


def received(sqs: Any, url: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    while got := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]).get(
        "Messages"
    ):
        found |= {each["Body"]: each["MessageAttributes"] for each in got}
    return found


def test_more_than_a_request_takes_come_whole(in_aws: MiniStack) -> None:
    sqs, name = client("sqs"), f"topic-{uuid4().hex[:8]}"
    topic = client("sns").create_topic(Name=name)["TopicArn"]
    url = made_queue(sqs, name, visibility=30, receipts=3).url
    subscribed(client("sns"), sqs, topic, url, {"type": ["due"]})
    bodies = [f"{n} {ODD}" for n in range(23)]
    SnsTopic(topic).publish([Message(body, body, {"type": "due", "actor": ODD.strip()}) for body in bodies])
    found = received(sqs, url)
    assert sorted(found) == sorted(bodies)
    assert {each["actor"]["StringValue"] for each in found.values()} == {ODD.strip()}


def test_a_topic_that_is_not_there_is_told_in_words(in_aws: MiniStack) -> None:
    gone = SnsTopic("arn:aws:sns:eu-west-1:000000000000:nowhere")
    with pytest.raises(Unavailable, match="The topic answered NotFound"):
        gone.publish([Message("1", "{}", {"type": "due"})])
