"""How long a signed address or form may hold: S3 refuses more than a week, though botocore signs it."""

from datetime import datetime

from pipeline.errors import Unsuitable

LONGEST = 7 * 86_400
"""Seconds. Source: docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html (IAM user, SigV4).
CloudFront would take more; ours hold no longer there either."""


def seconds(what: str, until: datetime | float, now: datetime) -> int:
    """Whole seconds from now until then (a time, or seconds since the epoch). Raises ``Unsuitable``."""
    end = until if isinstance(until, float | int) else until.timestamp()
    left = int(end - now.timestamp())
    if not 0 < left <= LONGEST:
        raise Unsuitable(f"{what} can hold for 1 to {LONGEST} seconds, not for {left}.")
    return left
