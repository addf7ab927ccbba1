"""Carries news to an SNS topic: a CloudEvent of less than 4 KB, with attributes to filter by.

boto3 reads the standard AWS settings (AWS_*, AWS_ENDPOINT_URL_SNS, profiles); the region is the topic's
own. Our schedule does the retrying, not boto's. A FIFO topic keeps the order of a subject and drops what
comes twice.
"""

import re
import threading
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from pipeline.errors import Transient
from pipeline.events import event, small
from pipeline.news import Piece, Sink
from pipeline.outbox import Delivery, Note
from pipeline.telling import headline, told

CONNECT, READ = 5, 10
"""Seconds to connect, and for the answer."""
GROUP = re.compile(r"[A-Za-z0-9!-/:-@\[-`{-~]{1,128}")
"""What SNS takes as the group of a message."""
SUBJECT = 99
"""Characters of a subject at most; printable ASCII."""


class SnsCarrier:
    """``pipeline.outbox.Carrier`` for one topic. boto3 is loaded and asked when the first piece goes out."""

    def __init__(self, sink: Sink, source: str) -> None:
        self._topic, self._source = sink.address, source
        self._lock = threading.Lock()
        self._client: Any = None

    def carry(self, delivery: Delivery, note: Note) -> None:
        """See ``Carrier.carry``."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self._connected().publish(**publication(self._topic, told(delivery), self._source))
        except ClientError as fault:
            code = fault.response.get("Error", {}).get("Code", "an error")
            raise Transient(f"SNS answered {code}.") from None
        except BotoCoreError as fault:
            raise Transient(f"SNS cannot be reached ({type(fault).__name__}).") from None

    def _connected(self) -> Any:
        with self._lock:
            if self._client is None:
                self._client = _client(self._topic.split(":")[3])
            return self._client


def publication(topic: str, piece: Piece, source: str) -> dict[str, Any]:
    """The arguments of ``Publish``."""
    found = {
        "TopicArn": topic,
        "Subject": re.sub(r"[^ -~]", "?", headline(piece))[:SUBJECT],
        "Message": small(event(piece, source)),
        "MessageAttributes": {
            name: {"DataType": "String", "StringValue": value} for name, value in _attributes(piece).items()
        },
    }
    if topic.endswith(".fifo"):
        group = (
            piece.subject if GROUP.fullmatch(piece.subject) else sha256(piece.subject.encode()).hexdigest()
        )
        found |= {"MessageGroupId": group, "MessageDeduplicationId": piece.id}
    return found


def _attributes(piece: Piece) -> Mapping[str, str]:
    channel = piece.data.get("channel")
    return {"kind": piece.kind} | ({"channel": str(channel)} if channel else {})


def _client(region: str) -> Any:
    import boto3
    from botocore.config import Config

    patience = Config(connect_timeout=CONNECT, read_timeout=READ, retries={"total_max_attempts": 1})
    return boto3.session.Session().client("sns", region_name=region, config=patience)
