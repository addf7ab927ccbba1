"""The client for buckets: Amazon S3, or whatever speaks its protocol at another address.

boto3 reads the standard settings: ``AWS_*`` variables, profiles, a machine's role. ``AWS_ENDPOINT_URL_S3`` or
``AWS_ENDPOINT_URL`` names another server; buckets are then parts of the path, because such a server seldom
has a name for each. At Amazon a bucket is called by its own name in its own region: the global address, which
botocore would put into forms otherwise, redirects, and browsers follow no redirect with a form. Everything is
signed with Signature Version 4: forms (presigned POST) know no other.
"""

import os
from functools import cache
from typing import Any

from pipeline.adapters.request_count import counting

CONNECT, READ = 5.0, 30.0
"""Seconds to connect, and between two pieces of an answer."""
ATTEMPTS = 3
"""Of one request, within a few seconds; whoever asks tries again later."""
CONNECTIONS = 16
"""Open at once."""
REGION = "us-east-1"
"""For servers that are not Amazon's and have none."""


def endpoint() -> str:
    """The address that takes Amazon's place; empty for Amazon."""
    return os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or ""


def client() -> Any:
    """A client of its own session, fit for any thread. Raises ``BotoCoreError``: no region, no credentials.

    The latter is looked at here, because botocore breaks without them when it signs a form.
    boto3 is loaded here, because it costs whoever needs no bucket 0.3 s and 30 MB.
    """
    import boto3
    from botocore.config import Config
    from botocore.exceptions import NoCredentialsError

    session = boto3.session.Session()
    if session.get_credentials() is None:
        raise NoCredentialsError
    config = Config(
        signature_version="s3v4",
        s3={"addressing_style": "path" if endpoint() else "virtual"},
        connect_timeout=CONNECT,
        read_timeout=READ,
        retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
        max_pool_connections=CONNECTIONS,
    )
    region = session.region_name or (REGION if endpoint() else None)
    return counting(session.client("s3", region_name=region, config=config))


def shared() -> Any:
    """The client that all of a process share, for as long as the address stays. Raises ``BotoCoreError``."""
    return _kept(endpoint())


@cache
def _kept(_address: str) -> Any:
    return client()
