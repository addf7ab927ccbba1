"""A queue of SQS: put a message in, or put one off that was received."""

from collections.abc import Callable, Iterator
from typing import Any

from pipeline.adapters.aws_client import client
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

    def _asked(self, ask: Callable[[Any], Any]) -> Any:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return ask(client("sqs"))
        except ClientError as fault:
            code = fault.response.get("Error", {}).get("Code", "an error")
            raise Unavailable(f"The queue {self._name} answered {code}.") from fault
        except BotoCoreError as fault:
            raise Unavailable(f"The queue {self._name} cannot be reached: {type(fault).__name__}.") from fault

    @property
    def _name(self) -> str:
        return self.url.rpartition("/")[2]
