"""Public files behind Amazon CloudFront. Signed addresses are in ``cloudfront_signer``.

Source: docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Invalidation.html (a path may end in ``*``
and counts as one then; 15 of those are under way at a time at most), invalidation-specifying-objects.html
(both are told where a function of the distribution changes a path) and
docs.aws.amazon.com/cloudfront/latest/APIReference/API_InvalidationBatch.html (``CallerReference``).
"""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from botocore.exceptions import BotoCoreError, ClientError

from pipeline.adapters.aws_client import client
from pipeline.errors import Transient, Unavailable

REGION = "us-east-1"
"""CloudFront is everywhere; requests are signed for this one."""
BUSY = {
    "TooManyInvalidationsInProgress": 60.0,
    "Throttling": 20.0,
    "ThrottlingException": 20.0,
    "RequestLimitExceeded": 20.0,
    "ServiceUnavailable": 20.0,
    "InternalError": 20.0,
}
"""Seconds to wait; what is under way is done within a minute or so."""


def _cloudfront() -> Any:
    return client("cloudfront", REGION)


@dataclass(frozen=True, slots=True)
class CloudFrontCdn:
    """``pipeline.ports.Cdn``: a distribution, and the site it answers for, such as ``https://i.example.org``."""

    site: str
    distribution: str
    connect: Any = field(default=_cloudfront, repr=False)

    def address(self, path: str) -> str:
        """See ``Cdn.address``."""
        return f"{self.site}/i/{path}"

    def forget(self, image: str) -> None:
        """See ``Cdn.forget``. Raises ``Unavailable`` where nobody may do that.

        The first path is that of page and files as people ask for them, the second that of files in the
        bucket.
        A request that is repeated on its way is one to CloudFront, by its reference. Whoever is asked again
        later asks anew: what was published and taken down in between lies in caches anew, too.
        """
        wanted = {
            "Paths": {"Quantity": 2, "Items": [f"/i/{image}*", f"/{image}*"]},
            "CallerReference": f"{image}/{uuid4().hex}",
        }
        try:
            self.connect().create_invalidation(DistributionId=self.distribution, InvalidationBatch=wanted)
        except ClientError as fault:
            code = str(fault.response.get("Error", {}).get("Code", "an error"))
            words = f"CloudFront answered {code} when it was to forget a picture."
            if code in BUSY:
                raise Transient(words, BUSY[code]) from fault
            raise Unavailable(words) from fault
        except BotoCoreError as fault:
            raise Transient(f"CloudFront cannot be reached: {fault}") from fault
