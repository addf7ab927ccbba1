"""Queues of SQS: what is in one can be read, put off and deleted; which ones there are."""

from collections.abc import Callable, Iterator
from typing import Any

from pipeline.adapters.aws_client import client, why
from pipeline.errors import Unavailable

LONGEST = 43_000
"""Seconds for which a message can be hidden: twelve hours from its receipt, less what has passed of them."""


class SqsQueue:
    """A queue by its URL."""

    def __init__(self, url: str) -> None:
        self.url = url

    def send(self, body: str) -> None:
        """Put a message in. Raises ``Unavailable``."""
        self._asked(lambda sqs: sqs.send_message(QueueUrl=self.url, MessageBody=body))

    def postpone(self, receipt: str, seconds: float) -> None:
        """Let a received message come again after so many seconds. Raises ``Unavailable``."""
        hidden = min(LONGEST, max(0, round(seconds + 0.5)))
        self._asked(
            lambda sqs: sqs.change_message_visibility(
                QueueUrl=self.url, ReceiptHandle=receipt, VisibilityTimeout=hidden
            )
        )

    def messages(self, most: int) -> Iterator[tuple[str, str]]:
        """Receipts and bodies of at most so many messages, until none comes. Raises ``Unavailable``."""
        while most > 0:
            found = self._received(min(10, most))
            if not found:
                return
            most -= len(found)
            for each in found:
                yield each["ReceiptHandle"], each["Body"]

    def _received(self, want: int) -> list[dict[str, Any]]:
        answer = self._asked(lambda sqs: sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=want))
        found: list[dict[str, Any]] = answer.get("Messages", [])
        return found

    def delete(self, receipt: str) -> None:
        """Take a received message out for good. Raises ``Unavailable``."""
        self._asked(lambda sqs: sqs.delete_message(QueueUrl=self.url, ReceiptHandle=receipt))

    def count(self) -> int:
        """About how many messages are in it, those included that somebody has received."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self._asked(lambda sqs: sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=names))
        return sum(int(found["Attributes"][name]) for name in names)

    def _asked(self, ask: Callable[[Any], Any]) -> Any:
        return _worded(f"The queue {self.name}", ask)

    @property
    def name(self) -> str:
        """Its name, the end of its URL."""
        return self.url.rpartition("/")[2]


def queues(prefix: str) -> list[SqsQueue]:
    """The queues whose names begin so. Raises ``Unavailable``."""

    def listed(sqs: Any) -> list[SqsQueue]:
        pages = sqs.get_paginator("list_queues").paginate(QueueNamePrefix=prefix)
        return [SqsQueue(url) for page in pages for url in page.get("QueueUrls", [])]

    found: list[SqsQueue] = _worded(f"The list of queues {prefix}*", listed)
    return found


def _worded(what: str, ask: Callable[[Any], Any]) -> Any:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return ask(client("sqs"))
    except ClientError as fault:
        code = fault.response.get("Error", {}).get("Code", "an error")
        raise Unavailable(f"{what} answered {code}.") from fault
    except BotoCoreError as fault:
        raise Unavailable(f"{what} cannot be reached: {why(fault)}.") from fault
