"""The mapping between an SQS queue and a function, as Lambda runs it; the queue itself is real.

After docs.aws.amazon.com/lambda/latest/dg: "Using Lambda with Amazon SQS" (with-sqs), "Creating and
configuring an Amazon SQS event source mapping" (services-sqs-configure), "Handling errors for an SQS event
source in Lambda" (services-sqs-errorhandling), "Configuring scaling behavior" (services-sqs-scaling), "Lambda
parameters for Amazon SQS event source mappings" (services-sqs-parameters); and
docs.aws.amazon.com/AWSSimpleQueueService, "Amazon SQS visibility timeout", "Using dead-letter queues in
Amazon SQS", "At-least-once delivery".

What the function did not name as failed is deleted; all else becomes visible again when its visibility is
over, and the queue itself counts receipts and moves what had too many.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event, Thread
from typing import Any

from tests.aws.chaos import Chaos, Fate, Target
from tests.aws.mapping import failures
from tests.aws.runtime_api import REGION, Throttled

Message = dict[str, Any]
RECEIVED = 10
"""Messages asked for at once: the most that SQS gives."""
IDLE_PAUSE = 0.05
"""Seconds between short polls."""
REFUSED_PAUSE = 0.05


@dataclass(frozen=True)
class QueueSettings:
    """A mapping's parameters, with the defaults of AWS; ``visibility`` is the queue's, in seconds."""

    batch_size: int = 10
    report: bool = False
    """ReportBatchItemFailures."""
    concurrency: int = 2
    """MaximumConcurrency: invocations at a time."""
    visibility: float = 30.0
    wait: int = 1
    """Seconds of a long poll. Lambda's take 20; a short one, 0, is for those who want to end soon."""


class QueueMapping:
    """Polls a queue and invokes a function, on as many threads as it may run at once."""

    def __init__(self, sqs: Any, url: str, target: Target, settings: QueueSettings, chaos: Chaos) -> None:
        self.sqs, self.url, self.target, self.settings = sqs, url, target, settings
        name = url.rpartition("/")[2]
        self.arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"][
            "QueueArn"
        ]
        self._stop = Event()
        self._threads = [
            Thread(target=self._run, args=(Fate(chaos, f"{name}/{n}"),), name=f"{name}-{n}", daemon=True)
            for n in range(settings.concurrency)
        ]

    def start(self) -> None:
        """Poll from now on."""
        for each in self._threads:
            each.start()

    def stop(self) -> None:
        """After what is under way."""
        self._stop.set()
        for each in self._threads:
            each.join()

    def idle(self) -> bool:
        """Is the queue empty, with nothing under way, delayed or put off?"""
        return not any(counts(self.sqs, self.url))

    def _run(self, fate: Fate) -> None:
        while not self._stop.is_set():
            found = self.sqs.receive_message(
                QueueUrl=self.url, MaxNumberOfMessages=RECEIVED, WaitTimeSeconds=self.settings.wait,
                MessageSystemAttributeNames=["All"], MessageAttributeNames=["All"],
            ).get("Messages", [])  # fmt: skip
            if not found and not self.settings.wait:
                self._stop.wait(IDLE_PAUSE)
            until = time.monotonic() + self.settings.visibility
            messages = fate.order(found)
            while messages:
                size = fate.size(self.settings.batch_size)
                batch, messages = messages[:size], messages[size:]
                self._double(batch, fate)
                self._deliver(batch, fate, until)

    def _double(self, batch: Sequence[Message], fate: Fate) -> None:
        for message in batch:
            if fate.strikes(fate.chaos.duplicated):
                self.target.tally.add("queues: messages doubled")
                late = fate.chance.randint(0, fate.chaos.late)
                self.sqs.send_message(
                    QueueUrl=self.url, MessageBody=message["Body"], DelaySeconds=late,
                    MessageAttributes=message.get("MessageAttributes", {}),
                )  # fmt: skip

    def _deliver(self, batch: Sequence[Message], fate: Fate, until: float) -> None:
        event = {"Records": [as_event(each, self.arn) for each in batch]}
        while time.monotonic() < until and not self._stop.is_set():
            try:
                answer = self.target.invoke(event, fate)
                break
            except Throttled:  # Lambda tries again until the visibility is over
                self._stop.wait(REFUSED_PAUSE)
        else:
            return
        if answer.fault:
            self.target.tally.add("queues: batches failed")
            return
        failed = failures(answer.result) if self.settings.report else set()
        if failed is None or not failed <= {each["MessageId"] for each in batch}:
            self.target.tally.add("queues: batches failed")
            return
        self.target.tally.add("queues: messages again", len(failed))
        self._delete([each for each in batch if each["MessageId"] not in failed], fate)

    def _delete(self, done: Sequence[Message], fate: Fate) -> None:
        certain = [each for each in done if not fate.strikes(fate.chaos.doubted)]
        self.target.tally.add("queues: deletions lost", len(done) - len(certain))
        if certain:
            entries = [{"Id": str(n), "ReceiptHandle": m["ReceiptHandle"]} for n, m in enumerate(certain)]
            self.sqs.delete_message_batch(QueueUrl=self.url, Entries=entries)


def as_event(message: Message, arn: str) -> dict[str, Any]:
    """A message in the form in which functions get it."""
    attributes = {
        name: {
            "stringValue": value.get("StringValue"),
            "stringListValues": [],
            "binaryListValues": [],
            "dataType": value["DataType"],
        }
        for name, value in message.get("MessageAttributes", {}).items()
    }
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": attributes,
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": arn,
        "awsRegion": REGION,
    }


COUNTED = [f"ApproximateNumberOfMessages{each}" for each in ("", "NotVisible", "Delayed")]


def counts(sqs: Any, url: str) -> tuple[int, int, int]:
    """Messages of a queue that are visible, under way or put off, and delayed."""
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=COUNTED)["Attributes"]
    visible, hidden, delayed = (int(found[name]) for name in COUNTED)
    return visible, hidden, delayed


def settled(idle: Sequence[Callable[[], bool]], seconds: float, pause: float = 0.2) -> bool:
    """Wait until all of them say so twice in a row: one may just have filled another."""
    until, quiet = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        quiet = quiet + 1 if all(each() for each in idle) else 0
        if quiet == 2:
            return True
        time.sleep(pause)
    return False
