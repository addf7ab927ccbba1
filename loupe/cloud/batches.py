"""A queue's batch, answered in parts: what failed is named, and comes again alone when it was put off to."""

import logging
import os
from collections.abc import Callable

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from loupe.cloud.opening import Context, Event
from loupe.cloud.running import Later
from pipeline.adapters.sqs_queue import SqsQueue
from pipeline.errors import Unavailable
from pipeline.retry import Backoff

BACKOFF = Backoff(first=2.0, longest=300.0)
"""For messages that could not be handled, by how often they were received."""
log = logging.getLogger("loupe.aws")


def answered(event: Event, context: Context, queue: str, handle: Callable[[SQSRecord], object]) -> Event:
    """Handle each message of a batch; ``queue``: the variable that holds the queue's URL.

    What raises ``Later`` comes again at its time, all else after growing pauses, until the queue's limit of
    receipts parks it.
    """
    own = SqsQueue(os.environ[queue])

    def guarded(record: SQSRecord) -> object:
        try:
            return handle(record)
        except Later as wait:
            own.postpone(record.receipt_handle, wait.seconds)
            raise
        except Exception as fault:
            received = int(record.attributes.approximate_receive_count)
            own.postpone(record.receipt_handle, BACKOFF.delay(received, fault))
            log.warning("%s", fault, exc_info=None if isinstance(fault, Unavailable) else fault)
            raise

    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    answer = process_partial_response(event, guarded, processor, context)  # type: ignore[arg-type]
    return dict(answer)
