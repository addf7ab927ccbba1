"""Slack on AWS in one process: a sandbox, a function URL before ``slack``, real queues, a real table."""

import base64
import contextlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from loupe.cloud import entries_slack, lines, opening
from loupe.cloud.ground import Cloud, cloud
from loupe.cloud.sending import CARD_SECONDS
from loupe.cloud.telling import CARDS_QUEUE, NEWS_QUEUE
from loupe.settings import load
from pipeline.adapters.dynamo_table import Table
from sandbox.config import SandboxConfig
from sandbox.testing import Control, running
from tests.aws.mapping_queue import as_event
from tests.aws.stack import Queue, arn_of, made_queue
from tests.bot.house import served
from tests.servers.ministack import MiniStack

ADA, PICTURES, TEAM = "U0ADALOVE1", "C0PICTURES", "T0SANDBOX1"
RECEIPTS = 3
WAITING = 2.5
"""Seconds."""
Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


@dataclass
class Context:
    """An invocation with so much time that it waits for what is due soon, but not for long."""

    function_name: str = "loupe-test"
    invoked_function_arn: str = "arn:aws:lambda:eu-west-1:000000000000:function:loupe-test"
    memory_limit_in_mb: int = 256
    aws_request_id: str = field(default_factory=lambda: uuid4().hex)
    until: float = field(default_factory=lambda: time.monotonic() + CARD_SECONDS + WAITING)

    def get_remaining_time_in_millis(self) -> int:
        """As Lambda says it."""
        return int((self.until - time.monotonic()) * 1000)


@dataclass
class Avenue:
    """Slack outside, Loupe's functions inside; nothing runs but ``slack`` until it is told to."""

    slack: Control
    base: Cloud
    sqs: Any
    queues: dict[str, Queue]
    url: str
    answered: list[tuple[dict[str, Any], dict[str, Any]]]
    """What came to the function URL, and what it answered."""

    def invoked(self, name: str, handler: Handler) -> int:
        """Hand all messages of a queue to a function, as Lambda does; how many it took."""
        queue, taken = self.queues[name], 0
        while found := self.sqs.receive_message(
            QueueUrl=queue.url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"]
        ).get("Messages"):
            arn = arn_of(self.sqs, queue.url)
            answer = handler({"Records": [as_event(each, arn) for each in found]}, Context())
            failed = {each["itemIdentifier"] for each in answer.get("batchItemFailures", ())}
            for message in found:
                if message["MessageId"] in failed:
                    self._again(queue, message)
                else:
                    taken += 1
                    self.sqs.delete_message(QueueUrl=queue.url, ReceiptHandle=message["ReceiptHandle"])
        return taken

    def work(self) -> int:
        """Let ``slack_work`` take what is queued; how many events that were."""
        return self.invoked("slack", entries_slack.slack_work)

    def parked(self, name: str) -> list[str]:
        """What was given up."""
        found = self.sqs.receive_message(QueueUrl=self.queues[name].parked, MaxNumberOfMessages=10)
        return [each["Body"] for each in found.get("Messages", ())]

    def post(self, *names: str) -> dict[str, Any]:
        """Post pictures, and wait until Slack has told of them."""
        posted = self.slack.post(*((name, picture()) for name in names or ("lake.jpg",)), channel=PICTURES)
        self.slack.settled()
        return posted

    def ask(self, line: str) -> dict[str, Any]:
        """Use the command; what Slack was answered."""
        found: dict[str, Any] = self.slack.call("command", channel=PICTURES, user=ADA, line=line)
        return found

    def _again(self, queue: Queue, message: dict[str, Any]) -> None:
        self.sqs.change_message_visibility(
            QueueUrl=queue.url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
        )


def picture() -> bytes:
    """A small picture, each time another one."""
    from tests.bot.house import picture as drawn

    return drawn(f"#{uuid4().hex[:6]}")


@contextlib.contextmanager
def avenue(aws: MiniStack, table: Table, patch: pytest.MonkeyPatch, **more: str) -> Iterator[Avenue]:
    """Such a place. ``more``: settings."""
    config = SandboxConfig(enforce_rates=False, retry_delays=(0.05, 0.1, 0.2))
    sqs = aws.client("sqs")
    names = {"slack": "LOUPE_SLACK_QUEUE", "cards": CARDS_QUEUE, "news": NEWS_QUEUE}
    queues = {name: made_queue(sqs, f"{name}-{uuid4().hex[:8]}", 30, RECEIPTS) for name in names}
    with running(config) as slack, contextlib.ExitStack() as stack:
        given = {
            "LOUPE_TABLE": table.name,
            "LOUPE_STORE_BUCKET": "loupe-store",
            "LOUPE_PUBLIC_BUCKET": "loupe-public",
            "SLACK_BOT_TOKEN": config.bot_token,
            "SLACK_SIGNING_SECRET": config.signing_secret,
            "SLACK_API_URL": slack.api_url,
            **{names[name]: queue.url for name, queue in queues.items()},
            "LOUPE_QUEUE": queues["slack"].url,
            **more,
        }
        for name, value in given.items():
            patch.setenv(name, value)
        patch.setattr(lines, "start", lambda: None)
        forget()
        stack.callback(forget)
        seen: list[tuple[dict[str, Any], dict[str, Any]]] = []
        url = stack.enter_context(served(Starlette(routes=[Route("/", door(seen), methods=["POST"])])))
        slack.call("request_url", url=url)
        yield Avenue(slack, cloud(load()), sqs, queues, url, seen)
        slack.settled()


def forget() -> None:
    """As a new execution environment begins."""
    here = entries_slack
    for made in (opening.base, here._front, here._dispatch, here._sender, here._repair):
        made.cache_clear()


def door(seen: list[tuple[dict[str, Any], dict[str, Any]]]) -> Callable[[Request], Any]:
    """What stands between the internet and a function: HTTP becomes an event of the function URL.

    Forms come as base64, JSON as text, as Lambda has it.
    """

    async def receive(request: Request) -> Response:
        event = url_event(await request.body(), dict(request.headers))
        answer = await run_in_threadpool(entries_slack.slack, event, Context())
        seen.append((event, answer))
        return Response(answer["body"], answer["statusCode"], answer["headers"])

    return receive


def url_event(body: bytes, headers: dict[str, str]) -> dict[str, Any]:
    """The event of a function URL, payload format 2.0."""
    text = headers.get("content-type", "").startswith("application/json")
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/",
        "rawQueryString": "",
        "headers": {name.lower(): value for name, value in headers.items()},
        "requestContext": {
            "accountId": "anonymous",
            "domainName": "abc.lambda-url.eu-west-1.on.aws",
            "http": {"method": "POST", "path": "/", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1"},
            "requestId": uuid4().hex,
            "timeEpoch": int(time.time() * 1000),
        },
        "body": body.decode() if text else base64.b64encode(body).decode(),
        "isBase64Encoded": not text,
    }


def told(event: dict[str, Any]) -> dict[str, Any]:
    """What the JSON body of such an event says; nothing for a form."""
    found: dict[str, Any] = json.loads(event["body"]) if not event["isBase64Encoded"] else {}
    return found
