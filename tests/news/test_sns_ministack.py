"""SNS as it runs here: what Loupe publishes arrives in a queue, and what a topic delivers arrives at /sns."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.request import urlopen

import pytest
import uvicorn
from starlette.applications import Starlette

from pipeline.adapters.sns import SUBJECT, SnsCarrier, publication
from pipeline.errors import Transient
from pipeline.events import SMALL, event
from pipeline.news import KINDS, Sink
from pipeline.notices import envelope
from tests.flow.driving import eventually
from tests.news.samples import DATA, SITE, delivery, piece
from tests.news.signing import CLOUDWATCH, HOST, Signer, fields
from tests.news.test_sns_in import House
from tests.servers.ministack import ACCOUNT, KEYS, REGION, MiniStack
from web.sns import routes

ARN = f"arn:aws:sns:{REGION}:{ACCOUNT}"


def quiet(progress: object) -> None:
    """Nothing is noted on the way."""


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch, aws: MiniStack) -> None:
    """The standard settings of AWS, which lead to MiniStack."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ENDPOINT_URL_SNS", aws.url)


def subscribed(aws: MiniStack, name: str, **attributes: str) -> Callable[[], list[dict[str, Any]]]:
    """A topic with a queue behind it; what has arrived there, as the bodies of messages."""
    fifo = {"FifoTopic": "true"} if name.endswith(".fifo") else {}
    topic = aws.client("sns").create_topic(Name=name, Attributes=fifo)["TopicArn"]
    queued = {"FifoQueue": "true"} if fifo else {}
    sqs = aws.client("sqs")
    queue = sqs.create_queue(QueueName=name, Attributes=queued)["QueueUrl"]
    where = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    aws.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=where, Attributes=attributes)
    found: list[dict[str, Any]] = []

    def arrived() -> list[dict[str, Any]]:
        while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
            for each in messages:
                found.append(json.loads(each["Body"]))
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=each["ReceiptHandle"])
        return found

    return arrived


@pytest.mark.usefixtures("keys")
def test_what_is_published_arrives_in_a_queue_as_an_event(aws: MiniStack) -> None:
    arrived = subscribed(aws, "news")
    carrier = SnsCarrier(Sink("topic", "sns", f"{ARN}:news"), SITE)
    for kind in KINDS:
        carrier.carry(delivery(kind), quiet)
    eventually(lambda: len(arrived()) == len(KINDS), 20)
    told = {json.loads(each["Message"])["type"]: each for each in arrived()}
    assert json.loads(told["loupe.held.v1"]["Message"]) == event(piece("held"), SITE)
    assert told["loupe.held.v1"]["Subject"] == "IMG-7F3K is held: Nudity score 92 is 80 or more"
    assert told["loupe.held.v1"]["MessageAttributes"]["kind"]["Value"] == "held"
    assert told["loupe.held.v1"]["MessageAttributes"]["channel"]["Value"] == "C012AB3CD"


@pytest.mark.usefixtures("keys")
def test_a_subscriber_can_ask_for_some_kinds_only(aws: MiniStack) -> None:
    arrived = subscribed(aws, "some", FilterPolicy=json.dumps({"kind": ["held", "failed"]}))
    carrier = SnsCarrier(Sink("topic", "sns", f"{ARN}:some"), SITE)
    for kind in (*KINDS, "held"):
        carrier.carry(delivery(kind), quiet)
    eventually(lambda: len(arrived()) == 3, 20)


@pytest.mark.usefixtures("keys")
def test_a_topic_that_keeps_order_takes_a_piece_once(aws: MiniStack) -> None:
    arrived = subscribed(aws, "ordered.fifo")
    carrier = SnsCarrier(Sink("topic", "sns", f"{ARN}:ordered.fifo"), SITE)
    for kind in ("verdict", "held", "verdict", "held", "published"):
        carrier.carry(delivery(kind), quiet)
    eventually(lambda: len(arrived()) >= 3, 20)
    kinds = [json.loads(each["Message"])["type"] for each in arrived()]
    assert kinds == ["loupe.verdict.v1", "loupe.held.v1", "loupe.published.v1"]


@pytest.mark.usefixtures("keys")
def test_a_topic_that_is_not_there_is_told_in_words_without_its_name(aws: MiniStack) -> None:
    with pytest.raises(Transient, match=r"^SNS answered \w+\.$"):
        SnsCarrier(Sink("topic", "sns", f"{ARN}:nowhere"), SITE).carry(delivery("held"), quiet)


def test_nobody_at_the_address_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ENDPOINT_URL_SNS", "http://127.0.0.1:1")
    with pytest.raises(Transient, match=r"^SNS cannot be reached \(\w+\)\.$"):
        SnsCarrier(Sink("topic", "sns", f"{ARN}:news"), SITE).carry(delivery("held"), quiet)


def test_a_publication_keeps_to_the_limits_of_sns() -> None:
    many = piece("published", renditions=DATA["published"]["renditions"] * 99, alt="Zoë " * 90)
    found = publication(f"{ARN}:news", many, SITE)
    assert len(found["Message"].encode()) < SMALL
    assert found["Subject"].isascii()
    odd = publication(f"{ARN}:n.fifo", piece("alarm", words="Ünnützer\nAlarm" * 20), SITE)
    assert odd["Subject"].isascii()
    assert len(odd["Subject"]) <= SUBJECT
    assert "\n" not in odd["Subject"]


@contextmanager
def served(app: Starlette) -> Iterator[str]:
    """An app on a free port of loopback."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None))
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    eventually(lambda: server.started, 20)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}/sns"
    finally:
        server.should_exit = True
        thread.join()


class Countersigner(Signer):
    """MiniStack signs nothing and has addresses of its own: put on its messages what the real SNS would."""

    def __init__(self, aws: MiniStack) -> None:
        super().__init__()
        self.aws = aws

    def countersigned(self, body: bytes) -> bytes:
        found = dict(envelope(body).fields)
        del found["Signature"]
        proof = {name: fields("", "", "2")[name] for name in ("SignatureVersion", "SigningCertURL")}
        if where := found.get("SubscribeURL"):
            proof["SubscribeURL"] = HOST + where.removeprefix(self.aws.url)
        return self.sign(found | proof)

    def fetch(self, url: str) -> bytes:
        if url.endswith(".pem"):
            return super().fetch(url)
        self.visited.append(url)
        with urlopen(self.aws.url + url.removeprefix(HOST), timeout=10) as answer:
            return bytes(answer.read())


def test_a_topic_is_subscribed_to_and_delivers_an_alarm(
    aws: MiniStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    topic = aws.client("sns").create_topic(Name="alarms")["TopicArn"]
    signer = Countersigner(aws)
    house = House(tmp_path / "data", signer, topics=(topic,))
    app = Starlette(routes=routes(lambda body: house.notices.take(signer.countersigned(body))))
    with served(app) as url:
        aws.client("sns").subscribe(TopicArn=topic, Protocol="http", Endpoint=url)
        eventually(lambda: _confirmed(aws, topic), 20)
        aws.client("sns").publish(TopicArn=topic, Message=json.dumps(CLOUDWATCH))
        eventually(house.told, 20)
    (told,) = house.told()
    assert (told["subject"], told["state"]) == ("queue too long", "raised")


def _confirmed(aws: MiniStack, topic: str) -> bool:
    found = aws.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    return [each["SubscriptionArn"].startswith(topic) for each in found] == [True]
