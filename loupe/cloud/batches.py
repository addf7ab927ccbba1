"""A queue's batch, answered in parts: what failed is named, and comes again alone."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from pipeline.errors import LoupeError

log = logging.getLogger("loupe.aws")


def each(event: Mapping[str, Any], context: Any, handle: Callable[[str], object]) -> dict[str, Any]:
    """Handle each message's body. What fails again and again is for the queue's limit of receipts."""

    def guarded(record: SQSRecord) -> object:
        try:
            return handle(record.body)
        except Exception as fault:
            log.warning("%s", fault, exc_info=None if isinstance(fault, LoupeError) else fault)
            raise

    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return dict(process_partial_response(dict(event), guarded, processor, context))
