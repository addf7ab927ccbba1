"""What both detectors of Amazon Rekognition have in common: what they are sent, and what refusals mean.

Limits: docs.aws.amazon.com/rekognition/latest/dg/limits.html (sides of 80 pixels and more, 5 MB in a request;
a face is found from 40 pixels in 1920 x 1080 on, and in larger pictures from as large a part of them: so more
pixels show no more faces).
"""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from PIL.Image import Image

from pipeline.adapters.aws_client import client
from pipeline.errors import Transient, Unavailable
from pipeline.imaging.sendable import Sendable, sendable

LEAST, LONGEST, MOST = 80, 1920, 5_000_000
"""Pixels of the short and of the long side; bytes."""
BUSY = (
    "ThrottlingException",
    "ProvisionedThroughputExceededException",
    "InternalServerError",
    "ServiceUnavailableException",
)
RETRY_AFTER = 10.0
"""Seconds. botocore has repeated it for some time already."""
Connect = Callable[[], Any]


def rekognition() -> Any:
    """The client of the standard settings."""
    return client("rekognition")


def sent(picture: Image) -> Sendable:
    """What is sent of an upright RGB picture."""
    return sendable(picture, LEAST, LONGEST, MOST)


def ask(connect: Connect, operation: str, jpeg: bytes, **given: Any) -> dict[str, Any]:
    """The service's answer. Raises ``Transient`` where it is busy, ``Unavailable`` where it refuses."""
    try:
        answer: dict[str, Any] = getattr(connect(), operation)(Image={"Bytes": jpeg}, **given)
    except ClientError as fault:
        code = str(fault.response.get("Error", {}).get("Code", "an error"))
        words = f"Amazon Rekognition answered {code} to {fault.operation_name}."
        if code in BUSY:
            raise Transient(words, RETRY_AFTER) from fault
        raise Unavailable(words) from fault
    except BotoCoreError as fault:
        raise Transient(f"Amazon Rekognition cannot be reached: {fault}") from fault
    return answer
