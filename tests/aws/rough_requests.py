"""Requests that fail in a function's own process: throttled, unanswered, or the process dies of them.

Every request of boto3 goes through one method, which ``install`` replaces. What AWS would have answered is
after docs.aws.amazon.com: "Error handling with DynamoDB", "Managing complex workflows with DynamoDB
transactions" (reasons of a cancellation), "Common error types" of SNS and SQS, "Error responses" of S3.
"""

import json
import os
import random
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ReadTimeoutError
from botocore.httpsession import URLLib3Session
from botocore.retries.standard import ExponentialBackoff

DYNAMODB = "com.amazonaws.dynamodb.v20120810#"
SNS_ERROR = (
    '<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type>'
    "<Code>{}</Code><Message>Rate exceeded</Message></Error><RequestId>1</RequestId></ErrorResponse>"
)
S3_ERROR = '<?xml version="1.0"?><Error><Code>{}</Code><Message>Reduce your request rate.</Message></Error>'
LONG = 6
"""Refusals in a row that outlast a client's five attempts."""


@dataclass
class Rough:
    """Shares, 0 to 1, of requests to which something happens."""

    throttled: float = 0.0
    """Refused; one time in five as often as no client tries."""
    unanswered: float = 0.0
    """Carried out, but the answer never comes: the client asks again."""
    killed: float = 0.0
    """The process is killed before or after it."""
    seed: str = ""

    def __post_init__(self) -> None:
        self._chance, self._refusals = random.Random(self.seed), 0

    def send(self, request: AWSPreparedRequest, on: Callable[[], AWSResponse]) -> AWSResponse:
        """One request, or what becomes of it."""
        if self._strikes(self.killed / 2):
            os.kill(os.getpid(), signal.SIGKILL)
        if self._strikes(self.throttled):
            self._refusals += LONG if self._strikes(0.2) else 1
        if self._refusals:
            self._refusals -= 1
            return refusal(request, self._chance)
        answer = on()
        if self._strikes(self.killed / 2):
            os.kill(os.getpid(), signal.SIGKILL)
        if self._strikes(self.unanswered):
            raise ReadTimeoutError(endpoint_url=request.url)
        return answer

    def _strikes(self, share: float) -> bool:
        return self._chance.random() < share


def install(rough: Rough, pause: float) -> None:
    """From now on in this process; ``pause`` scales what clients wait before they try again."""
    sent, waited = URLLib3Session.send, ExponentialBackoff.delay_amount

    def send(self: URLLib3Session, request: AWSPreparedRequest) -> AWSResponse:
        return rough.send(request, lambda: sent(self, request))

    def delay(self: ExponentialBackoff, context: Any) -> float:
        return pause * float(waited(self, context))

    URLLib3Session.send = send
    ExponentialBackoff.delay_amount = delay


def refusal(request: AWSPreparedRequest, chance: random.Random) -> AWSResponse:
    """What the service that was asked says when it is asked too much."""
    target = _text(request.headers.get("X-Amz-Target", ""))
    if target.startswith("DynamoDB"):
        return _answer(request, 400, json.dumps(_of_the_table(target, chance)))
    if target.startswith("AmazonSQS"):
        return _answer(request, 403, '{"__type":"com.amazonaws.sqs#RequestThrottled","message":"Slow down."}')
    if b"Action=Publish" in _bytes(request.body):
        return _answer(request, 429, SNS_ERROR.format("Throttled"))
    return _answer(request, 503, S3_ERROR.format("SlowDown"))


def _of_the_table(target: str, chance: random.Random) -> dict[str, Any]:
    kinds = ["ProvisionedThroughputExceededException", "ThrottlingException", "InternalServerError"]
    if not target.endswith("TransactWriteItems") or chance.random() < 0.3:
        return {"__type": DYNAMODB + chance.choice(kinds), "message": "Rate exceeded"}
    reasons = [{"Code": "None"}, {"Code": chance.choice(["TransactionConflict", "ThrottlingError"])}]
    kind = f"{DYNAMODB}TransactionCanceledException"
    return {"__type": kind, "message": "Transaction cancelled", "CancellationReasons": reasons}


@dataclass
class _Raw:
    body: bytes

    def stream(self) -> Iterator[bytes]:
        yield self.body


def _answer(request: AWSPreparedRequest, status: int, body: str) -> AWSResponse:
    return AWSResponse(request.url, status, {"x-amzn-requestid": "refused"}, _Raw(body.encode()))


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _bytes(body: Any) -> bytes:
    return body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else b""
